"""Who is told of what: one rule for every way."""

from collections import defaultdict
from collections.abc import Iterable

from harken.agents.models import Agent
from harken.notifications.models import Happening, Kind, Scope
from harken.tickets.models import Message, Ticket
from harken.tickets.states import CLOSED_STATES, State

# Spam is nobody's news, and neither is what was quiet from the start, or closed since.
SILENT = (State.SPAM, *CLOSED_STATES)


class Writers:
    """Which colleagues wrote on which of some tickets, asked for once."""

    def __init__(self, tickets: Iterable[int]) -> None:
        written = Message.objects.filter(ticket__in=set(tickets), author_agent__isnull=False)
        self._on: defaultdict[int, set[int]] = defaultdict(set)
        for ticket_id, agent_id in written.values_list("ticket", "author_agent").distinct().order_by():
            self._on[ticket_id].add(agent_id)

    def include(self, agent: Agent, ticket: Ticket) -> bool:
        """Say whether a colleague answered or noted something there."""
        return agent.pk in self._on[ticket.pk]


def is_told(agent: Agent, scope: str, happening: Happening, writers: Writers) -> bool:
    """Say whether a colleague who wants so much by some way is told; never of their own doings."""
    if scope == Scope.NOTHING or happening.by_agent_id == agent.pk:
        return False
    if happening.kind != Kind.ARRIVED:
        return happening.to_agent_id == agent.pk
    ticket = happening.ticket
    if ticket.state in SILENT:
        return False
    if scope == Scope.EVERYTHING:
        return True
    if scope == Scope.FREE and ticket.assignee_id is None:
        return True
    return scope in (Scope.FREE, Scope.MINE) and _is_theirs(agent, ticket, writers)


def _is_theirs(agent: Agent, ticket: Ticket, writers: Writers) -> bool:
    """Theirs is what they were given or took; what nobody has belongs to those who wrote there."""
    if ticket.assignee_id is not None:
        return ticket.assignee_id == agent.pk
    return writers.include(agent, ticket)
