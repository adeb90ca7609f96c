"""The database of the installation: our own PostgreSQL, or the one that DATABASE_URL names."""

from harken.config.database.cluster import Cluster
from harken.config.database.connection import connection_settings
from harken.config.database.lease import EmbeddedLease, Lease
from harken.config.database.preparation import prepare_outside
from harken.config.environment import Environment

__all__ = ["Lease", "connection_settings", "open_database"]


def open_database(environment: Environment) -> Lease:
    """Return the right to use the database, which then runs and is prepared; close it to let it stop.

    Raises DataFolderRefused or DatabaseRefused, each with one sentence of what is wrong and what to do.
    """
    if not environment.is_embedded:
        prepare_outside(environment.database_url)
        return Lease()
    return EmbeddedLease(Cluster(environment.data))
