from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.models.channel import Channel
from harken.channels.reasons import sentence
from harken.files import storage
from harken.files.models import File
from harken.tickets.models import Message, Ticket
from harken.workspaces.models import Workspace


class RawMail(models.Model):
    """The bytes of one letter, kept once however often it comes; they lie in the file storage by their SHA-256.

    Unique by content: the same bytes by two routes are two arrivals of one raw mail.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    # Taken off the disk after the days the workspace keeps letters for; the row stays.
    removed_at = models.DateTimeField(null=True)
    kept_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "sha256"], name="one_raw_mail_per_content", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.sha256

    @cached_property
    def content(self) -> bytes:
        """The letter as it came, read once while this row is in hand. Raises what `read` raises."""
        return self.read()

    def read(self) -> bytes:
        """Return the letter as it came. Raises files.errors.FileMissing or FileAltered when the disk lost it."""
        return storage.unpack(self.workspace_id, self.sha256)

    def remove(self, *, kept_days: int | None = None) -> None:
        """Take the letter off the disk after so many days or, without them, because its words are taken away."""
        self.removed_at, self.kept_days = timezone.now(), kept_days
        self.save(update_fields=["removed_at", "kept_days"])
        storage.remove_packed(self.workspace_id, self.sha256)
        # Letters from before they were packed lie beside the enclosures, and one may be the same.
        if not File.objects.filter(workspace=self.workspace_id, sha256=self.sha256).exists():
            storage.remove(self.workspace_id, self.sha256)


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def unsettled(self) -> Self:
        return self.filter(state=Arrival.State.RECEIVED)

    def held(self) -> Self:
        return self.filter(state=Arrival.State.HELD)

    def to_judge(self) -> Self:
        """Held letters that are work: those that a colleague lets lie are not."""
        return self.held().filter(let_lie_at=None)


class Arrival(models.Model):
    """One delivery of one letter to us: a row of the ledger. `received` until it ends in exactly one state."""

    class Source(models.TextChoices):
        IMAP = "imap", "IMAP"
        SMTP = "smtp", "SMTP"
        DELIVER = "deliver", "harken deliver"
        IMPORT = "import", "harken import"

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        OPENED = "opened", _("opened a request")
        JOINED = "joined", _("joined a request")
        BOUNCED = "bounced", _("delivery failure, joined to its message")
        LOOP = "loop", _("loop stopped")
        DUPLICATE = "duplicate", _("came before")
        SPAM = "spam", _("spam")
        HELD = "held", _("held for a person")

    # None: no workspace owns it yet, the installation's owner decides.
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True)
    channel = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, related_name="arrivals")
    raw = models.ForeignKey(RawMail, on_delete=models.PROTECT, related_name="arrivals")
    source = models.CharField(max_length=10, choices=Source)
    folder = models.CharField(max_length=255, default="")
    uidvalidity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    envelope_from = models.CharField(max_length=500, default="")
    envelope_to = models.JSONField(default=list)
    # What the letter's own header says, once it was read: for lists and searching, never proof.
    sender = models.CharField(max_length=500, default="")
    subject = models.CharField(max_length=500, default="")
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    # One of channels.reasons.Rule; without choices here, as a new rule is no change of the table.
    rule = models.CharField(max_length=40, default="")
    # What the rule went by: the header and its value, the sender, as whom they were allowed.
    evidence = models.JSONField(default=dict)
    # The reader's own sentence where it gave one; the rule's sentence otherwise.
    words = models.TextField(default="")
    # Who handed it over by SMTP: what SPF is about.
    client_ip = models.GenericIPAddressField(null=True)
    # The version of Harken that judged it: what was held is tried again after an upgrade.
    judged_by = models.CharField(max_length=40, default="")
    # The letter without its trace headers, known once it was read: two routes of one letter share it.
    content_sha256 = models.CharField(max_length=64, default="")
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, related_name="arrivals")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="arrivals")
    original = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="duplicates")
    # How often somebody died with it in hand.
    attempts = models.PositiveIntegerField(default=0)
    # When the machine last stood in its way (a disk, a database), and how often it did while others went well.
    troubled_at = models.DateTimeField(null=True)
    troubles = models.PositiveIntegerField(default=0)
    # When somebody took it in hand; what they leave `received` is taken up again: see `channels.arriving.queue`.
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # What it was judged to be before it was judged again, oldest first.
    past = models.JSONField(default=list)
    # A held letter that a colleague lets lie: kept for ever, and no work any more.
    let_lie_at = models.DateTimeField(null=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "folder", "uidvalidity", "uid"], name="one_arrival_per_uid"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        *("received", "opened", "joined", "bounced", "loop", "duplicate", "spam", "held")
                    ]
                ),
                name="arrivals_are_in_one_of_their_states",
            ),
            # Of all arrivals of one letter a single one makes a message; the others are duplicates of it.
            models.UniqueConstraint(
                fields=["workspace", "content_sha256"],
                condition=models.Q(state__in=["opened", "joined", "bounced", "loop", "spam"]),
                name="one_message_per_letter",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "state", "-id"], name="arrivals_by_state"),
            models.Index(fields=["workspace", "content_sha256"], name="arrivals_by_content"),
            models.Index(
                fields=["workspace", "id"],
                condition=models.Q(state="received"),
                name="arrivals_to_settle",
            ),
            models.Index(fields=["workspace", "-id"], name="arrivals_newest_first"),
            models.Index(fields=["workspace", "channel", "-id"], name="arrivals_of_a_channel"),
            models.Index(fields=["workspace", "-received_at"], name="arrivals_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.pk}: {self.state}"

    @property
    def reason(self) -> str:
        """Why it went where it went, in the reader's language; `""` until it is settled."""
        return sentence(self.rule, self.evidence, self.words)

    def explain(self, rule: str, evidence: dict[str, Any] | None = None, words: str = "") -> None:
        """Set by what rule and evidence it was judged."""
        self.rule, self.evidence, self.words = str(rule), evidence or {}, words
