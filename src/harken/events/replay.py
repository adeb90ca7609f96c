"""What an open page missed while its stream was away."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from harken.events.models import Event
from harken.events.record import announcement
from harken.lib.numbers import whole_number
from harken.workspaces import wall

# More than this, and loading the page again is cheaper than catching up.
MOST_MISSED = 500


def missed(workspace_ids: Iterable[int], since: str) -> list[dict[str, Any]] | None:
    """Return the announcements at and after a cursor, oldest first; `None` when the page had better reload.

    Some may have been seen before: a cursor is a lower bound, and announcements are harmless twice. A cursor
    from the future belongs to another database (one restored from a backup).
    """
    cursor = whole_number(since)
    if cursor is None or cursor > _end():
        return None
    found = [event for workspace_id in workspace_ids for event in _events(workspace_id, since)]
    if len(found) > MOST_MISSED:
        return None
    # All carry the old cursor: they are in the order of their ids, not of their transactions, so that a page
    # cut off in the middle must ask for the whole stretch again.
    return [announcement(event, since) for event in sorted(found, key=_id)]


def _events(workspace_id: int, since: str) -> list[Event]:
    with wall.inside(workspace_id):
        rows = Event.objects.filter(workspace_id=workspace_id).extra(
            where=["transaction_id >= %s::xid8"], params=[since]
        )
        return list(rows.order_by("id")[: MOST_MISSED + 1])


def _end() -> int:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        return int(sql.fetchone()[0])


def _id(event: Event) -> int:
    return event.pk
