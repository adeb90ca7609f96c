"""What the desk says to its open pages, inside the transaction that makes it true."""

import json
from typing import Any

from harken.lib import rows

CHANNEL = "harken_live"

_MENTION = """
    SELECT pg_notify(%s, (%s::jsonb || jsonb_build_object('c', pg_snapshot_xmin(pg_current_snapshot())::text))::text)
"""


def announce(payload: dict[str, Any]) -> None:
    """Tell every open page after commit; nothing is said when the caller's transaction rolls back.

    Ids only: PostgreSQL takes less than 8,000 bytes. `{"w": workspace_id, "c": cursor, …}` reaches the streams of
    one workspace, `{"u": user_id, …}` makes the streams of one user prove again that they may listen.
    """
    rows.ask("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(payload, separators=(",", ":"))])


def mention(workspace_id: int, kind: str, **payload: Any) -> None:
    """Tell the open pages of a workspace what passes and is recorded nowhere, such as who is writing.

    A page that was away is not told again: it looks for itself when it comes back.
    """
    told = {"w": workspace_id, "t": kind} | payload
    rows.ask(_MENTION, [CHANNEL, json.dumps(told, separators=(",", ":"))])


def cursor() -> str:
    """The point from which to resume: whatever is committed below it is already visible to the caller.

    It is the oldest transaction still running. Taken inside the transaction that records an event, it travels with
    the event: transactions below it had ended before, so PostgreSQL, which delivers in the order of commits, has
    announced them before. Sequence numbers cannot say that: they are given in one order and committed in another.
    """
    ((oldest,),) = rows.ask("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    return str(oldest)
