"""REST routes: the messages of a ticket with their deliveries."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field, model_validator

from harken.agents.middleware import AgentRequest
from harken.channels.email.html_text import render
from harken.channels.proof.sender_words import sentences
from harken.lib.html import sanitise
from harken.lib.rest import Input, MailAddress, Page, Paging, Problem, Text, page
from harken.lib.styles import sheet_of, styled
from harken.tickets.api import AgentBrief
from harken.tickets.attached import AttachedFile, keep_files
from harken.tickets.errors import SomethingUnseen
from harken.tickets.forwarding import above_quote, quoted, those_of
from harken.tickets.locks import holder_of
from harken.tickets.mentions import mentioned_in
from harken.tickets.models import Attachment, Draft, Message, Ticket, Words
from harken.tickets.schedule import addresses_of, schedule

messages = Router(tags=["messages"])


class AuthorOut(Schema):
    kind: Literal["contact", "agent", "desk"]
    id: int | None
    name: str = Field(description="empty for the desk itself")
    address: str = Field(description="what they wrote from; empty for a colleague")


class AttachmentOut(Schema):
    name: str
    size: int = Field(description="bytes")
    type: str = Field(alias="media_type")
    is_inline: bool
    content_id: str
    url: str = Field(description="opens the file without a token, for a day or two")

    @staticmethod
    def resolve_url(attachment: Attachment) -> str:
        return urljoin(settings.HARKEN_URL, attachment.url())


class DeliveryOut(Schema):
    address: str
    role: Literal["to", "cc", "bcc"]
    state: Literal["queued", "sending", "sent", "deferred", "failed", "unknown"]
    words: str = Field(description="what the far side said")
    attempts: int
    next_try_at: datetime | None
    updated_at: datetime


class InvitationOut(Schema):
    """Times are ISO 8601: a moment in UTC, a day alone when it lasts all day, no offset where no zone is known."""

    method: str = Field(description="REQUEST, CANCEL, REPLY, … (RFC 5546)")
    summary: str
    starts_at: str
    ends_at: str = Field(description="of what lasts all day, the last day")
    all_day: bool
    location: str
    organizer: str
    attendees: int = Field(description="how many are invited")
    status: str = Field(description="confirmed, tentative or cancelled; empty when it does not say")
    repeats: str = Field(description="hourly, daily, weekly, monthly or yearly; empty for once")
    repeats_every: int


class RedactionOut(Schema):
    """The trace of words that were taken away for good."""

    what: Literal["all", "quote"] = Field(description="all of its words and files, or what it quoted")
    by: int = Field(description="the colleague")
    name: str
    at: datetime
    why: str


class MessageOut(Schema):
    id: int
    position: int
    kind: Literal["contact", "reply", "note", "notice", "forward"] = Field(
        description="a notice is what the desk wrote by itself, such as an acknowledgement"
    )
    author: AuthorOut
    text: str
    visible_text: str = Field(description="`text` without quoted history and without the signature")
    signature: str = Field(
        description="what closes the letter, folded apart: name, contacts, device, legal notice"
    )
    html: str = Field(
        description="sanitised; empty when there was none. `data-fold` marks what is a `quote` or a `signature`"
    )
    to: list[str]
    cc: list[str]
    bcc: list[str] = Field(description="they got it too, and nobody who got it sees that")
    is_automatic: bool
    sender_check: Literal["", "verified", "unverified", "failed"] = Field(
        description="whether the letter is really from its sender's domain; empty where nobody looked"
    )
    sender_reasons: list[str] = Field(description="what that check went by, in words")
    protection: Literal["", "smime-signed", "smime-encrypted", "pgp-signed", "pgp-encrypted"] = Field(
        description="how the letter came; nobody verified a signature, and what is encrypted is among the files"
    )
    invitation: InvitationOut | None = Field(description="what a calendar file in the letter says")
    redaction: RedactionOut | None = Field(description="set where words were taken away: they are nowhere")
    attachments: list[AttachmentOut]
    deliveries: list[DeliveryOut]
    created_at: datetime
    sent_at: datetime | None = Field(description="what the sender's clock said; null for our own")

    @staticmethod
    def resolve_author(message: Message) -> dict[str, Any]:
        author_id = message.author_contact_id or message.author_agent_id
        kind = "contact" if message.author_contact_id else "agent" if message.author_agent_id else "desk"
        return {"kind": kind, "id": author_id, "name": message.author_name, "address": message.author_address}

    @staticmethod
    def resolve_sender_reasons(message: Message) -> list[str]:
        return sentences(message.sender_evidence)

    @staticmethod
    def resolve_visible_text(message: Message) -> str:
        return message.visible_text or message.text

    @staticmethod
    def resolve_attachments(message: Message) -> list[Attachment]:
        return list(message.attachments.all())

    @staticmethod
    def resolve_deliveries(message: Message) -> list[Any]:
        return list(message.deliveries.all())


class WordsIn(Input):
    text: Text = Field("", max_length=1_000_000, description="taken from `html` when empty")
    html: Text = Field("", max_length=1_000_000)
    attachments: list[AttachedFile] = Field([], max_length=100)


class MessageIn(WordsIn):
    kind: Literal["reply", "note", "forward"] = Field(
        description="a forward passes on what was said to somebody outside, and is no answer"
    )
    to: list[MailAddress] = Field([], max_length=100, description="empty: the requester; a forward needs one")
    cc: list[MailAddress] | None = Field(None, max_length=100, description="null: those copied so far")
    bcc: list[MailAddress] = Field([], max_length=100, description="get it too, unseen by the others")
    forwards: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(
        [], max_length=50, description="ids of messages that a forward has below its words, with their files"
    )
    undo_seconds: int = Field(
        0, ge=0, le=30, description="how long it can be taken back before it leaves; 0: it leaves at once"
    )
    leaves_at: AwareDatetime | None = Field(
        None,
        strict=False,
        description="it leaves by itself then, unless the customer writes before: answered with 202",
    )
    seen_up_to: int | None = Field(
        None, ge=0, le=2**31 - 1, description="position of the last message you have read; a reply needs it"
    )

    @model_validator(mode="after")
    def reply_with_open_eyes(self) -> Self:
        if self.kind != "note" and self.seen_up_to is None:
            raise ValueError("what leaves says by `seen_up_to` what its sender has read (0: nothing)")
        if self.kind == "note" and (self.leaves_at or self.undo_seconds):
            raise ValueError("a note never leaves: no `leaves_at`, no `undo_seconds`")
        if self.kind != "forward" and self.forwards:
            raise ValueError("`forwards` goes with the kind `forward`")
        return self


class ScheduledOut(Schema):
    """What leaves by itself at its time; a message of its ticket from then on."""

    id: int
    kind: Literal["reply", "forward"]
    author: AgentBrief = Field(alias="agent")
    text: str
    html: str
    to: list[str]
    cc: list[str]
    bcc: list[str]
    files: list[str] = Field(description="their names")
    leaves_at: datetime

    @staticmethod
    def resolve_to(draft: Draft) -> list[str]:
        return addresses_of(draft, "to")

    @staticmethod
    def resolve_cc(draft: Draft) -> list[str]:
        return addresses_of(draft, "cc")

    @staticmethod
    def resolve_bcc(draft: Draft) -> list[str]:
        return addresses_of(draft, "bcc")

    @staticmethod
    def resolve_files(draft: Draft) -> list[str]:
        return [each.file.name for each in draft.enclosures.all()]


@messages.get("/{int:number}/messages", response=Page[MessageOut])
def list_messages(request: AgentRequest, number: int, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Oldest first. A merged ticket's number lists those of the ticket that it was merged into."""
    ticket = _ticket(request, number).current
    return page(_messages(request).filter(ticket=ticket), asked, by="position")


@messages.post("/{int:number}/messages", response={201: MessageOut, 202: ScheduledOut})
@transaction.atomic
def add_message(request: AgentRequest, number: int, new: MessageIn) -> Status[Any]:
    """Reply to the customer, forward what was said, or note something down for colleagues.

    What leaves is refused with 409 when anything has arrived after `seen_up_to`; the answer's `messages` are what, and
    `writing` is the colleague who is just writing an answer, or null.
    """
    ticket = _ticket(request, number)
    try:
        if new.leaves_at:
            return Status(202, _schedule(request, ticket, new))
        message = _write(request, ticket, new)
    except SomethingUnseen as unseen:
        raise conflict(request, ticket, unseen) from unseen
    return Status(201, message_for(request, message.pk))


def _write(request: AgentRequest, ticket: Ticket, new: MessageIn) -> Message:
    words = _words(request, ticket, new)
    if new.kind == "note":
        return ticket.note(words, by=request.agent, mentions=mentioned_in(words.text, by=request.agent))
    how: dict[str, Any] = {"seen_up_to": new.seen_up_to or 0, "undo_seconds": new.undo_seconds}
    how |= {"to": new.to, "bcc": new.bcc}
    if new.kind == "forward":
        return ticket.forward(words, by=request.agent, cc=new.cc or [], **how)
    return ticket.reply(words, by=request.agent, cc=new.cc, **how)


def _schedule(request: AgentRequest, ticket: Ticket, new: MessageIn) -> Draft | None:
    words, seen_up_to = _words(request, ticket, new), new.seen_up_to or 0
    assert new.leaves_at is not None
    return schedule(
        ticket,
        words,
        by=request.agent,
        kind=new.kind,
        at=new.leaves_at,
        seen_up_to=seen_up_to,
        to=new.to,
        cc=new.cc,
        bcc=new.bcc,
    )


def _words(request: AgentRequest, ticket: Ticket, new: MessageIn) -> Words:
    words = words_in(request, new)
    if not new.forwards:
        return words
    passed_on = those_of(ticket, new.forwards)
    if len(passed_on) != len(set(new.forwards)):
        raise Problem(
            422,
            "`forwards` names a message that cannot be forwarded.",
            "Name messages of this ticket that the customer wrote or got: no notes, nothing that was removed.",
        )
    return above_quote(words, quoted(passed_on))


def words_in(request: AgentRequest, new: WordsIn) -> Words:
    """Keep the attached files and return everything as the words of a message."""
    files = keep_files(request.workspace, new.attachments)
    # Names that rules of style go by do not outlive sanitising: the rules go into attributes first.
    html = sanitise(styled(new.html, sheet_of(new.html))) if new.html else ""
    return Words(new.text or render(new.html), html=html, files=files)


def conflict(request: AgentRequest, ticket: Ticket, unseen: SomethingUnseen) -> Problem:
    ids = [message.pk for message in unseen.messages]
    rows = _messages(request).filter(pk__in=ids).order_by("position")
    arrived = [MessageOut.from_orm(message).model_dump() for message in rows]
    return Problem(
        409,
        "Not sent: something arrived that you have not seen.",
        "Read `messages`, then send again with the position of the last one.",
        messages=arrived,
        writing=_writing(request, ticket),
    )


def _writing(request: AgentRequest, ticket: Ticket) -> dict[str, Any] | None:
    """Who else writes an answer now: whoever is refused may want to leave it to them."""
    lock = holder_of(ticket)
    if lock is None or lock.agent_id == request.agent.pk:
        return None
    return AgentBrief.from_orm(lock.agent).model_dump()


def message_for(request: AgentRequest, pk: int) -> Message:
    """Return a message as it is told; 404 when it is not there for this agent."""
    message: Message = get_object_or_404(_messages(request), pk=pk)
    return message


def _messages(request: AgentRequest) -> Any:
    rows = Message.objects.visible_to(request.agent).select_related("author_agent__user", "author_contact")
    return rows.prefetch_related("attachments__file", "deliveries", "author_contact__identities")


def _ticket(request: AgentRequest, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
