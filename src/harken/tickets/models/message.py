import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models import Contact
from harken.files.models import File
from harken.lib import rows
from harken.lib.addresses import domain_of, is_no_reply, is_public_provider, share_a_home
from harken.lib.text import left_over
from harken.tickets.errors import NothingToSend, TooLong
from harken.workspaces.models import Workspace

if TYPE_CHECKING:
    from harken.tickets.models.draft import DraftFile

LONGEST_TEXT = 1_000_000


@dataclass(frozen=True)
class Enclosure:
    """A kept file on its way into a message; inline when the text shows it in place by its content id."""

    file: File
    content_id: str = ""
    is_inline: bool = False
    declared_name: str = ""

    @classmethod
    def of(cls, kept: "Attachment | DraftFile") -> Self:
        """Return the file of a message or a draft as it goes into another one."""
        return cls(kept.file, kept.content_id, kept.is_inline, kept.declared_name)


@dataclass(frozen=True)
class Words:
    """What somebody wrote, before it is a message of a ticket. `html` is sanitised; `""` means there was none.

    `visible_text` is what the sender wrote now, without the history they quoted; `""` means all of `text`.
    `signature` is what was folded apart from their words.
    """

    text: str
    visible_text: str = ""
    html: str = ""
    files: tuple[Enclosure, ...] = ()
    language: str = ""
    signature: str = ""

    @property
    def apart_from_text(self) -> str:
        """`visible_text` where anything was folded; `""` where it would only say `text` once more."""
        return "" if self.visible_text.strip() == self.text.strip() else self.visible_text

    @property
    def are_missing(self) -> bool:
        return not self.text.strip() and not self.files

    def check(self) -> None:
        """Raise NothingToSend or TooLong for what can be no message."""
        if self.are_missing:
            raise NothingToSend
        if len(self.text) > LONGEST_TEXT or len(self.html) > LONGEST_TEXT * 4:
            raise TooLong


def hash_of(external_id: str) -> int:
    """Return the signed 64-bit hash by which a Message-ID is looked up: a small btree instead of a text index."""
    return int.from_bytes(hashlib.blake2b(external_id.encode(), digest_size=8).digest(), "big", signed=True)


# The fields that may be megabytes each.
MESSAGE_WORDS = ("text", "visible_text", "signature", "html")

_IS_OURS = """
    SELECT 1 FROM tickets_message
    WHERE workspace_id = %s AND external_hash = %s AND external_id = %s AND kind <> 'contact' LIMIT 1
"""


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def known_as(self, workspace: Workspace, external_ids: list[str]) -> Self:
        """The messages of a workspace with one of these references (Message-IDs without brackets)."""
        hashes = [hash_of(external_id) for external_id in external_ids]
        return self.filter(workspace=workspace, external_hash__in=hashes, external_id__in=external_ids)

    def is_ours(self, workspace: Workspace, external_id: str) -> bool:
        """Say whether this desk wrote the message of a reference; asked of every letter that comes."""
        return bool(rows.ask(_IS_OURS, [workspace.pk, hash_of(external_id), external_id]))

    def also_known_as(self, workspace: Workspace, external_ids: list[str]) -> Self:
        """Those that went by one of these references too: a colleague's letter before it was their answer here."""
        hashes = [hash_of(external_id) for external_id in external_ids]
        return self.filter(
            workspace=workspace, aliases__external_hash__in=hashes, aliases__external_id__in=external_ids
        )

    def without_words(self) -> Self:
        """The same, and not what they say, which may be megabytes for each of them."""
        return self.defer(*MESSAGE_WORDS)

    def after(self, position: int) -> Self:
        return self.filter(position__gt=position)

    def that_must_be_seen_by(self, agent: Agent) -> Self:
        """Those an agent must have read before answering: what other people wrote.

        Robots do not count, the desk's own and theirs alike: what changes no turn stops no answer.
        """
        return self.exclude(author_agent=agent).exclude(is_automatic=True)


class Message(models.Model):
    """An entry on a ticket: from the contact, a reply, or an internal note."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("from the customer")
        REPLY = "reply", _("reply")
        NOTE = "note", _("note")
        # What was said here, passed on to somebody outside: sent like a reply, and no answer to the requester.
        FORWARD = "forward", _("forward")
        # Written by the desk itself, such as an acknowledgement: sent like a reply, and nobody's answer.
        NOTICE = "notice", _("automatic message")

    # What a colleague sends to somebody outside.
    BY_HAND = (Kind.REPLY, Kind.FORWARD)

    class SenderCheck(models.TextChoices):
        VERIFIED = "verified", _("sender verified")
        UNVERIFIED = "unverified", _("sender not verified")
        FAILED = "failed", _("sender check failed")

    class Protection(models.TextChoices):
        SMIME_SIGNED = "smime-signed", _("signed (S/MIME)")
        SMIME_ENCRYPTED = "smime-encrypted", _("encrypted (S/MIME)")
        PGP_SIGNED = "pgp-signed", _("signed (PGP)")
        PGP_ENCRYPTED = "pgp-encrypted", _("encrypted (PGP)")

    class Redacted(models.TextChoices):
        ALL = "all", _("words and files removed")
        QUOTE = "quote", _("quoted words removed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="messages")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    author_agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, related_name="messages", db_index=False
    )
    author_contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="messages")
    author_address = models.CharField(max_length=500, default="")
    text = models.TextField()
    visible_text = models.TextField(default="")
    # The sender's signature, folded apart from their words; part of `text` too.
    signature = models.TextField(default="")
    html = models.TextField(default="")
    language = models.CharField(max_length=10, default="")
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    # They get the letter too, and nobody who gets it sees that they do.
    bcc = models.JSONField(default=list)
    external_id = models.TextField(default="")
    external_hash = models.BigIntegerField(null=True)
    # What the sender's own letter referred to, oldest first: an answer repeats it (RFC 5322, 3.6.4).
    references = models.JSONField(default=list)
    # Where the sender asked to be answered, when it is sane and not where they wrote from.
    reply_to = models.JSONField(default=list)
    # The ticket it came to, where a colleague has moved it away: a letter sent to that ticket's address follows it.
    moved_from = models.ForeignKey(
        "tickets.Ticket", on_delete=models.SET_NULL, null=True, related_name="moved_away", db_index=False
    )
    is_automatic = models.BooleanField(default=False)
    # Who really sent it: empty where nobody looked, as for our own.
    sender_check = models.CharField(max_length=10, choices=SenderCheck, default="", blank=True)
    sender_evidence = models.JSONField(default=dict)
    protection = models.CharField(max_length=20, choices=Protection, default="", blank=True)
    # A calendar invitation that came with it: see `channels.contract.Invitation`.
    invitation = models.JSONField(null=True)
    # It leaves as plain text alone.
    is_plain = models.BooleanField(default=False)
    # The signatures of its writer and of the mailbox go below it when it leaves.
    is_signed = models.BooleanField(default=True)
    # What its writer pressed "Send" with: the same key is never a second message.
    sending_key = models.UUIDField(null=True)
    # Until then whoever sent it can take it back; `None` where it left at once.
    leaves_at = models.DateTimeField(null=True)
    # The trace of words that were taken away for good: `what` of them, `by` whom, their `name`, `at`, `why`.
    redaction = models.JSONField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("ticket_id", "position")
        constraints = (
            models.UniqueConstraint(fields=["ticket", "position"], name="one_message_per_position"),
            models.UniqueConstraint(
                fields=["workspace", "author_agent", "sending_key"],
                condition=models.Q(sending_key__isnull=False),
                name="one_message_per_sending_key",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "external_hash"], name="messages_by_reference"),
            models.Index(
                fields=["author_agent", "id"],
                condition=models.Q(author_agent__isnull=False),
                name="messages_by_colleague",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def author_name(self) -> str:
        """The person's name as a colleague reads it; never empty."""
        author = self.author_agent or self.author_contact
        return getattr(author, "display_name", "") or getattr(author, "name", "") or self.author_address

    @property
    def answer_to(self) -> list[str]:
        """Where an answer to it goes: where its sender asked for it, unless somebody else may have asked."""
        asked = self.reply_to if self.is_reply_to_trusted else []
        return asked or [address for address in [self.author_address] if address]

    @property
    def is_reply_to_trusted(self) -> bool:
        """Say whether answers may go where the letter asks for them: its domain is the sender's own, or the sender
        is verified, or takes no answers. Whoever forges a sender asks to be answered elsewhere."""
        if self.sender_check == self.SenderCheck.VERIFIED or is_no_reply(self.author_address):
            return True
        home = domain_of(self.author_address)
        return not is_public_provider(home) and all(
            share_a_home(domain_of(address), home) for address in self.reply_to
        )

    @property
    def is_redacted(self) -> bool:
        """Say whether its words are gone for good; of one that only lost a quote its own words are there."""
        return self.redaction is not None and self.redaction["what"] == self.Redacted.ALL

    @property
    def is_from_us(self) -> bool:
        return self.kind != self.Kind.CONTACT

    @property
    def has_quote(self) -> bool:
        """Say whether the sender's words came with history that is folded away."""
        apart = len(self.visible_text.split()) + len(self.signature.split())
        return bool(self.visible_text) and apart < len(self.text.split())

    @property
    def quoted(self) -> str:
        """The history that came with the sender's words, without them and their signature."""
        return left_over(self.text, self.visible_text, self.signature) if self.has_quote else ""

    def hold_ticket(self) -> None:
        """Lock the ticket it lies on until commit; a colleague may have moved it since it was read."""
        self.refresh_from_db(fields=["ticket"])
        self.ticket.hold()
        while not type(self).objects.filter(pk=self.pk, ticket=self.ticket_id).exists():
            self.refresh_from_db(fields=["ticket"])
            self.ticket.hold()

    def refer_as(self, external_id: str) -> None:
        """Fix the reference that every retry, answer and duplicate will carry."""
        self.external_id, self.external_hash = external_id, hash_of(external_id)
        rows.update(self, "external_id", "external_hash")


class Attachment(models.Model):
    """A file of a message, under the name its sender gave it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=500, default="")
    is_inline = models.BooleanField(default=False)
    # What the sender's program wrote where that is no safe name, such as a path: told, and never saved under.
    declared_name = models.CharField(max_length=255, default="", blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def media_type(self) -> str:
        return self.file.media_type

    @property
    def size(self) -> int:
        """Bytes."""
        return self.file.size

    def url(self, **options: Any) -> str:
        """The signed address the file is fetched from."""
        return self.file.url(**options)
