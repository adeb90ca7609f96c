"""REST routes: tickets. Their messages come with their deliveries, one floor up: `channels/api.py`."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import FilteredRelation
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.contacts.api import ContactBrief
from harken.contacts.company_api import CompanyBrief
from harken.contacts.recognise import recognise
from harken.fields.models import LONGEST_NAME
from harken.lib.addresses import normalise
from harken.lib.rest import Input, MailAddress, Page, Paging, Problem, Text, page
from harken.tickets.attached import AttachedFile, keep_files
from harken.tickets.drafts import discard_draft
from harken.tickets.models import AnswerLock, Draft, ForeignNumber, Message, Ticket, Words
from harken.tickets.move import move, split
from harken.tickets.related import related_to

tickets = Router(tags=["tickets"])

State = Literal[
    "open", "waiting", "set_aside", "accepted", "closed", "closed_unsuccessfully", "spam", "merged"
]


class AgentBrief(Schema):
    id: int
    name: str
    email: str


class TicketOut(Schema):
    number: int
    subject: str
    state: State
    own_state: str | None = Field(description="what the workspace calls its state")
    area: str | None
    fields: dict[str, Any] = Field(description="answers to the workspace's own fields, by their keys")
    requester: ContactBrief
    company: CompanyBrief | None
    tags: list[str]
    assignee: AgentBrief | None
    writing: AgentBrief | None = Field(
        description="who is writing an answer now: it stops nobody, and what arrives unseen does"
    )
    channel: str = Field(alias="channel_kind")
    url: str
    preview: str
    message_count: int
    last_position: int = Field(description="position of the newest message: what `seen_up_to` wants to know")
    has_files: bool
    has_problem: bool = Field(description="a message could not be delivered")
    created_at: datetime
    last_activity_at: datetime
    waiting_since: datetime | None = Field(description="since when it is our turn")
    closed_at: datetime | None
    set_aside_until: datetime | None = Field(
        description="when it comes back by itself; null, where it is set aside, when they write"
    )
    accepted_at: datetime | None = Field(description="since when the work is handed on")
    merged_into: int | None = Field(description="number of the ticket it was merged into: messages are there")

    @staticmethod
    def resolve_tags(ticket: Ticket) -> list[str]:
        return sorted(tag.name for tag in ticket.tags.all())

    @staticmethod
    def resolve_own_state(ticket: Ticket) -> str | None:
        return ticket.own_state.name if ticket.own_state else None

    @staticmethod
    def resolve_area(ticket: Ticket) -> str | None:
        return ticket.area.name if ticket.area else None

    @staticmethod
    def resolve_writing(ticket: Any) -> Agent | None:
        # The relation is not there at all where nobody writes.
        lock = getattr(ticket, "lock", None)
        return lock.agent if lock else None

    @staticmethod
    def resolve_url(ticket: Ticket) -> str:
        return ticket.workspace.url_for(f"tickets/{ticket.number}/")

    @staticmethod
    def resolve_merged_into(ticket: Ticket) -> int | None:
        return ticket.merged_into.number if ticket.merged_into else None


class TicketsAsked(Paging):
    state: State | None = None
    own_state: Text | None = Field(None, max_length=LONGEST_NAME, description="name of a state of your own")
    area: Text | None = Field(None, max_length=LONGEST_NAME, description="name of an area")
    requester: Text | None = Field(None, max_length=500, description="mail address of the requester")
    assignee: Text | None = Field(
        None, max_length=500, description="mail address of the colleague, or `nobody`"
    )


class RequesterIn(Input):
    email: MailAddress
    name: Text = Field("", max_length=300)


class TicketIn(Input):
    requester: RequesterIn
    subject: Text = Field("", max_length=500)
    text: Text = Field("", max_length=1_000_000, description="the requester's words")
    attachments: list[AttachedFile] = Field([], max_length=100)


class MoveIn(Input):
    to: int | None = Field(
        None,
        ge=1,
        le=2**63 - 1,
        description="number of the ticket it belongs to, short or whole; null: a new one",
    )
    subject: Text = Field("", max_length=500, description="of the new ticket; empty: as the old one's")
    following: bool = Field(False, description="move all later messages too")


class RelatedTicket(Schema):
    number: int
    subject: str
    state: State


class RelatedOut(Schema):
    tickets: list[RelatedTicket]
    foreign_numbers: list[str] = Field(description="what other desks call the matter, as they write it")


class DraftOut(Schema):
    text: str
    why: Literal["", "unseen", "unverified", "merged"] = Field(description="why it was not sent")
    seen_up_to: int
    updated_at: datetime


@tickets.get("", response=Page[TicketOut])
def list_tickets(request: AgentRequest, asked: FromQuery[TicketsAsked]) -> dict[str, Any]:
    """Newest first, by number."""
    rows = _tickets(request)
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    rows = _named(rows, asked)
    if asked.requester is not None:
        rows = rows.filter(requester__identities__address=normalise(asked.requester))
    if asked.assignee == "nobody":
        rows = rows.unassigned()
    elif asked.assignee is not None:
        rows = rows.filter(assignee__user__email=normalise(asked.assignee))
    return page(rows, asked, by="-number")


@tickets.post("", response={201: TicketOut})
@transaction.atomic
def open_ticket(request: AgentRequest, new: TicketIn) -> Status[Ticket]:
    """Open a ticket in the requester's name: a call, a form of your own, another system's request."""
    words = Words(new.text, files=keep_files(request.workspace, new.attachments))
    if words.are_missing:
        raise Problem(422, "A ticket begins with words or a file.", "Fill in `text`, or attach something.")
    requester = recognise(request.workspace, new.requester.email, new.requester.name)
    ticket = Ticket.open_for(requester, new.subject, words, by=request.agent)
    return Status(201, ticket_for(request, ticket.number))


@tickets.get("/{int:number}", response=TicketOut)
def get_ticket(request: AgentRequest, number: int) -> Ticket:
    return ticket_for(request, number)


@tickets.post("/{int:number}/messages/{int:message_id}/move", response=TicketOut)
def move_message(request: AgentRequest, number: int, message_id: int, asked: MoveIn) -> Ticket:
    """Move a message to the ticket it belongs to, or split it off: answers to it follow. Returns that ticket."""
    messages = Message.objects.visible_to(request.agent).filter(ticket=ticket_for(request, number))
    message = get_object_or_404(messages, pk=message_id)
    if asked.to is None:
        moved_to = split(message, by=request.agent, subject=asked.subject, following=asked.following)
    else:
        moved_to = move(message, to=numbered(request, asked.to), by=request.agent, following=asked.following)
    return ticket_for(request, moved_to.number)


@tickets.get("/{int:number}/related", response=RelatedOut)
def get_related(request: AgentRequest, number: int) -> dict[str, Any]:
    """The tickets of neighbouring matters, and other desks' numbers of this one."""
    ticket = ticket_for(request, number)
    numbers = ForeignNumber.objects.visible_to(request.agent).of_ticket(ticket.pk)
    return {"tickets": list(related_to(ticket, request.agent)), "foreign_numbers": numbers.as_written()}


@tickets.get("/{int:number}/draft", response=DraftOut)
def get_draft(request: AgentRequest, number: int) -> Draft:
    """Your own answer that was not sent; 404 when there is none."""
    return get_object_or_404(
        Draft.objects.visible_to(request.agent).being_written(), ticket=ticket_for(request, number)
    )


@tickets.delete("/{int:number}/draft", response={204: None})
def delete_draft(request: AgentRequest, number: int) -> Status[None]:
    """Let your own draft go."""
    draft = get_object_or_404(
        Draft.objects.visible_to(request.agent).being_written(), ticket=ticket_for(request, number)
    )
    discard_draft(draft)
    return Status(204, None)


def _named(rows: Any, asked: TicketsAsked) -> Any:
    if asked.own_state is not None:
        rows = rows.filter(own_state__name__iexact=asked.own_state)
    if asked.area is not None:
        rows = rows.filter(area__name__iexact=asked.area)
    return rows


def numbered(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket that a body names by its number, short or whole. Raises Problem 422."""
    if ticket := Ticket.objects.visible_to(request.agent).numbered(number).first():
        return ticket
    raise Problem(422, f"There is no ticket {number} here.", "Give the number of another ticket, or null.")


def _tickets(request: AgentRequest) -> Any:
    rows: Any = Ticket.objects.visible_to(request.agent).annotate(
        lock=FilteredRelation("answer_lock", condition=AnswerLock.is_held("answer_lock"))
    )
    return rows.select_related(
        "workspace",
        "own_state",
        "area",
        "merged_into",
        "requester",
        "company",
        "assignee__user",
        "lock__agent__user",
    ).prefetch_related("requester__identities", "tags")


def ticket_for(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket of an address, as it is told; 404 when it is not there for this agent."""
    return get_object_or_404(_tickets(request), number=number)
