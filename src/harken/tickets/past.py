"""The past: conversations held elsewhere, put down as they were. Nothing is sent, nobody is told, no turn begins.

Messages keep their dates and get the next positions of their ticket. Only a ticket that is younger than anything
said here since follows them in its state.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.models import Identity
from harken.events.record import record
from harken.lib.text import language_of, one_line, preview
from harken.tickets.models import Attachment, Message, Ticket, Words
from harken.tickets.models.message import hash_of
from harken.tickets.models.participant import let_join
from harken.tickets.models.ticket import SUBJECT_LETTERS
from harken.tickets.states import State


@dataclass(frozen=True)
class Said:
    """What somebody wrote then. `author` is the customer, or `None` where we wrote it (`agent`, if still known)."""

    words: Words
    at: datetime
    author: Identity | None = None
    agent: Agent | None = None
    author_address: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    external_id: str = ""
    references: tuple[str, ...] = ()
    is_automatic: bool = False


@transaction.atomic
def put_down(
    requester: Identity, subject: str, said: Said, *, channel_id: int | None, is_open: bool
) -> Message:
    """Make a ticket of long ago with its first message and return that. Closed, unless `is_open` says otherwise."""
    workspace = requester.workspace
    ticket = Ticket.objects.create(
        workspace=workspace,
        number=workspace.next_ticket_number(said.at),
        subject=one_line(subject, SUBJECT_LETTERS),
        requester=requester.contact,
        company_id=requester.contact.company_id,
        channel_id=channel_id,
        created_at=said.at,
        last_activity_at=said.at,
    )
    record("ticket.imported", ticket, number=ticket.number)
    return add_to(ticket, said, is_open=is_open)


@transaction.atomic
def add_to(ticket: Ticket, said: Said, *, is_open: bool) -> Message:
    """Add a message of long ago to a ticket; a merged one passes it on. Raises nothing of a live ticket's refusals."""
    ticket.hold()
    if ticket.merged_into:
        return add_to(ticket.merged_into, said, is_open=is_open)
    ticket.last_position += 1
    message = _message(ticket, said)
    Attachment.objects.bulk_create(
        Attachment(workspace_id=ticket.workspace_id, message=message, **vars(enclosure))
        for enclosure in said.words.files
    )
    writer = [said.author.address] if said.author else said.to
    let_join(ticket, [*writer, *said.cc], copied=said.cc)
    if said.author and not said.is_automatic:
        said.author.contact.note_heard(said.at)
    _follow(ticket, message, said, is_open=is_open)
    record("message.imported", message, number=ticket.number)
    return message


def _message(ticket: Ticket, said: Said) -> Message:
    words = said.words
    return Message.objects.create(
        workspace_id=ticket.workspace_id,
        ticket=ticket,
        position=ticket.last_position,
        kind=Message.Kind.CONTACT if said.author else Message.Kind.REPLY,
        author_agent=said.agent,
        author_contact=said.author.contact if said.author else None,
        author_address=said.author.address if said.author else said.author_address,
        text=words.text,
        visible_text=words.apart_from_text,
        signature=words.signature,
        html=words.html,
        language=words.language or language_of(words.visible_text or words.text),
        to=list(said.to),
        cc=list(said.cc),
        external_id=said.external_id,
        external_hash=hash_of(said.external_id) if said.external_id else None,
        references=list(said.references),
        is_automatic=said.is_automatic,
        sent_at=said.at,
        created_at=said.at,
    )


def _follow(ticket: Ticket, message: Message, said: Said, *, is_open: bool) -> None:
    ticket.message_count += 1
    ticket.has_files = ticket.has_files or any(not each.is_inline for each in said.words.files)
    if said.at >= ticket.last_activity_at:
        ticket.last_activity_at, ticket.last_message_id = said.at, message.pk
        ticket.preview = preview(said.words.visible_text or said.words.text)
        _turn(ticket, said, is_open=is_open)
    ticket.save()


def _turn(ticket: Ticket, said: Said, *, is_open: bool) -> None:
    if not is_open:
        ticket.state, ticket.closed_at, ticket.waiting_since = State.CLOSED, said.at, None
    elif said.author and not said.is_automatic:
        ticket.state, ticket.closed_at = State.OPEN, None
        ticket.waiting_since = ticket.waiting_since or said.at
    elif not said.author:
        ticket.state, ticket.closed_at, ticket.waiting_since = State.WAITING, None, None
    if ticket.state != State.SET_ASIDE:
        ticket.set_aside_until = None
