from typing import TYPE_CHECKING, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.files.models import File
from harken.workspaces.models import Workspace

if TYPE_CHECKING:
    from harken.tickets.models.ticket import Ticket


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: one's own, and what colleagues have scheduled."""
        mine_or_scheduled = models.Q(agent=agent) | models.Q(leaves_at__isnull=False)
        return self.filter(mine_or_scheduled, workspace_id=agent.workspace_id)

    def being_written(self) -> Self:
        """Those that their writers are not done with: nobody else sees them."""
        return self.filter(leaves_at=None)

    def letters(self) -> Self:
        """Those that will begin a ticket, the last touched first."""
        return self.filter(ticket=None, leaves_at=None).order_by("-updated_at", "-id")

    def scheduled_letters(self) -> Self:
        """Those of them that will begin a ticket."""
        return self.scheduled().filter(ticket=None)

    def scheduled(self) -> Self:
        """Those that leave by themselves, the soonest first."""
        return self.filter(leaves_at__isnull=False).order_by("leaves_at", "id")


class Draft(models.Model):
    """What a colleague has written and not sent, an answer, a note or a forward; one for each of them on a ticket.

    Without a ticket it is a letter that will begin one: there may be several, each known by its `key`; scheduled, it
    keeps that for the press it came from.
    One with `leaves_at` is written to its end: it leaves by itself at that time, and there may be several.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        NOTE = "note", _("note")
        FORWARD = "forward", _("forward")

    class Why(models.TextChoices):
        UNSEEN = "unseen", _("Not sent: something new had arrived that you had not seen.")
        UNVERIFIED = "unverified", _("Not sent: the letter could not be proved to be yours.")
        MERGED = "merged", _("Not sent: the request was merged into another one.")
        STOPPED = "stopped", _("Not sent: a colleague stopped what you had scheduled.")
        MAILBOX = (
            "mailbox",
            _("Not sent: the mailbox it was to leave from is gone. Choose another one, then send it."),
        )
        REFUSED = "refused", _("Not sent: at its time something stood against it. Look, then send it again.")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts", null=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REPLY)
    text = models.TextField(default="")
    # What was written in the editor, sanitised; empty for plain text.
    html = models.TextField(default="")
    # "to", "cc" and "bcc" as they were typed, half addresses too; empty while nobody has touched them.
    recipients = models.JSONField(default=dict, blank=True)
    # Of a letter alone: what it is about as typed, and the mailbox it leaves from, `None` for the first there is.
    subject = models.TextField(default="", db_default="", blank=True)
    channel_id = models.BigIntegerField(null=True)
    # What was typed where it was asked what closing needs: `typed`, lists of texts by the fields' keys, and what its
    # writer had `seen` answered there. Empty while nobody asked.
    needed = models.JSONField(default=dict, db_default={}, blank=True)
    is_plain = models.BooleanField(default=False)
    is_signed = models.BooleanField(default=True)
    # Counts what was saved, so that two pages tell whose text is newer without comparing clocks.
    version = models.PositiveIntegerField(default=0)
    # Whatever is sent from it goes once: every page that shows the draft sends under this key.
    key = models.UUIDField(db_default=RandomUUID())
    # The last position its writer had before their eyes.
    seen_up_to = models.PositiveIntegerField(default=0)
    leaves_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, choices=Why, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket", "agent"],
                condition=models.Q(leaves_at=None),
                name="one_draft_per_agent_and_ticket",
            ),
            models.UniqueConstraint(
                fields=["agent", "key"],
                condition=models.Q(ticket=None, leaves_at=None),
                name="one_letter_per_key",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agent_id}"

    @property
    def written_on(self) -> "Ticket":
        """The ticket it is written on: ask it of no letter that begins one."""
        assert self.ticket is not None
        return self.ticket

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would be lost with it; files are asked for apart."""
        answers = (each for said in self.needed.get("typed", {}).values() for each in said)
        return not (self.text.strip() or self.html or self.subject.strip() or any(map(str.strip, answers)))


class DraftFileQuerySet(models.QuerySet["DraftFile"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: files of one's own drafts."""
        return self.filter(workspace_id=agent.workspace_id, draft__agent=agent)


class DraftFile(models.Model):
    """A file that waits with a draft; inline when the text shows it in place by its content id."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="enclosures")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=500, default="")
    is_inline = models.BooleanField(default=False)
    # What the sender's program called it, where that says more than the file's name.
    declared_name = models.CharField(max_length=255, default="", blank=True)

    objects = DraftFileQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.file)
