"""The numbers beside the inbox's views."""

from dataclasses import dataclass, replace

from django.db.models import Count, Q

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.channels.held import count_held
from harken.desk.inbox.sections import ONGOING
from harken.tickets.models import Ticket
from harken.tickets.states import State

OURS = Q(waiting_since__isnull=False)


@dataclass(frozen=True)
class Counts:
    """How many wait, view by view, and held letters; closed ones and spam are never counted."""

    mine: int
    unassigned: int
    open: int
    waiting: int
    aside: int
    accepted: int
    ours: int
    held: int = 0

    @property
    def for_reader(self) -> int:
        """What this agent should look at: their own and nobody's."""
        return self.mine + self.unassigned


def counts_for(agent: Agent) -> Counts:
    """Count what is not closed, in one query whose cost does not grow with the archive."""
    tickets = Ticket.objects.visible_to(agent).filter(state__in=ONGOING)
    return Counts(
        **tickets.aggregate(
            mine=Count("pk", filter=OURS & Q(assignee=agent)),
            unassigned=Count("pk", filter=OURS & Q(assignee=None)),
            open=Count("pk"),
            ours=Count("pk", filter=OURS),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            aside=Count("pk", filter=Q(state=State.SET_ASIDE)),
            accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
        )
    )


def counts_of(request: AgentRequest) -> Counts:
    """Return the counts for this page: the rail and the list ask, the database answers once."""
    known = vars(request)
    if "inbox_counts" not in known:
        known["inbox_counts"] = replace(counts_for(request.agent), held=count_held(request))
    counts: Counts = known["inbox_counts"]
    return counts


def waiting_for_reader(request: AgentRequest) -> int:
    """Return the number beside “Inbox” in the rail."""
    return counts_of(request).for_reader
