"""Who is here, and who reads or writes what.

To be here is to hold a live stream open. What somebody reads follows from the page they opened, what they write
from the lock on the answer. Open pages hear of every change by `presence.changed`, with the numbers of the
tickets concerned in `p`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from harken import realtime
from harken.agents.digests import digest_of
from harken.agents.models import Agent
from harken.lib import rows
from harken.tickets.models import AnswerLock, Ticket, WebProcess
from harken.workspaces.models import Workspace

CHANGED = "presence.changed"

# The latest page of a person tells what they read, the latest keystroke where they write.
_HERE = f"""
    SELECT stream.agent_id, min(stream.since), reading.ticket_id, reading.since, writing.ticket_id, writing.taken_at
    FROM tickets_openstream stream
    JOIN tickets_webprocess process ON process.id = stream.process
        AND process.seen_at > statement_timestamp() - interval '{WebProcess.LEASE_SECONDS} seconds'
    LEFT JOIN LATERAL (
        SELECT tab.ticket_id, tab.since FROM tickets_tab tab
        WHERE tab.workspace_id = stream.workspace_id AND tab.agent_id = stream.agent_id
            AND tab.browser IN (
                SELECT browser FROM tickets_openstream WHERE workspace_id = %(workspace)s AND agent_id = stream.agent_id
            )
        ORDER BY tab.since DESC LIMIT 1
    ) reading ON true
    LEFT JOIN LATERAL (
        SELECT held.ticket_id, held.taken_at FROM tickets_answerlock held
        WHERE held.workspace_id = stream.workspace_id AND held.agent_id = stream.agent_id
            AND held.typed_at > statement_timestamp() - interval '{AnswerLock.SECONDS} seconds'
        ORDER BY held.typed_at DESC LIMIT 1
    ) writing ON true
    WHERE stream.workspace_id = %(workspace)s
    GROUP BY stream.agent_id, reading.ticket_id, reading.since, writing.ticket_id, writing.taken_at
"""
_READERS = f"""
    SELECT DISTINCT tab.agent_id FROM tickets_tab tab
    JOIN tickets_openstream stream ON stream.workspace_id = tab.workspace_id AND stream.browser = tab.browser
    JOIN tickets_webprocess process ON process.id = stream.process
        AND process.seen_at > statement_timestamp() - interval '{WebProcess.LEASE_SECONDS} seconds'
    WHERE tab.ticket_id = %s AND tab.agent_id <> %s
"""
_READ = """
    WITH before AS (SELECT ticket_id FROM tickets_tab WHERE id = %(tab)s), now AS (
        INSERT INTO tickets_tab (id, workspace_id, agent_id, browser, ticket_id, since)
        VALUES (%(tab)s, %(workspace)s, %(agent)s, %(browser)s, %(ticket)s, statement_timestamp())
        ON CONFLICT (id) DO UPDATE SET ticket_id = excluded.ticket_id, since = excluded.since
            WHERE tickets_tab.agent_id = excluded.agent_id
    )
    SELECT number FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM before UNION SELECT %(ticket)s)
"""
_CLOSE = """
    WITH closed AS (DELETE FROM tickets_tab WHERE id = %s AND agent_id = %s RETURNING ticket_id)
    SELECT number FROM tickets_ticket WHERE id IN (SELECT ticket_id FROM closed)
"""


class Doing(StrEnum):
    WRITING = "writing"
    READING = "reading"
    HERE = "here"


@dataclass(frozen=True)
class Here:
    """A colleague who is here: what they do, on which ticket (`None`: on none), and since when."""

    agent: Agent
    doing: Doing
    ticket: Ticket | None
    since: datetime


def here(workspace: Workspace) -> list[Here]:
    """Return who is in a workspace now, by name. Whose process was killed is gone with its lease."""
    found = rows.ask(_HERE, {"workspace": workspace.pk})
    agents = Agent.objects.filter(workspace=workspace).in_bulk([row[0] for row in found])
    wanted = {ticket_id for row in found for ticket_id in (row[2], row[4]) if ticket_id}
    tickets = (
        Ticket.objects.filter(workspace=workspace).select_related("requester").in_bulk(wanted)
        if wanted
        else {}
    )
    present = [_here(agents[row[0]], row, tickets) for row in found if row[0] in agents]
    return sorted(present, key=lambda each: (each.agent.name.casefold(), each.agent.pk))


def readers_of(ticket: Ticket, *, without: Agent) -> list[Agent]:
    """Return which others have a ticket open before them, by name; one query when nobody has."""
    found = [agent_id for (agent_id,) in rows.ask(_READERS, [ticket.pk, without.pk])]
    return list(Agent.objects.filter(pk__in=found).by_name()) if found else []


def read(ticket: Ticket, *, by: Agent, browser: str, tab: UUID) -> None:
    """Note that a page shows a ticket now; `tab` names the page, which may have shown another one before."""
    values = {
        "workspace": ticket.workspace_id,
        "agent": by.pk,
        "browser": browser,
        "tab": tab,
        "ticket": ticket.pk,
    }
    tell(ticket.workspace_id, (number for (number,) in rows.ask(_READ, values)))


def close_tab(tab: UUID, *, by: Agent) -> None:
    """Note that a page was closed, or shows no ticket any more; harmless when nothing is known of it."""
    found = rows.ask(_CLOSE, [tab, by.pk])
    if found:
        tell(by.workspace_id, (number for (number,) in found))


def tell(workspace_id: int, numbers: Iterable[int] = ()) -> None:
    """Tell open pages that somebody came, left, or turned to other tickets."""
    realtime.mention(workspace_id, CHANGED, p=sorted(numbers))


def browser_of(session_key: str | None) -> str:
    """Return the name that a browser goes by here; `""` for requests without a session."""
    return digest_of(session_key) if session_key else ""


def _here(agent: Agent, row: Sequence[object], tickets: dict[int, Ticket]) -> Here:
    _, since, reading, read_since, writing, written_since = row
    for doing, ticket_id, moment in (
        (Doing.WRITING, writing, written_since),
        (Doing.READING, reading, read_since),
    ):
        if isinstance(ticket_id, int) and isinstance(moment, datetime) and ticket_id in tickets:
            return Here(agent, doing, tickets[ticket_id], moment)
    assert isinstance(since, datetime)
    return Here(agent, Doing.HERE, None, since)
