"""What Harken needs of a database before Django meets it: version, letters, extensions, a role under the wall."""

from typing import LiteralString

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from harken.config.database.cluster import Cluster
from harken.config.database.configuration import APPLICATION_ROLE, SUPERUSER
from harken.config.errors import DatabaseRefused

DATABASE = "harken"
PLAIN_ROLE = "harken_app"
_OLDEST = 150000
_BUILTIN_PROVIDER = 170000
_EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
_CONNECT_SECONDS = 10


def prepare_embedded(cluster: Cluster) -> None:
    """Make our role and database when they are not there, then check as with any server. Twice is harmless."""
    with superuser_connection(cluster) as connection:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", APPLICATION_ROLE):
            connection.execute(f"CREATE ROLE {APPLICATION_ROLE} LOGIN")
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {APPLICATION_ROLE} TEMPLATE template0")
    with psycopg.connect(
        **cluster.address, user=APPLICATION_ROLE, dbname=DATABASE, autocommit=True
    ) as connection:
        _check(connection)


def prepare_outside(url: str) -> None:
    """Check the server that DATABASE_URL names and make what is missing; raise DatabaseRefused in one sentence."""
    with _connected(url) as connection:
        _check(connection)
        if is_above_the_wall(connection):
            _make_plain_role(connection)


def is_above_the_wall(connection: Connection) -> bool:
    """Would row-level security be passed over for the role that signed in?"""
    return _exists(
        connection, "SELECT 1 FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls)"
    )


def locale_clause(server_version: int) -> str:
    """Say in SQL how a new database compares letters: by C.UTF-8, so that every script has lower case and trigrams."""
    provider = (
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' " if server_version >= _BUILTIN_PROVIDER else ""
    )
    return f"TEMPLATE template0 ENCODING 'UTF8' {provider}LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"


def superuser_connection(cluster: Cluster) -> Connection:
    """Connect as the superuser of the embedded server, for the care of it alone."""
    return psycopg.connect(**cluster.address, user=SUPERUSER, dbname="postgres", autocommit=True)


def _connected(url: str) -> Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.Error as error:
        raise _unreachable(url, str(error)) from None


def _unreachable(url: str, words: str) -> DatabaseRefused:
    place = conninfo_to_dict(url)
    database = place.get("dbname") or place.get("user")
    if f'database "{database}" does not exist' in words:
        return DatabaseRefused(
            f"DATABASE_URL names the database {database}, which does not exist: create it with "
            f"CREATE DATABASE {database} {locale_clause(_OLDEST)}."
        )
    where = f"{place.get('host') or 'this machine'}:{place.get('port') or 5432}"
    reason = words.splitlines()[0].split("failed: ")[-1].removeprefix("FATAL:").strip().rstrip(".")
    return DatabaseRefused(f"DATABASE_URL does not lead to a database at {where}: {reason}.")


def _check(connection: Connection) -> None:
    version = connection.info.server_version
    if version < _OLDEST:
        raise DatabaseRefused(
            f"The database server is PostgreSQL {version // 10000}: Harken needs 15 or newer."
        )
    if not _exists(connection, "SELECT 1 WHERE has_schema_privilege('public', 'CREATE')"):
        raise DatabaseRefused(
            f"{connection.info.user} may not make tables in this database: let it own the database."
        )
    for extension in _EXTENSIONS:
        _add_extension(connection, extension)
    _check_letters(connection, version)


def _add_extension(connection: Connection, name: str) -> None:
    if _exists(connection, "SELECT 1 FROM pg_extension WHERE extname = %s", name):
        return
    try:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        raise DatabaseRefused(
            f"The database lacks the extension {name}: let its owner run CREATE EXTENSION {name}."
        ) from None
    except psycopg.errors.UniqueViolation:
        # Another process has just made it: IF NOT EXISTS does not see what is not committed yet.
        return
    except psycopg.Error:
        raise DatabaseRefused(
            f"The database server has no extension {name}: install its package, often called postgresql-contrib."
        ) from None


def _check_letters(connection: Connection, version: int) -> None:
    is_unicode = connection.info.encoding == "utf-8"
    # A database without UTF-8 could not even be asked about this letter.
    if not (is_unicode and _exists(connection, "SELECT 1 WHERE cardinality(show_trgm('я')) > 0")):
        raise DatabaseRefused(
            f"The database knows only English letters, so nothing else could be searched: create it anew with "
            f"CREATE DATABASE {connection.info.dbname} {locale_clause(version)}."
        )


def _make_plain_role(connection: Connection) -> None:
    """Make the role that connections of Harken take on, for a superuser would walk through the wall."""
    try:
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", PLAIN_ROLE):
            connection.execute(f"CREATE ROLE {PLAIN_ROLE} NOLOGIN")
        connection.execute(f"GRANT {PLAIN_ROLE} TO session_user")
        connection.execute(f"GRANT ALL ON SCHEMA public TO {PLAIN_ROLE}")
    except psycopg.errors.InsufficientPrivilege:
        raise DatabaseRefused(
            "The user of DATABASE_URL passes over row-level security (BYPASSRLS), which keeps workspaces apart: "
            "give Harken a user without it that owns the database."
        ) from None


def _exists(connection: Connection, query: LiteralString, *values: str) -> bool:
    return connection.execute(query, values or None).fetchone() is not None
