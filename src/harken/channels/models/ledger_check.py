from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.workspaces.models import Workspace


class LedgerCheckQuerySet(models.QuerySet["LedgerCheck"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class LedgerCheck(models.Model):
    """The last daily check of a workspace's ledger: how many rows ended in which state, and what does not fit."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="ledger_check")
    checked_at = models.DateTimeField(db_default=Now())
    counts = models.JSONField(default=dict)
    # `{"code": …, "count": …, "rows": [arrivals], "messages": [messages]}`, the first ids: see channels.ledger.check.
    faults = models.JSONField(default=list)

    objects = LedgerCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.checked_at}: {len(self.faults)} faults"
