"""The second wall: PostgreSQL's row-level security around every table that belongs to a workspace.

The first wall is `visible_to`: every look-up names its workspace. Should a filter ever be forgotten, this one
shows nothing instead of everything. It is FORCEd, so it binds the tables' owner too; the role of the desk is
never a superuser (`config.database` sees to that).

The workspace is a setting of the database session, entered for one request, job or command. Whatever runs
outside a workspace sees only rows that no workspace owns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from harken.lib import rows

WORKSPACE = "harken.workspace"
ACROSS = "harken.across"

_TAKES_STATEMENTS = {TransactionStatus.IDLE, TransactionStatus.INTRANS}

_current: ContextVar[int | None] = ContextVar("harken_workspace", default=None)
_seen_across: set[str] = set()


def current() -> int | None:
    """The id of the workspace entered now; `None` outside of all."""
    return _current.get()


def enter(workspace_id: int) -> None:
    """Enter a workspace until `leave`: for a request, whose end is not a `with` block of ours."""
    _set(WORKSPACE, str(workspace_id))
    _current.set(workspace_id)


def leave() -> None:
    """Leave whatever workspace was entered; harmless outside of all."""
    if _current.get() is not None:
        _current.set(None)
        _put_back(WORKSPACE, "")


@contextmanager
def inside(workspace_id: int | None) -> Iterator[None]:
    """Run the block inside one workspace (`None`: outside of all), then go back to where it was entered from."""
    before = _current.get()
    if workspace_id == before:
        yield
        return
    _set(WORKSPACE, _text(workspace_id))
    _current.set(workspace_id)
    try:
        yield
    finally:
        _current.set(before)
        _put_back(WORKSPACE, _text(before))


@contextmanager
def across() -> Iterator[None]:
    """Let the block read, in all workspaces at once, the tables that `seen_across` names, and no others.

    For the installation's own questions: which workspaces is this user in, whose mailbox is this address.
    """
    _set(ACROSS, "on")
    try:
        yield
    finally:
        _put_back(ACROSS, "")


def seen_across(*tables: str) -> None:
    """Name tables that `across` may read; called in the owning room's `apps.py`, before migrations run."""
    _seen_across.update(tables)


def walled_tables() -> set[str]:
    """The tables of every model that belongs to a workspace."""
    return {model._meta.db_table for model in apps.get_models() if _belongs_to_a_workspace(model)}


def raise_walls(using: str = "default", **_: Any) -> None:
    """Raise the wall around each walled table that stands without it. Runs after every `migrate`; twice is harmless."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity,"
            " EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'installation')"
            " FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
        )
        for table, stands, has_gate in cursor.fetchall():
            if table in walled_tables() and not stands:
                _raise_wall(cursor, table)
            if table in _seen_across and not has_gate:
                _open_gate(cursor, table)


def restore(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Tell a connection that was just (re)opened which workspace its caller is in."""
    workspace_id = _current.get()
    if workspace_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [WORKSPACE, str(workspace_id)])


def _belongs_to_a_workspace(model: Any) -> bool:
    return not model._meta.proxy and any(field.name == "workspace" for field in model._meta.local_fields)


def _raise_wall(cursor: Any, table: str) -> None:
    # IS NOT DISTINCT FROM: outside of all workspaces exactly the rows that no workspace owns are in sight.
    rule = f"workspace_id IS NOT DISTINCT FROM nullif(current_setting('{WORKSPACE}', true), '')::bigint"
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY IF EXISTS one_workspace ON "{table}"')
    cursor.execute(f'CREATE POLICY one_workspace ON "{table}" USING ({rule}) WITH CHECK ({rule})')


def _open_gate(cursor: Any, table: str) -> None:
    rule = f"current_setting('{ACROSS}', true) = 'on'"
    cursor.execute(f'CREATE POLICY installation ON "{table}" FOR SELECT USING ({rule})')


def _text(workspace_id: int | None) -> str:
    return "" if workspace_id is None else str(workspace_id)


def _set(name: str, value: str) -> None:
    rows.ask("SELECT set_config(%s, %s, false)", [name, value])


def _put_back(name: str, value: str) -> None:
    # A broken transaction takes no statement; its rollback restores the setting by itself. A lost connection
    # starts anew, through `restore`.
    if (
        connection.connection is not None
        and connection.connection.info.transaction_status in _TAKES_STATEMENTS
    ):
        _set(name, value)
