import secrets
from typing import Self

from django.db import models, transaction
from django.db.models.functions import Now

from harken.agents.digests import digest_of
from harken.agents.models.people import Agent
from harken.events.record import record
from harken.workspaces.models import Workspace


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: one's own, and all of the workspace for an owner."""
        here = self.filter(workspace_id=agent.workspace_id)
        return here if agent.is_owner else here.filter(agent=agent)


class TokenManager(models.Manager.from_queryset(TokenQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def issue(self, agent: Agent, name: str, *, by: Agent | None = None) -> "tuple[Token, str]":
        """Make a token that acts and sees as `agent`; the text is returned once and kept nowhere."""
        secret = secrets.token_urlsafe(32)
        token = self.create(workspace_id=agent.workspace_id, agent=agent, name=name, digest=digest_of(secret))
        record("token.issued", token, by=by, name=name)
        return token, f"hk_{agent.workspace_id}_{secret}"


class Token(models.Model):
    """A key to the API. The workspace's id stands in its text, so that the wall is entered before the row is sought."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)

    objects = TokenManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "digest"], name="one_token_per_digest"),)

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def revoke(self, *, by: Agent) -> None:
        """Make the token open nothing from now on."""
        record("token.revoked", self, by=by, name=self.name, of=self.agent_id)
        self.delete()
