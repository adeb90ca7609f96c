from typing import Self

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.models.channel import Channel
from harken.events.record import record
from harken.workspaces.encryption import EncryptedTextField
from harken.workspaces.models import Workspace


class DkimKeyQuerySet(models.QuerySet["DkimKey"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def used_by(self, channel: Channel) -> "DkimKey | None":
        """The key that signs what leaves a mailbox now."""
        return self.filter(channel=channel, is_used=True).first()

    def waiting_for(self, channel: Channel) -> "DkimKey | None":
        """The key that was made last and is not yet used: its record is to be published."""
        return self.filter(channel=channel, is_used=False, retired_at=None).order_by("-id").first()


class DkimKey(models.Model):
    """A key by which receivers know that a letter left with the domain owner's will (RFC 6376).

    Made by us; its public half is for the owner to publish. A mailbox signs with one at a time.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="dkim_keys")
    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=63)
    private_key = EncryptedTextField()
    public_key = models.TextField()
    is_used = models.BooleanField(default=False)
    # Letters signed with it may still be on their way, so its record stays published for a while.
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = DkimKeyQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(is_used=True), name="one_used_key_per_mailbox"
            ),
        )
        indexes = (models.Index(fields=["workspace", "channel"], name="dkim_keys_of_a_mailbox"),)

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """The name under which the public key is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The text to publish there."""
        return f"v=DKIM1; k=rsa; p={self.public_key}"

    @transaction.atomic
    def use(self, *, by: Agent | None = None) -> None:
        """Sign with it from now on; the key used before is retired."""
        used = DkimKey.objects.select_for_update().filter(channel_id=self.channel_id, is_used=True)
        used.exclude(pk=self.pk).update(is_used=False, retired_at=timezone.now())
        self.is_used, self.retired_at = True, None
        self.save(update_fields=["is_used", "retired_at"])
        record("channel.changed", self.channel, by=by)

    @transaction.atomic
    def retire(self, *, by: Agent | None = None) -> None:
        """Sign with it no more."""
        self.is_used, self.retired_at = False, timezone.now()
        self.save(update_fields=["is_used", "retired_at"])
        record("channel.changed", self.channel, by=by)


class DomainCheckQuerySet(models.QuerySet["DomainCheck"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class DomainCheck(models.Model):
    """What a sending domain publishes about its mail, as it was found when somebody last looked."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    domain = models.CharField(max_length=253)
    # A list of channels.leaving.sending_domain.Published as JSON.
    findings = models.JSONField(default=list)
    checked_at = models.DateTimeField(db_default=Now())

    objects = DomainCheckQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "domain"], name="one_check_per_domain"),)

    def __str__(self) -> str:
        return self.domain
