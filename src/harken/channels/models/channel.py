from datetime import datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.problems import Problem
from harken.events.record import record
from harken.lib import rows
from harken.workspaces import wall
from harken.workspaces.encryption import EncryptedTextField
from harken.workspaces.models import Workspace

_NOTE_RECEIVED = """
    UPDATE channels_channel SET last_received_at = %s
    WHERE id = %s AND (last_received_at < %s::timestamptz - interval '1 second' OR last_received_at IS NULL)
"""


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def connected(self) -> Self:
        """Those whose mailbox is fetched, or to which some letter has come."""
        return self.filter(models.Q(last_received_at__isnull=False) | ~models.Q(mailbox__imap_host=""))

    def taken(self, address: str, *, but: int | None = None) -> bool:
        """Say whether a mail address leads to a channel of this installation already, in whatever workspace."""
        with wall.across():
            return self.filter(kind=Channel.Kind.EMAIL, address=address).exclude(pk=but).exists()


class Channel(models.Model):
    """A configured way in and out of a workspace."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.EMAIL)
    name = models.CharField(max_length=200, default="", blank=True)
    # One address leads to one workspace: that is how the installation routes its mail.
    address = models.CharField(max_length=320)
    is_active = models.BooleanField(default=True)
    last_received_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "address"], name="one_channel_per_address"),)
        indexes = (models.Index(fields=["workspace", "kind"], name="channels_of_a_workspace"),)

    def __str__(self) -> str:
        return self.address

    @property
    def is_connected(self) -> bool:
        """Say whether letters can come: a mailbox is fetched, some letter has come, or there is no mailbox to fetch."""
        return self.settings is None or bool(self.settings.imap_host or self.last_received_at)

    @property
    def is_healthy(self) -> bool:
        """Say whether nothing keeps mail from coming and going; notices do not count."""
        return not self.troubles.standing().alarms().exists()

    @transaction.atomic
    def report_trouble(self, part: str, problem: Problem) -> None:
        """Show what keeps a part from working, since it first did; the same problem twice is told once."""
        known = {"code": problem.code, "details": problem.kept}
        found = {"workspace_id": self.workspace_id, "part": part, "cleared_at": None}
        trouble, is_new = self.troubles.get_or_create(**found, defaults=known)
        is_other = (trouble.code, trouble.details) != (problem.code, problem.kept)
        if is_other:
            self.troubles.filter(pk=trouble.pk).update(**known)
        if is_new or is_other:
            record("channel.changed", self, healthy=False)

    @transaction.atomic
    def report_well(self, *parts: str) -> None:
        """Note that these parts work: what troubled them is over. Other parts keep their own."""
        over = self.troubles.standing().filter(part__in=parts)
        if over.update(cleared_at=timezone.now()):
            record("channel.changed", self, healthy=self.is_healthy)

    def note_checked(self) -> None:
        """Remember that the mailbox was read to its end just now."""
        type(self).objects.filter(pk=self.pk).update(last_checked_at=timezone.now())

    @property
    def settings(self) -> "Mailbox | None":
        """The mailbox behind an e-mail channel, asked for once; `None` for a channel without one."""
        return getattr(self, "mailbox", None)

    def note_received(self, at: datetime) -> None:
        """Remember when the last letter came; to the second, so that letters settled at once do not wait here."""
        if self.last_received_at is None or at - self.last_received_at > timedelta(seconds=1):
            rows.ask(_NOTE_RECEIVED, [at, self.pk, at])
            self.last_received_at = at


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("no encryption")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Mailbox(models.Model):
    """Where an e-mail channel's letters are fetched, and the relay its answers leave by.

    Without `imap_host` letters come by the SMTP listener or `harken deliver`; without `smtp_host`
    answers leave by the installation's relay (HARKEN_SMTP_URL).
    """

    class Handled(models.TextChoices):
        FLAG = "flag", _("leave it, marked as read")
        MOVE = "move", _("move it to a folder")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="mailbox")
    from_name = models.CharField(max_length=200, default="", blank=True)
    imap_host = models.CharField(max_length=253, default="", blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    imap_user = models.CharField(max_length=320, default="", blank=True)
    imap_password = EncryptedTextField(default="", blank=True)
    imap_folder = models.CharField(max_length=255, default="INBOX")
    take_from = models.DateField(default=timezone.localdate)
    handled = models.CharField(max_length=10, choices=Handled, default=Handled.FLAG)
    handled_folder = models.CharField(max_length=255, default="Harken/done")
    smtp_host = models.CharField(max_length=253, default="", blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=10, choices=Security, default=Security.STARTTLS)
    smtp_user = models.CharField(max_length=320, default="", blank=True)
    smtp_password = EncryptedTextField(default="", blank=True)
    # Letters a minute that its own outgoing server takes; 0: as many as there are.
    smtp_per_minute = models.PositiveIntegerField(default=0)
    is_plain_text = models.BooleanField(default=False)
    # Files beyond that wait behind links: many mail servers refuse letters of more than 20 to 25 MB, and
    # files grow by a third on their way.
    most_megabytes = models.PositiveIntegerField(default=15)
    # Mail servers whose Authentication-Results are believed: host names with blanks or commas between.
    trusts_results_of = models.CharField(max_length=1000, default="", blank=True)
    # How often a letter goes round through the real servers; 0 is never.
    heartbeat_minutes = models.PositiveIntegerField(default=30)
    # A new request is acknowledged by mail; without words of its own the mailbox uses ours.
    acknowledges = models.BooleanField(default=False)
    acknowledgement = models.TextField(default="", blank=True)
    # Below the writer's own, under every answer that leaves from here.
    signature = models.TextField(max_length=2000, default="", blank=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return str(self.channel)

    @property
    def trusted_servers(self) -> list[str]:
        """The names of the mail servers whose word about a sender counts."""
        return self.trusts_results_of.replace(",", " ").lower().split()

    @property
    def is_fetched(self) -> bool:
        return bool(self.imap_host)


class FolderStateQuerySet(models.QuerySet["FolderState"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class FolderState(models.Model):
    """How far a folder has been read: everything up to `highest_uid` of this UIDVALIDITY is in the ledger."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    folder = models.CharField(max_length=255)
    uidvalidity = models.BigIntegerField()
    highest_uid = models.BigIntegerField(default=0)
    # Above which UID the first reading began: what lies below was never meant to be taken.
    began_above = models.BigIntegerField(null=True)
    # The last comparison of the ledger with the server: which UIDs lie there and are not here.
    compared_at = models.DateTimeField(null=True)
    missing = models.JSONField(default=list)

    objects = FolderStateQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["mailbox", "folder", "uidvalidity"], name="one_state_per_folder"),
        )

    def __str__(self) -> str:
        return f"{self.folder} {self.uidvalidity}: {self.highest_uid}"
