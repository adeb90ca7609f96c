from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.tickets.models.message import Message
from harken.workspaces.models import Workspace


class ForeignNumberQuerySet(models.QuerySet["ForeignNumber"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def of_ticket(self, ticket_id: int) -> Self:
        return self.filter(message__ticket=ticket_id)

    def as_written(self) -> list[str]:
        """Return them as they stand in subjects, each once, in the order they came."""
        return list(dict.fromkeys(self.order_by("id").values_list("words", flat=True)))


class ForeignNumber(models.Model):
    """What another desk calls the matter: read from a letter's subject, repeated in ours so that their desk threads.

    It lies on the message that brought it, and goes where that message goes.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="foreign_numbers")
    # As it stands in their subject, such as `[Ticket#2024110410000017]`, and the number alone.
    words = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    address = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now())

    objects = ForeignNumberQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "number"], name="foreign_numbers_by_number"),)

    def __str__(self) -> str:
        return self.words
