"""The numbers beside the inbox's views."""

from dataclasses import dataclass, replace

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.channels.held import count_held
from harken.lib import rows

# Sums of what `tickets.counting` keeps, in the order of Counts.
_SUMS = """
    SELECT coalesce(sum(change) FILTER (WHERE is_our_turn AND assignee_id = %s), 0),
        coalesce(sum(change) FILTER (WHERE is_our_turn AND assignee_id IS NULL), 0),
        coalesce(sum(change), 0),
        coalesce(sum(change) FILTER (WHERE state = 'waiting'), 0),
        coalesce(sum(change) FILTER (WHERE state = 'set_aside'), 0),
        coalesce(sum(change) FILTER (WHERE state = 'accepted'), 0),
        coalesce(sum(change) FILTER (WHERE is_our_turn), 0)
    FROM tickets_standingcount WHERE workspace_id = %s
"""


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
    """Return how many of what is not closed stand where; its cost grows neither with the archive nor with them."""
    return Counts(*rows.ask(_SUMS, [agent.pk, agent.workspace_id])[0])


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
