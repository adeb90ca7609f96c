"""Gives every test run a database before Django loads its settings: our own PostgreSQL, or that of DATABASE_URL."""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest

from harken.config.database import Lease, open_database
from harken.config.database.cluster import Cluster
from harken.config.database.configuration import APPLICATION_ROLE
from harken.config.database.preparation import PLAIN_ROLE, is_above_the_wall, superuser_connection
from harken.config.environment import read_environment

_SECRET_KEY = "for tests alone, known to everybody"
# Workers of pytest-xdist inherit the settings and the database of the process that started them.
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_LEASE = pytest.StashKey[Lease]()


def _set_environment() -> None:
    for name in [name for name in os.environ if name.startswith("HARKEN_")]:
        del os.environ[name]
    os.environ["HARKEN_DATA"] = tempfile.mkdtemp(prefix="harken-test-")
    atexit.register(shutil.rmtree, os.environ["HARKEN_DATA"], ignore_errors=True)
    os.environ["HARKEN_SECRET_KEY"] = _SECRET_KEY
    # Nobody outside is asked; a test that needs a name server starts its own.
    os.environ["HARKEN_DNS"] = "off"
    # No test waits for an answer to leave; those of taking back say how long it can be.
    os.environ["HARKEN_UNDO_SECONDS"] = "0"
    # WhiteNoise warns of a folder that is not there, and no test of a page needs gathered files.
    Path(os.environ["HARKEN_DATA"], "static").mkdir()


if not _IS_WORKER:
    _set_environment()


def pytest_configure(config: pytest.Config) -> None:
    """Start the database once, for all workers."""
    if _IS_WORKER:
        return
    # A run that is told to end stops its database as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment = read_environment()
    config.stash[_LEASE] = open_database(environment)
    if environment.is_embedded:
        _loosen(Cluster(environment.data))
    else:
        _let_make_databases(environment.database_url)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the database."""
    if _LEASE in config.stash:
        config.stash[_LEASE].close()


def _loosen(cluster: Cluster) -> None:
    # A test database may be lost with the machine's power, so it need not wait for the disk.
    with superuser_connection(cluster) as connection:
        connection.execute(f"ALTER ROLE {APPLICATION_ROLE} CREATEDB")
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")


def _let_make_databases(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if is_above_the_wall(connection):
            connection.execute(f"ALTER ROLE {PLAIN_ROLE} CREATEDB")
