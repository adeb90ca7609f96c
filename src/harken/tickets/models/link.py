from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.workspaces.models import Workspace

if TYPE_CHECKING:
    from harken.tickets.models.ticket import Ticket


class TicketLinkQuerySet(models.QuerySet["TicketLink"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def of(self, ticket_id: int) -> Self:
        """Both directions: a link is read from either end."""
        return self.filter(Q(ticket_id=ticket_id) | Q(related_id=ticket_id))


class TicketLink(models.Model):
    """Two tickets about neighbouring matters. `ticket` is the later one: it came out of, or answers, `related`."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    related = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = TicketLinkQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "related"], name="one_link_per_pair"),
            models.CheckConstraint(
                condition=~Q(ticket=models.F("related")), name="no_ticket_is_its_own_relative"
            ),
        )
        indexes = (models.Index(fields=["workspace", "related"], name="links_by_related"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} - {self.related_id}"

    @classmethod
    def between(cls, later: "Ticket", earlier: "Ticket") -> None:
        """Relate two tickets; those that are related already, either way, stay so."""
        known = cls.objects.of(later.pk).of(earlier.pk)
        if later.pk != earlier.pk and not known.exists():
            cls.objects.create(workspace_id=later.workspace_id, ticket=later, related=earlier)
