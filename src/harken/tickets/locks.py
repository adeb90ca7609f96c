"""Who writes an answer, so that nobody else does: taken by the first keystroke, gone minutes after the last.

A lock keeps colleagues from writing the same answer twice. That nobody answers what they have not seen is the
guard's business (`Ticket.reply`), which asks no lock. Open pages hear of a change as of any other on a ticket, by
`lock.changed` with its number.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from harken import realtime
from harken.agents.models import Agent
from harken.events.record import record
from harken.lib import rows
from harken.tickets.models import AnswerLock, Ticket
from harken.workspaces import wall

CHANGED = "lock.changed"

_IS_HELD = f"held.typed_at > statement_timestamp() - interval '{AnswerLock.SECONDS} seconds'"
_TYPED_AT = "statement_timestamp() - make_interval(secs => %(idle_seconds)s)"
_ON_THESE = f"""workspace_id = %s AND ticket_id = ANY(%s)
    AND typed_at > statement_timestamp() - interval '{AnswerLock.SECONDS} seconds'"""
# Whoever has it keeps it; a colleague gets it when it is over, or by force.
_TAKE = f"""
    INSERT INTO tickets_answerlock AS held (workspace_id, ticket_id, agent_id, browser, tab, taken_at, typed_at)
    VALUES (%(workspace)s, %(ticket)s, %(agent)s, %(browser)s, %(tab)s, {_TYPED_AT}, {_TYPED_AT})
    ON CONFLICT (ticket_id) DO UPDATE SET
        agent_id = excluded.agent_id,
        browser = excluded.browser,
        tab = excluded.tab,
        typed_at = CASE WHEN held.agent_id = excluded.agent_id
            THEN greatest(held.typed_at, excluded.typed_at) ELSE excluded.typed_at END,
        taken_at = CASE WHEN {_IS_HELD} AND held.agent_id = excluded.agent_id
            THEN held.taken_at ELSE excluded.taken_at END,
        taken_from_id = CASE WHEN NOT {_IS_HELD} THEN NULL
            WHEN held.agent_id = excluded.agent_id THEN held.taken_from_id ELSE held.agent_id END
    WHERE held.agent_id = excluded.agent_id OR %(by_force)s OR NOT {_IS_HELD}
    RETURNING held.taken_at = {_TYPED_AT}
"""
_RELEASE = """
    DELETE FROM tickets_answerlock WHERE ticket_id = %(ticket)s AND agent_id = %(agent)s
        AND (%(tab)s = '' OR tab = %(tab)s)
    RETURNING 1
"""
_RELEASE_ALL = """
    WITH released AS (
        DELETE FROM tickets_answerlock WHERE workspace_id = %s AND browser = ANY(%s::text[]) RETURNING ticket_id
    )
    SELECT number FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM released)
"""
_OVER_SOMEWHERE = f"SELECT DISTINCT workspace_id FROM tickets_answerlock held WHERE NOT {_IS_HELD}"
_RELEASE_OVER = f"""
    WITH released AS (
        DELETE FROM tickets_answerlock held WHERE workspace_id = %s AND NOT {_IS_HELD} RETURNING ticket_id
    )
    SELECT number FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM released)
"""


def holder_of(ticket: Ticket) -> AnswerLock | None:
    """Return the lock on a ticket's answer, with its agent; `None` when anybody may write."""
    return locks_on([ticket.pk], ticket.workspace_id).get(ticket.pk)


def locks_on(ticket_ids: Iterable[int], workspace_id: int) -> dict[int, AnswerLock]:
    """Return who writes an answer to these tickets now, by the ticket's id."""
    found = rows.found(AnswerLock, _ON_THESE, [workspace_id, list(ticket_ids)])
    if found:
        prefetch_related_objects(found, "agent__user")
    return {lock.ticket_id: lock for lock in found}


def take(
    ticket: Ticket, *, by: Agent, browser: str = "", tab: str = "", idle_seconds: float = 0
) -> AnswerLock | None:
    """Take the lock, or go on holding it, and return it: somebody else's when they were first.

    Called while somebody types, some seconds after the last key. `browser` and `tab` say by whose leaving it ends.
    Nobody waits for anybody here.
    """
    if _take(ticket, by, browser, tab, idle_seconds=idle_seconds):
        _tell(ticket.workspace_id, [ticket.number], by)
    return holder_of(ticket)


@transaction.atomic
def take_over(ticket: Ticket, *, by: Agent, browser: str = "", tab: str = "") -> AnswerLock | None:
    """Take the lock from whoever holds it; they are told, and keep what they have written."""
    before = AnswerLock.objects.held().select_for_update().filter(ticket=ticket).first()
    is_news = _take(ticket, by, browser, tab, by_force=True)
    if before and before.agent_id != by.pk:
        record("ticket.taken_over", ticket, by=by, number=ticket.number, was=before.agent_id)
    elif is_news:
        _tell(ticket.workspace_id, [ticket.number], by)
    return holder_of(ticket)


def release(ticket: Ticket, *, by: Agent, tab: str = "") -> None:
    """Let go of one's own lock: sent, emptied or left. With `tab` only if that page took it; harmless without one."""
    if rows.ask(_RELEASE, {"ticket": ticket.pk, "agent": by.pk, "tab": tab}):
        _tell(ticket.workspace_id, [ticket.number], by)


def release_all(workspace_id: int, browsers: Sequence[str]) -> None:
    """Let go of all that was held from these browsers, which are gone."""
    _tell(workspace_id, (number for (number,) in rows.ask(_RELEASE_ALL, [workspace_id, browsers])))


def release_over() -> None:
    """Tell open pages of the locks whose time is over, in every workspace."""
    with wall.across():
        found = rows.ask(_OVER_SOMEWHERE)
    for (workspace_id,) in found:
        with wall.inside(workspace_id):
            _tell(workspace_id, (number for (number,) in rows.ask(_RELEASE_OVER, [workspace_id])))


def _take(
    ticket: Ticket, by: Agent, browser: str, tab: str, *, idle_seconds: float = 0, by_force: bool = False
) -> bool:
    """Say whether anything changed that others can see."""
    values = {
        "workspace": ticket.workspace_id,
        "ticket": ticket.pk,
        "agent": by.pk,
        "browser": browser,
        "tab": tab,
        "idle_seconds": idle_seconds,
        "by_force": by_force,
    }
    return any(is_news for (is_news,) in rows.ask(_TAKE, values))


def _tell(workspace_id: int, numbers: Iterable[int], by: Agent | None = None) -> None:
    for number in numbers:
        realtime.mention(workspace_id, CHANGED, n=number, a=by.pk if by else None)
