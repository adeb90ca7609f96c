from typing import Self

from django.db import models

from harken.agents.models import Agent
from harken.workspaces.models import Workspace


class RetentionQuerySet(models.QuerySet["Retention"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Retention(models.Model):
    """For how long a workspace keeps the letters themselves; without a row, for ever."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="retention")
    days = models.PositiveIntegerField()

    objects = RetentionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.days} days"
