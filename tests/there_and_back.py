"""Migrations with data in: back to where rooms stood before, forward again, and every row is as it was.

    python -m tests.there_and_back fields=0001 contacts=0005 tickets=0021

works on the database of HARKEN_DATA, such as one that `harken up --demo` has filled; nothing else may run on it.
"""

import subprocess
import sys

# Every row of every table of ours as text, hashed; columns that come back empty are to be as they were without data.
_HASHES = """
from django.apps import apps
from django.db import connection
from harken.workspaces import wall
from harken.workspaces.models import Workspace
for workspace in Workspace.objects.order_by("pk"):
    with wall.inside(workspace.pk), connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("harken."):
                table = model._meta.db_table
                cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
                print(workspace.slug, table, *cursor.fetchone())
"""


def main(leafs: list[str]) -> int:
    """Go back to these leafs, each `room=number`, and forward again; 1 when a table is not what it was."""
    manage("migrate")
    before = manage("shell", "-c", _HASHES)
    for leaf in leafs:
        manage("migrate", *leaf.split("="))
    manage("migrate")
    after = manage("shell", "-c", _HASHES)
    changed = sorted(set(before.splitlines()) ^ set(after.splitlines()))
    print("\n".join(changed) or f"{len(before.splitlines())} tables are as they were.")
    return 1 if changed else 0


def manage(*words: str) -> str:
    """Run one of Django's commands, and return what it said."""
    command = [sys.executable, "-m", "harken.cli", "manage", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
