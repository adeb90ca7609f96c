from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.tickets.models import Ticket
from harken.workspaces.models import Workspace


class SpamSenderQuerySet(models.QuerySet["SpamSender"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class SpamSender(models.Model):
    """An address that a colleague called a sender of spam, and the ticket on which they did."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    address = models.CharField(max_length=500)
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, related_name="spam_senders")
    agent_name = models.CharField(max_length=300)
    # What a mail server thought of its letters did not count before: it is given back with the rest.
    was_welcome = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = SpamSenderQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "address"], name="one_verdict_per_spam_sender"),
        )

    def __str__(self) -> str:
        return self.address
