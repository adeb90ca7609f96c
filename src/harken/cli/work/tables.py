"""The tables are as this version of Harken needs them."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from harken.config.environment import environment
from harken.config.errors import DatabaseRefused

# Several processes may start at once: one of them changes the tables and the others wait.
_LOCK = 0x4841524B_4D494752


def make() -> None:
    """Run the migrations that are missing."""
    if not _are_missing():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def need() -> None:
    """Make the tables of the embedded database; those of another are not changed in passing, but refused when old."""
    if environment().is_embedded:
        make()
    elif _are_missing():
        raise DatabaseRefused(
            "The tables of this database are not those of this version: run `harken manage migrate` first."
        )


def _are_missing() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
