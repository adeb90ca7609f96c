from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Mod

from harken.agents.models import Agent
from harken.tickets.states import CLOSED_STATES, State
from harken.workspaces.models import COUNTER_DIGITS

if TYPE_CHECKING:
    from harken.tickets.models.ticket import Ticket  # noqa: F401 - named in quotes, below


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here, never from `objects.get`."""
        return self.filter(workspace_id=agent.workspace_id)

    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def waiting_for_us(self) -> Self:
        return self.open().filter(waiting_since__isnull=False)

    def closed(self) -> Self:
        return self.filter(state__in=CLOSED_STATES)

    def assigned_to(self, agent: Agent) -> Self:
        return self.filter(assignee=agent)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def numbered(self, number: int) -> Self:
        """Those with this number, whole or as people say it: the counter without the day."""
        if number >= 10**COUNTER_DIGITS:
            return self.filter(number=number)
        count = Mod(F("number"), 10**COUNTER_DIGITS, output_field=models.BigIntegerField())
        return self.alias(count=count).filter(count=number)

    def newest_first(self) -> Self:
        """In the order of the index that every list pages by."""
        return self.order_by("-last_activity_at", "-id")
