from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.tickets.models.presence import BROWSER_LETTERS
from harken.workspaces.models import Workspace


class AnswerLockQuerySet(models.QuerySet["AnswerLock"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def held(self) -> Self:
        """Those whose last keystroke is recent enough, by the database's clock."""
        return self.filter(typed_at__gt=Now() - timedelta(seconds=AnswerLock.SECONDS))


class AnswerLock(models.Model):
    """Somebody writes an answer. It holds for a few minutes after the last keystroke, and never stops a note."""

    SECONDS = 180

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    # Without a constraint, as in `models.presence`: a keystroke never waits for whoever holds the ticket.
    ticket = models.OneToOneField(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="answer_lock", db_constraint=False
    )
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=BROWSER_LETTERS, default="")
    tab = models.CharField(max_length=40, default="")
    taken_at = models.DateTimeField(db_default=Now())
    typed_at = models.DateTimeField(db_default=Now())
    # Whom it was taken over from: their page tells them.
    taken_from = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AnswerLockQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agent_id}"
