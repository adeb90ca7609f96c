from typing import Any

from django.db import models, transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.events.record import record
from harken.tickets.errors import TicketIsMerged
from harken.tickets.states import CLOSED_STATES, State


class WhoseTurn(models.Model):
    """A ticket's state: whose turn it is, whose work it is, and whether it is done."""

    assignee = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    state = models.CharField(max_length=24, choices=State, default=State.OPEN)
    waiting_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    # The ticket's own, which the model brings.
    number: Any
    hold: Any
    _save: Any

    class Meta:
        abstract = True

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def is_our_turn(self) -> bool:
        return self.state == State.OPEN and self.waiting_since is not None

    @transaction.atomic
    def close(self, *, by: Agent, state: str = State.CLOSED) -> None:
        """Close it, successfully unless told otherwise. Closing a closed one changes nothing."""
        self.hold()
        self._refuse_if_merged()
        if self.state == state:
            return
        self.state, self.closed_at, self.waiting_since = state, timezone.now(), None
        self._save("state", "closed_at", "waiting_since")
        record("ticket.closed", self, by=by, number=self.number, state=state)

    @transaction.atomic
    def reopen(self, *, by: Agent) -> None:
        """Put a closed ticket back on the list. Reopening an open one changes nothing."""
        self.hold()
        self._refuse_if_merged()
        if not self.is_closed:
            return
        self.state, self.closed_at, self.waiting_since = State.OPEN, None, timezone.now()
        self._save("state", "closed_at", "waiting_since")
        record("ticket.reopened", self, by=by, number=self.number)

    @transaction.atomic
    def assign_to(self, agent: Agent | None, *, by: Agent) -> None:
        """Give it to a colleague, or to nobody."""
        self.hold()
        self._refuse_if_merged()
        if self.assignee == agent:
            return
        self.assignee = agent
        self._save("assignee")
        record("ticket.assigned", self, by=by, number=self.number, to=agent.pk if agent else None)

    def _wait_for_them(self, by: Agent) -> None:
        self.state, self.waiting_since, self.closed_at = State.WAITING, None, None
        self.assignee = self.assignee or by
        self._save("state", "waiting_since", "closed_at", "assignee")

    def _refuse_if_merged(self) -> None:
        if self.state == State.MERGED:
            raise TicketIsMerged
