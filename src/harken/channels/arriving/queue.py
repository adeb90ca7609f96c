"""The queue of letters to settle: the rows of the ledger that are still `received`, and nothing beside them.

Whoever settles a letter first takes it: the attempt is counted and committed before anything reads it. A letter is
settled under its row's lock and only while it is `received`, so that it does not matter how many took it, how late one
of them wakes up, or where one dies: what was taken and not settled is taken again after a pause, then each alone.
"""

from collections.abc import Sequence

from django.db import connection
from psycopg import Connection

from harken.channels.models import Arrival, Channel, RawMail
from harken.lib import rows
from harken.workspaces import wall
from harken.workspaces.models import Workspace

MOST_AT_ONCE = 32
# Longer than any letter takes to be read and settled.
AGAIN_AFTER_SECONDS = 15

_BELL = "harken_mail_in"
_FRESH = "state = 'received' AND claimed_at IS NULL"
_BROKEN_OFF = (
    f"state = 'received' AND claimed_at < statement_timestamp() - interval '{AGAIN_AFTER_SECONDS} seconds'"
)
_WAITING = f"SELECT DISTINCT workspace_id FROM channels_arrival WHERE ({_FRESH}) OR ({_BROKEN_OFF})"
# An array is asked for once; of `IN` PostgreSQL may make a join that asks again for each row, and takes more.
_TAKE = """
    UPDATE channels_arrival SET attempts = attempts + 1, claimed_at = statement_timestamp() WHERE id = ANY(ARRAY(
    SELECT id FROM channels_arrival WHERE {whose} AND {which} ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id
"""
_TAKE_THIS = """
    UPDATE channels_arrival SET attempts = attempts + 1, claimed_at = statement_timestamp()
    WHERE id = %s AND state = 'received'
"""
_GIVE_BACK = """
    UPDATE channels_arrival SET attempts = attempts - 1, claimed_at = NULL
    WHERE id = ANY(%s) AND state = 'received' AND attempts > 0
"""
_FORGIVE = "UPDATE channels_arrival SET attempts = attempts - 1 WHERE id = %s AND attempts > 0"


def waiting() -> list[int | None]:
    """Return the workspaces in which letters wait; `None` stands for those that no workspace owns."""
    with wall.across():
        return [workspace_id for (workspace_id,) in rows.ask(_WAITING)]


def take(workspace_id: int | None) -> list[Arrival]:
    """Take the letters of a workspace that wait longest, in the order they came; inside its wall.

    What was broken off before comes first and alone: it may be what broke it off, and nobody shall pay for that.
    """
    return _taken(workspace_id, _BROKEN_OFF, 1) or _taken(workspace_id, _FRESH, MOST_AT_ONCE)


def take_this(arrival: Arrival) -> Arrival:
    """Take one letter, whoever may have it in hand, and return its row as it is now; a settled one stays settled."""
    rows.ask(_TAKE_THIS, [arrival.pk])
    (taken,) = _loaded([arrival.pk])
    return taken


def give_back(arrivals: Sequence[Arrival]) -> None:
    """Let others take what was taken and not begun."""
    if arrivals:
        rows.ask(_GIVE_BACK, [[arrival.pk for arrival in arrivals]])


def forgive(arrival: Arrival) -> None:
    """Let an attempt not count; the letter is taken again after the pause."""
    rows.ask(_FORGIVE, [arrival.pk])


def ring() -> None:
    """Wake those who wait for letters, once the caller's transaction commits."""
    rows.ask("SELECT pg_notify(%s, '')", [_BELL])


def wait(seconds: float) -> None:
    """Wait until letters came, and no longer than so many seconds. No transaction may be open."""
    rows.ask(f"LISTEN {_BELL}")
    # Those that came before anybody listened rang unheard.
    if not waiting():
        _hear(seconds)
    rows.ask(f"UNLISTEN {_BELL}")


def _hear(seconds: float) -> None:
    bell: Connection = connection.connection
    # One that rang while something was asked was heard with the answer.
    if bell.pgconn.notifies():
        return
    with connection.wrap_database_errors:
        for _rung in bell.notifies(timeout=seconds, stop_after=1):
            pass


def _taken(workspace_id: int | None, which: str, most: int) -> list[Arrival]:
    whose, values = ("workspace_id = %s", [workspace_id]) if workspace_id else ("workspace_id IS NULL", [])
    ids = [pk for (pk,) in rows.ask(_TAKE.format(whose=whose, which=which), [*values, most])]
    return _loaded(ids) if ids else []


def _loaded(ids: Sequence[int]) -> list[Arrival]:
    arrivals = rows.found(Arrival, "id = ANY(%s) ORDER BY id", [ids])
    raws = {raw.pk: raw for raw in _of(RawMail, [arrival.raw_id for arrival in arrivals])}
    channels = {channel.pk: channel for channel in _of(Channel, [arrival.channel_id for arrival in arrivals])}
    owners = {owner.pk: owner for owner in _of(Workspace, [arrival.workspace_id for arrival in arrivals])}
    for arrival in arrivals:
        arrival.raw = raws[arrival.raw_id]
        arrival.channel = channels[arrival.channel_id] if arrival.channel_id else None
        arrival.workspace = owners[arrival.workspace_id] if arrival.workspace_id else None
    return arrivals


def _of(model: type[rows.Row], ids: Sequence[int | None]) -> list[rows.Row]:
    wanted = sorted({pk for pk in ids if pk is not None})
    return rows.found(model, "id = ANY(%s)", [wanted]) if wanted else []
