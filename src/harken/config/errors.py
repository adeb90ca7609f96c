"""What keeps Harken from starting."""


class Refused(Exception):
    """Harken cannot go on as it is set up; the text says in one sentence why and what to do."""


class DataFolderRefused(Refused):
    """The data folder cannot be used."""


class DatabaseRefused(Refused):
    """The database cannot be used, whether it is ours or one named by DATABASE_URL."""
