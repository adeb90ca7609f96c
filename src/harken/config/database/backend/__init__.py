"""Django's PostgreSQL backend for a server that is not ours: it keeps every connection under the wall."""
