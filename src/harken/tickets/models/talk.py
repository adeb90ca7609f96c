from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models import Contact
from harken.events.record import record
from harken.tickets.inside import INSIDE
from harken.tickets.models.message import Message, Words
from harken.workspaces.models import Workspace


class Talk(models.Model):
    """That a message was said elsewhere, and logged by its author: on the phone, in a messenger, at the counter."""

    class Way(models.TextChoices):
        CALL = "call", _("Call")
        TELEGRAM = "telegram", "Telegram"
        WHATSAPP = "whatsapp", "WhatsApp"
        SMS = "sms", _("Text message")
        IN_PERSON = "in_person", _("In person")
        OTHER = "other", _("Elsewhere")

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("They came to us")
        OUTGOING = "outgoing", _("We went to them")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="talk")
    way = models.CharField(max_length=20, choices=Way)
    direction = models.CharField(max_length=10, choices=Direction)
    # How long it lasted; `None` where nobody knows, or where it makes no sense.
    minutes = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.way} {self.message_id}"


class Then(models.TextChoices):
    """Whose turn it is after a talk."""

    DONE = "done", _("Nobody: it is done")
    OURS = "ours", _("Ours: we still owe an answer")
    THEIRS = "theirs", _("Theirs: they will come back to us")


class TalksAreLogged:
    """What colleagues say and hear outside the desk, and what they ask each other."""

    # The ticket's own, which the model brings.
    workspace_id: int
    number: Any
    requester: Any
    channel_kind: str
    standing: Any
    hold: Any
    reopen: Any
    wait: Any
    close: Any
    _add: Any
    _save: Any
    _refuse_if_merged: Any
    _take_turn_for: Any
    _tell_if_back: Any

    @property
    def stays_inside(self) -> bool:
        """Say whether nothing of it ever leaves: a colleague asks colleagues, or it is the sample of a new room."""
        return self.channel_kind in INSIDE

    @transaction.atomic
    def log(
        self,
        words: Words,
        *,
        by: Agent,
        way: str,
        direction: str = Talk.Direction.INCOMING,
        minutes: int | None = None,
        then: str = Then.DONE,
    ) -> Message:
        """Write down what was said elsewhere, and whose turn it is. Nothing is sent.

        Raises NothingToSend, TooLong, TicketIsMerged or TicketIsSpam.
        """
        words.check()
        self.hold()
        self._refuse_if_merged()
        is_theirs = direction == Talk.Direction.INCOMING
        kind = Message.Kind.CONTACT if is_theirs else Message.Kind.REPLY
        speaker = {"author_contact": self.requester} if is_theirs else {}
        message: Message = self._add(words, kind, author_agent=by, **speaker)
        Talk.objects.create(
            workspace_id=self.workspace_id, message=message, way=way, direction=direction, minutes=minutes
        )
        if is_theirs:
            self.requester.note_heard(message.created_at)
        self._save("last_activity_at")
        record("message.logged", message, by=by, number=self.number, way=way)
        turn: dict[str, Callable[..., Any]] = {
            Then.DONE: self.close,
            Then.OURS: self.reopen,
            Then.THEIRS: self.wait,
        }
        turn[then](by=by)
        return message

    @transaction.atomic
    def ask(self, words: Words, *, by: Agent) -> Message:
        """Add what whoever asks inside has to say; it is the others' turn. Raises NothingToSend or TooLong."""
        words.check()
        self.hold()
        self._refuse_if_merged()
        before = self.standing
        colleague = by if self.is_asked_by(by) else None
        message: Message = self._add(
            words, Message.Kind.CONTACT, author_agent=colleague, author_contact=self.requester
        )
        self._take_turn_for(message.created_at)
        self._save("state", "own_state", "closed_at", "set_aside_until", "waiting_since")
        record("message.received", message, by=by, number=self.number)
        self._tell_if_back(before)
        return message

    def is_asked_by(self, agent: Agent) -> bool:
        contact: Contact = self.requester
        return self.stays_inside and contact.colleague_id == agent.pk
