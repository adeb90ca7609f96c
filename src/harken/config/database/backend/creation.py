"""How test databases are made on a server that is not ours."""

from django.db.backends.postgresql import creation

from harken.config.database.preparation import locale_clause


class DatabaseCreation(creation.DatabaseCreation):
    """Makes a test database like the real one, whatever letters the server's templates know."""

    def sql_table_creation_suffix(self) -> str:
        return f"WITH {locale_clause(self.connection.pg_version)}"
