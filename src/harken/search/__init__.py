"""Search over everything that was said: see README.md. Import from `harken.search.find`."""
