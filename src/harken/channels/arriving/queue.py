"""The queue of letters to settle: the rows of the ledger that are still `received`, and nothing beside them.

Whoever settles letters first takes them: that is committed before anything reads one. A letter is settled under its
row's lock and only while it is `received`, so that it does not matter how many took it, how late one of them wakes up,
or where one dies: what was taken and not settled is taken again after a pause. Of a handful that was broken off the
first that is left had been begun: it counts an attempt and is taken alone, those behind it are given back.
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
# Where others went well meanwhile the fault may be its own: its pauses grow to a quarter of an hour, for some hours.
MOST_TROUBLES = 24
_BROKEN_OFF = (
    "state = 'received' AND claimed_at < statement_timestamp()"
    f" - interval '{AGAIN_AFTER_SECONDS} seconds' * least(power(2, troubles), 60)"
)
_WAITING = f"SELECT DISTINCT workspace_id FROM channels_arrival WHERE ({_FRESH}) OR ({_BROKEN_OFF})"
# An array is asked for once; of `IN` PostgreSQL may make a join that asks again for each row, and takes more.
_TAKE = f"""
    UPDATE channels_arrival SET claimed_at = statement_timestamp() WHERE id = ANY(ARRAY(
    SELECT id FROM channels_arrival WHERE {{whose}} AND {_FRESH} ORDER BY id LIMIT {MOST_AT_ONCE}
    FOR UPDATE SKIP LOCKED)) RETURNING id
"""
# Somebody died with it in hand; what the machine broke off was noted as such.
_ATTEMPTS = """
    attempts + CASE WHEN taken.claimed_at IS NULL OR taken.troubled_at >= taken.claimed_at THEN 0 ELSE 1 END
"""
_TAKE_AGAIN = f"""
    WITH begun AS (
        SELECT id, claimed_at FROM channels_arrival WHERE {{whose}} AND {_BROKEN_OFF}
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ), given_back AS (
        UPDATE channels_arrival rest SET claimed_at = NULL FROM begun
        WHERE {{whose}} AND state = 'received' AND rest.claimed_at = begun.claimed_at AND rest.id > begun.id
    )
    UPDATE channels_arrival taken SET attempts = {_ATTEMPTS}, claimed_at = statement_timestamp()
    FROM begun WHERE taken.id = begun.id RETURNING taken.id
"""
_TAKE_THIS = f"""
    UPDATE channels_arrival taken SET attempts = {_ATTEMPTS}, claimed_at = statement_timestamp()
    WHERE id = %s AND state = 'received'
"""
_GIVE_BACK = "UPDATE channels_arrival SET claimed_at = NULL WHERE id = ANY(%s) AND state = 'received'"
_SET_APART = (
    "UPDATE channels_arrival SET claimed_at = statement_timestamp() WHERE id = %s AND state = 'received'"
)
_LATEST_SUCCESS = """
    SELECT max(settled_at) FROM (SELECT settled_at FROM channels_arrival WHERE message_id IS NOT NULL
    ORDER BY id DESC LIMIT 100) AS latest
"""
_NOTE_TROUBLE = """
    UPDATE channels_arrival SET claimed_at = statement_timestamp(), troubled_at = statement_timestamp(),
        troubles = troubles + CASE WHEN %s::boolean AND troubled_at < %s::timestamptz THEN 1 ELSE 0 END
    WHERE id = %s AND state = 'received' RETURNING troubles
"""


def waiting() -> list[int | None]:
    """Return the workspaces in which letters wait; `None` stands for those that no workspace owns."""
    with wall.across():
        return [workspace_id for (workspace_id,) in rows.ask(_WAITING)]


def take(workspace_id: int | None) -> list[Arrival]:
    """Take the letters of a workspace that wait longest, in the order they came; inside its wall.

    What was broken off before comes first and alone: it may be what broke it off, and nobody shall pay for that.
    """
    return _taken(workspace_id, _TAKE_AGAIN) or _taken(workspace_id, _TAKE)


def take_this(arrival: Arrival) -> Arrival:
    """Take one letter, whoever may have it in hand, and return its row as it is now; a settled one stays settled."""
    rows.ask(_TAKE_THIS, [arrival.pk])
    (taken,) = _loaded([arrival.pk])
    return taken


def give_back(arrivals: Sequence[Arrival]) -> None:
    """Let others take what was taken and not begun."""
    if arrivals:
        rows.ask(_GIVE_BACK, [[arrival.pk for arrival in arrivals]])


def set_apart(arrival: Arrival) -> None:
    """Let an attempt count that ended by itself: the letter is taken again after the pause, and no other with it."""
    rows.ask(_SET_APART, [arrival.pk])


def forgive(arrival: Arrival, *, may_count: bool) -> int:
    """Let an attempt not count that the machine broke off, and say how often that was while others went well.

    The letter is taken again after a pause. `may_count`: it may be the letter's own fault.
    """
    with wall.across():
        ((succeeded_at,),) = rows.ask(_LATEST_SUCCESS)
    noted = rows.ask(_NOTE_TROUBLE, [may_count, succeeded_at, arrival.pk])
    return noted[0][0] if noted else 0


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


def _taken(workspace_id: int | None, statement: str) -> list[Arrival]:
    whose = "workspace_id = %(workspace)s" if workspace_id else "workspace_id IS NULL"
    ids = [pk for (pk,) in rows.ask(statement.format(whose=whose), {"workspace": workspace_id})]
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
