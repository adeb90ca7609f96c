from typing import Self
from urllib.parse import urlsplit

from django.db import models, transaction
from django.db.models.functions import Now

from harken.agents.models.people import Agent
from harken.events.record import record
from harken.workspaces import wall
from harken.workspaces.encryption import EncryptedTextField
from harken.workspaces.models import Workspace


class ProviderQuerySet(models.QuerySet["Provider"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Provider(models.Model):
    """A workspace's own sign-in service (OpenID Connect). It opens this workspace and nothing else."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=100, default="", blank=True)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=300)
    client_secret = EncryptedTextField(default="", blank=True)
    is_on = models.BooleanField(default=False)
    # Whoever it vouches for becomes a colleague; else they must have been invited.
    lets_join = models.BooleanField(default=False)

    objects = ProviderQuerySet.as_manager()

    def __str__(self) -> str:
        return self.issuer

    @property
    def title(self) -> str:
        """What people know it as: its name, else its host."""
        return self.name or urlsplit(self.issuer).hostname or self.issuer

    @classmethod
    def on_for(cls, workspace: Workspace) -> "Provider | None":
        """Return the provider that is switched on in a workspace; asked before anybody is in."""
        with wall.inside(workspace.pk):
            return cls.objects.filter(workspace=workspace, is_on=True).select_related("workspace").first()

    @transaction.atomic
    def keep(self, *, by: Agent) -> None:
        """Save it and record that it was changed, but none of what it holds."""
        self.save()
        record("provider.changed", self, by=by, on=self.is_on)


class ProviderAccountQuerySet(models.QuerySet["ProviderAccount"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class ProviderAccount(models.Model):
    """An account of a provider that was proved to be a colleague's: known by its subject from then on."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())

    objects = ProviderAccountQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "issuer", "subject"], name="one_agent_per_provider_account"
            ),
            models.UniqueConstraint(
                fields=["workspace", "issuer", "agent"], name="one_provider_account_per_agent"
            ),
        )

    def __str__(self) -> str:
        return self.subject
