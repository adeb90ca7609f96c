"""How far somebody has read: the next time, the thread opens at what is new to them."""

from harken.agents.models import Agent
from harken.lib import rows
from harken.tickets.models import Seen, Ticket

_NOTE = """
    INSERT INTO tickets_seen (workspace_id, ticket_id, agent_id, position) VALUES (%s, %s, %s, %s)
    ON CONFLICT (ticket_id, agent_id) DO UPDATE SET position = excluded.position
    WHERE tickets_seen.position < excluded.position
"""


def seen_by(ticket: Ticket, agent: Agent) -> int | None:
    """Return the last position a colleague has read; `None` when they never opened the ticket."""
    return Seen.objects.filter(ticket=ticket, agent=agent).values_list("position", flat=True).first()


def note_seen(ticket: Ticket, agent: Agent, position: int) -> None:
    """Note that everything up to a position was read. What was read further before stays so."""
    rows.ask(_NOTE, [ticket.workspace_id, ticket.pk, agent.pk, position])
