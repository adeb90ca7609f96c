from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.workspaces.models import Workspace


class BulkActionQuerySet(models.QuerySet["BulkAction"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: what they did themselves."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent)


class BulkAction(models.Model):
    """One act on many tickets: how far it has come, what it changed, and what of that was taken back."""

    class Act(models.TextChoices):
        CLOSE = "close", _("Close")
        REOPEN = "reopen", _("Reopen")
        WAIT = "wait", _("Wait for them")
        SET_ASIDE = "set_aside", _("Set aside")
        ACCEPT = "accept", _("Accept")
        ASSIGN = "assign", _("Assign")
        SPAM = "spam", _("Spam")
        WELCOME = "welcome", _("Not spam")
        TAG = "tag", _("Put a tag on")
        UNTAG = "untag", _("Take a tag off")
        OWN_STATE = "own_state", _("Put into a state of your own")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=20, choices=Act)
    # Until when (ISO 8601), to whom (an agent's id), which tag or own state (its id).
    details = models.JSONField(default=dict)
    tickets = ArrayField(models.BigIntegerField())
    # How many of them it has gone through.
    reached = models.PositiveIntegerField(default=0)
    # The events it recorded: what can be taken back.
    events = ArrayField(models.BigIntegerField(), default=list)
    refused = models.PositiveIntegerField(default=0)
    is_taken_back = models.BooleanField(default=False)
    # Of the events, from the last one on.
    undone = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = BulkActionQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "agent", "-id"], name="bulk_by_agent"),)

    def __str__(self) -> str:
        return f"{self.act} {len(self.tickets)}"

    @property
    def is_done(self) -> bool:
        if self.is_taken_back:
            return self.undone >= len(self.events)
        return self.reached >= len(self.tickets)

    @property
    def changed(self) -> int:
        return len(self.events)

    @property
    def total(self) -> int:
        return len(self.events if self.is_taken_back else self.tickets)

    @property
    def passed(self) -> int:
        return self.undone if self.is_taken_back else self.reached
