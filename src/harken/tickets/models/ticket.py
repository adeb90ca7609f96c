import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Mod, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact, Identity
from harken.events.record import record
from harken.lib import rows
from harken.lib.addresses import normalise_all
from harken.lib.text import language_of, one_line, preview
from harken.tickets.models.answers import AnswersLeave
from harken.tickets.models.area import Area
from harken.tickets.models.lists import TicketQuerySet
from harken.tickets.models.message import Attachment, Message, Words, hash_of
from harken.tickets.models.participant import WhoTakesPart, let_join
from harken.tickets.models.talk import TalksAreLogged
from harken.tickets.models.turn import WhoseTurn
from harken.tickets.states import ONGOING_STATES, State
from harken.workspaces.models import COUNTER_DIGITS, Workspace

SUBJECT_LETTERS = 500

_SAVED_WITH_EACH_MESSAGE = (
    "last_activity_at",
    "last_message_id",
    "last_position",
    "message_count",
    "has_files",
    "preview",
)


class Ticket(AnswersLeave, TalksAreLogged, WhoTakesPart, WhoseTurn):
    """One matter with one requester, from any channel."""

    State = State

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    # Negative only inside the transaction that opens the ticket: see `_take_number`.
    number = models.BigIntegerField()
    subject = models.CharField(max_length=SUBJECT_LETTERS, default="", blank=True)
    requester = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tickets")
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    area = models.ForeignKey(
        Area, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", db_index=False
    )
    # What was answered to the workspace's own fields, by their keys: `fields.answers` reads it.
    fields = models.JSONField(default=dict, db_default={}, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    # The channel lives on a floor above: a plain id, no foreign key.
    channel_kind = models.CharField(max_length=20, default="email")
    channel_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    last_activity_at = models.DateTimeField(db_default=Now())
    preview = models.CharField(max_length=200, default="")
    last_message_id = models.BigIntegerField(null=True)
    last_position = models.PositiveIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    has_files = models.BooleanField(default=False)
    has_problem = models.BooleanField(default=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "number"], name="one_number_per_workspace"),
            models.CheckConstraint(
                condition=models.Q(set_aside_until=None) | models.Q(state=State.SET_ASIDE),
                name="only_what_is_set_aside_comes_back",
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "state", "-last_activity_at", "-id"], name="tickets_by_state"),
            models.Index(
                fields=["workspace", "assignee", "state", "-last_activity_at", "-id"],
                name="tickets_by_assignee",
            ),
            models.Index(fields=["workspace", "-last_activity_at", "-id"], name="tickets_by_activity"),
            models.Index(fields=["workspace", "requester", "-last_activity_at"], name="tickets_by_requester"),
            models.Index(fields=["workspace", "company", "-last_activity_at"], name="tickets_by_company"),
            models.Index(
                fields=["workspace", "waiting_since", "id"],
                condition=models.Q(waiting_since__isnull=False),
                name="tickets_longest_waiting",
            ),
            models.Index(
                fields=["workspace", "-last_activity_at", "-id"],
                condition=models.Q(state__in=ONGOING_STATES, waiting_since=None),
                name="tickets_their_turn",
            ),
            models.Index(
                fields=["area", "id"], condition=models.Q(area__isnull=False), name="tickets_by_area"
            ),
            models.Index(
                models.F("workspace"), Mod("number", 10**COUNTER_DIGITS), name="tickets_by_short_number"
            ),
        )

    def __str__(self) -> str:
        return self.short_number

    @property
    def short_number(self) -> str:
        """`#4817`, as people say it: the counter without the day."""
        return f"#{self.number % 10**COUNTER_DIGITS}"

    @property
    def title(self) -> str:
        """The subject, or a word for a letter that came without one."""
        return self.subject or str(_("(no subject)"))

    @property
    def current(self) -> "Ticket":
        """The ticket itself, or the one it was merged into in the end."""
        ticket, passed = self, {self.pk}
        while ticket.merged_into and ticket.merged_into_id not in passed:
            ticket = ticket.merged_into
            passed.add(ticket.pk)
        return ticket

    @classmethod
    @transaction.atomic(savepoint=False)
    def begin(
        cls,
        requester: Identity,
        subject: str,
        words: Words,
        *,
        channel_kind: str = "email",
        channel_id: int | None = None,
        by: Agent | None = None,
        is_quiet: bool = False,
        **message: Any,
    ) -> Message:
        """Open a ticket with the requester's first message, and return that; `message` takes what `receive` takes.

        It is our turn, also when a robot wrote: an alarm is to be seen. A quiet one is closed from the start, and
        nobody's work.
        """
        ticket = cls(
            workspace=requester.workspace,
            number=-1 - secrets.randbits(62),
            subject=one_line(subject, SUBJECT_LETTERS),
            requester=requester.contact,
            company_id=requester.contact.company_id,
            channel_kind=channel_kind,
            channel_id=channel_id,
            state=State.CLOSED if is_quiet else State.OPEN,
            closed_at=timezone.now() if is_quiet else None,
        )
        rows.insert(ticket)
        first = ticket._take_in(words, requester, is_quiet=is_quiet, **message)
        record("ticket.opened", ticket, by=by, number=ticket.number)
        record("message.received", first, number=ticket.number)
        return first

    @classmethod
    def open_for(cls, requester: Identity, subject: str, words: Words, **details: Any) -> "Ticket":
        """Open a ticket as `begin` does, and return it."""
        return cls.begin(requester, subject, words, **details).ticket

    @transaction.atomic(savepoint=False)
    def receive(
        self,
        words: Words,
        *,
        sender: Identity,
        external_id: str = "",
        to: Sequence[str] = (),
        cc: Sequence[str] = (),
        references: Sequence[str] = (),
        sent_at: datetime | None = None,
        is_automatic: bool = False,
        **about_letter: Any,
    ) -> Message:
        """Add what a contact wrote; it is our turn again. An automatic answer is kept and changes no turn.

        `to` and `cc` are addresses, `references` what the letter referred to, oldest first; `about_letter` are
        further fields of Message that its channel found out. A merged ticket passes it on to the one it was
        merged into.
        """
        details: dict[str, Any] = {
            "external_id": external_id,
            "to": list(to),
            "cc": list(cc),
            "references": list(references),
            "sent_at": sent_at,
            "is_automatic": is_automatic,
            **about_letter,
        }
        self.hold()
        if self.merged_into:
            return self.merged_into.receive(words, sender=sender, **details)
        before = self.standing
        message = self._take_in(words, sender, **details)
        record("message.received", message, number=self.number)
        self._tell_if_back(before)
        return message

    @transaction.atomic
    def note(
        self, words: Words, *, by: Agent, is_automatic: bool = False, mentions: Iterable[Agent] = ()
    ) -> Message:
        """Write down what only colleagues see, and call those it mentions.

        Never blocked by what arrived, and changes no turn.
        """
        words.check()
        self.hold()
        self._refuse_if_merged()
        message = self._add(words, Message.Kind.NOTE, author_agent=by, is_automatic=is_automatic)
        self._save("last_activity_at")
        record("message.noted", message, by=by, number=self.number)
        for agent in mentions:
            record("agent.mentioned", message, by=by, number=self.number, to=agent.pk)
        return message

    @transaction.atomic(savepoint=False)
    def notify(self, text: str, *, to: Iterable[str], notice: str, is_held: bool = False) -> Message:
        """Queue an automatic message of the desk itself; `notice` names its kind, such as "acknowledgement".

        It is nobody's answer: no turn changes, no clock stops, and nobody has to have seen it. `is_held` says that
        the caller's transaction holds the ticket, or has just opened it. Raises TicketIsMerged.
        """
        if not is_held:
            self.hold()
        self._refuse_if_merged()
        message = self._add(Words(text), Message.Kind.NOTICE, is_automatic=True, to=normalise_all(to))
        self._save("last_activity_at")
        record("message.queued", message, number=self.number, notice=notice)
        return message

    def hold(self) -> None:
        """Read the ticket again and lock it until commit: two colleagues may press "Send" at once."""
        rows.lock(self)

    def show_problem(self, exists: bool) -> None:
        """Mark in every list whether a message of this ticket could not be delivered."""
        type(self).objects.filter(pk=self.pk).update(has_problem=exists)
        self.has_problem = exists

    def _take_in(
        self,
        words: Words,
        sender: Identity,
        *,
        to: Sequence[str] = (),
        cc: Sequence[str] = (),
        is_automatic: bool = False,
        is_quiet: bool | None = None,
        **fields: Any,
    ) -> Message:
        message = self._add(
            words,
            Message.Kind.CONTACT,
            author_contact=sender.contact,
            author_address=sender.address,
            to=list(to),
            cc=list(cc),
            is_automatic=is_automatic,
            **fields,
        )
        let_join(self, [sender.address, *cc], copied=cc, met=sender)
        if not (is_automatic if is_quiet is None else is_quiet) and self.state != self.State.SPAM:
            self._take_turn_for(message.created_at)
        if not is_automatic:
            sender.contact.note_heard(message.created_at)
        self._take_number()
        self._save("number", "state", "own_state", "closed_at", "set_aside_until", "waiting_since")
        return message

    def _add(self, words: Words, kind: str, *, external_id: str = "", **fields: Any) -> Message:
        self.last_position += 1
        message = Message(
            workspace=self.workspace,
            ticket=self,
            position=self.last_position,
            kind=kind,
            text=words.text,
            visible_text=words.apart_from_text,
            html=words.html,
            signature=words.signature,
            language=words.language or language_of(words.visible_text or words.text),
            external_id=external_id,
            external_hash=hash_of(external_id) if external_id else None,
            **fields,
        )
        rows.insert(message)
        rows.insert(
            *(
                Attachment(workspace_id=self.workspace_id, message=message, **vars(enclosure))
                for enclosure in words.files
            )
        )
        self._remember(message, words)
        return message

    def _remember(self, message: Message, words: Words) -> None:
        self.last_activity_at = message.created_at
        self.last_message_id = message.pk
        self.message_count += 1
        self.has_files = self.has_files or any(not enclosure.is_inline for enclosure in words.files)
        is_said = message.kind in (Message.Kind.CONTACT, Message.Kind.REPLY)
        # "I am away" tells nobody what a ticket is about, unless it is all there is.
        if is_said and not (message.is_automatic and self.preview):
            self.preview = preview(words.visible_text or words.text)

    def _save(self, *fields: str) -> None:
        rows.update(self, *dict.fromkeys((*fields, *_SAVED_WITH_EACH_MESSAGE)))

    def _take_number(self) -> None:
        # The last step but the telling: the counter stays locked until commit.
        if self.number < 0:
            self.number = self.workspace.next_ticket_number(self.created_at)
