from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.lib import rows
from harken.tickets.models.presence import BROWSER_LETTERS
from harken.workspaces.models import Workspace


class AnswerLockQuerySet(models.QuerySet["AnswerLock"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def held(self) -> Self:
        """Those whose last keystroke is recent enough, by the database's clock."""
        return self.filter(AnswerLock.is_held())


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

    @classmethod
    def is_held(cls, lock: str = "") -> models.Q:
        """The condition under which a lock holds; `lock` is the way to it from another model."""
        name = f"{lock}__typed_at__gt" if lock else "typed_at__gt"
        return models.Q(**{name: Now() - timedelta(seconds=cls.SECONDS)})

    @classmethod
    def let_go(cls, ticket_id: int, agent_id: int) -> None:
        """Forget what an agent holds on a ticket; the caller tells open pages, with all else that happened."""
        rows.ask(
            "DELETE FROM tickets_answerlock WHERE ticket_id = %s AND agent_id = %s", [ticket_id, agent_id]
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agent_id}"
