"""What the verbs do, loaded once the database is open and Django is set up."""
