from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.contacts.models.company import LONGEST_NAME, Company
from harken.lib.names import sort_key
from harken.workspaces.encryption import EncryptedTextField
from harken.workspaces.models import Workspace


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def by_name(self) -> Self:
        return self.order_by("sort_key", "id")


class Site(models.Model):
    """A project or product of a company that work is done on."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=LONGEST_NAME)
    sort_key = models.CharField(max_length=300, editable=False, default="")
    # Where it is: an address on the web, or a street.
    address = models.CharField(max_length=500, default="", blank=True)
    host = models.CharField(max_length=300, default="", blank=True)
    # How to get in; people write passwords here, so it is sealed.
    access_notes = EncryptedTextField(default="", blank=True)
    agreed = models.TextField(default="", blank=True)
    # What was answered to the workspace's own fields, by their keys: `fields.answers` reads it.
    fields = models.JSONField(default=dict, db_default={}, blank=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = SiteQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "-id"], name="sites_newest_first"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)
