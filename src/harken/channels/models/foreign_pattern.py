from typing import Self

from django.db import models

from harken.agents.models import Agent
from harken.workspaces.models import Workspace


class ForeignPatternQuerySet(models.QuerySet["ForeignPattern"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class ForeignPattern(models.Model):
    """How some other desk writes its numbers, such as `Vorgang *`: the star stands for the number."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    template = models.CharField(max_length=60)

    objects = ForeignPatternQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "template"], name="one_pattern_per_workspace_and_template"
            ),
        )

    def __str__(self) -> str:
        return self.template
