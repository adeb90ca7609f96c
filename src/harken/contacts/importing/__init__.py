"""People and companies out of a file: what its columns are, what its rows say, taking them in."""
