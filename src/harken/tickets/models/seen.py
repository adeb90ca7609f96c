from django.db import models

from harken.agents.models import Agent
from harken.workspaces.models import Workspace


class Seen(models.Model):
    """How far a colleague has read a ticket: the last position that stood before their eyes."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "seen"
        constraints = (
            models.UniqueConstraint(fields=["ticket", "agent"], name="one_place_per_reader_and_ticket"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agent_id} {self.position}"
