"""REST routes: what is done to a ticket, and how it is taken back. They join those of `tickets.api`."""

from typing import Annotated, Any, Literal, Self, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Schema, Status
from pydantic import AwareDatetime, Field, model_validator

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.contacts.recognise import recognise
from harken.fields.api import Answers
from harken.fields.models import LONGEST_NAME
from harken.lib.addresses import normalise
from harken.lib.rest import Input, Problem, Text
from harken.tickets.api import RequesterIn, TicketOut, numbered, ticket_for, tickets
from harken.tickets.link import link, unlink
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import Area, Message, OwnState, Ticket
from harken.tickets.models.tag import LONGEST_NAME as LONGEST_TAG
from harken.tickets.own_names import answer_fields, put_in_area, put_into
from harken.tickets.redact import LONGEST_REASON, redact
from harken.tickets.requester import change_requester
from harken.tickets.states import State
from harken.tickets.tags import MOST_TAGS, set_tags

Number = Field(ge=1, le=2**63 - 1, description="number of another ticket, short or whole")

Row = TypeVar("Row", OwnState, Area)

__all__ = ["tickets"]


class TicketChange(Input):
    """What is named changes, and nothing else."""

    state: (
        Literal["open", "waiting", "set_aside", "accepted", "closed", "closed_unsuccessfully", "spam"] | None
    ) = Field(None, description="`open` also says that spam is none")
    until: AwareDatetime | None = Field(
        None,
        strict=False,
        description="with `set_aside`: when it comes back by itself; null: when they write",
    )
    own_state: Text | None = Field(
        None,
        max_length=LONGEST_NAME,
        description="name of a state of your own: the ticket is in its kind from then on",
    )
    area: Text | None = Field(None, max_length=LONGEST_NAME, description="name of an area, null for none")
    fields: Answers | None = None
    assignee: Text | None = Field(
        None, max_length=500, description="mail address of a colleague, null for nobody"
    )
    tags: list[Annotated[Text, Field(min_length=1, max_length=LONGEST_TAG)]] | None = Field(
        None, max_length=MOST_TAGS, description="these and no others; a new name makes a new tag"
    )
    requester: RequesterIn | None = Field(None, description="whose matter it is from now on")
    requester_keeps_copies: bool = Field(
        False, description="with `requester`: whoever it was gets copies of answers"
    )

    @model_validator(mode="after")
    def say_what_comes_back(self) -> Self:
        if self.until and self.state != "set_aside":
            raise ValueError("`until` goes with the state `set_aside`")
        if self.state and self.own_state:
            raise ValueError("name either `state` or `own_state`: a state of your own is within a fixed one")
        return self


class MergeIn(Input):
    into: int = Number
    copies: bool | None = Field(
        None,
        description="whether those who take part in this one alone get copies of answers there; "
        "where there are such people, null is refused with 409, and `addresses` are who they are",
    )


class LinkIn(Input):
    number: int = Number


class RedactIn(Input):
    why: Text = Field(min_length=1, max_length=LONGEST_REASON, description="stays in the trace")
    quotes: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(
        [], max_length=1000, description="ids of messages of this ticket that repeat the words"
    )
    drafts: bool = Field(False, description="throw away colleagues' drafts that repeat the words")
    subject: bool = Field(False, description="take the ticket's subject away, too")


class RedactedOut(Schema):
    messages: list[int] = Field(description="ids of the messages that lost words")


@tickets.patch("/{int:number}", response=TicketOut)
@transaction.atomic
def change_ticket(request: AgentRequest, number: int, change: TicketChange) -> Ticket:
    """Change whose turn, whose work and whose matter it is. What is already so stays so: twice is harmless."""
    ticket = ticket_for(request, number)
    if "assignee" in change.model_fields_set:
        ticket.assign_to(_colleague(request, change.assignee), by=request.agent)
    if change.requester is not None:
        new = recognise(request.workspace, change.requester.email, change.requester.name)
        change_requester(ticket, new, by=request.agent, keeps_copies=change.requester_keeps_copies)
    if change.fields:
        # First of all: closing may need them.
        answer_fields(ticket, change.fields, by=request.agent)
    if change.state is not None:
        _put(ticket, change, request.agent)
    if change.tags is not None:
        set_tags(ticket, change.tags, by=request.agent)
    _say_in_own_words(request, ticket, change)
    return ticket_for(request, number)


@tickets.post("/{int:number}/merge", response=TicketOut)
def merge_ticket(request: AgentRequest, number: int, asked: MergeIn) -> Ticket:
    """Merge this ticket into another one, and return that. Both numbers lead there from now on."""
    target = numbered(request, asked.into)
    merge(ticket_for(request, number), into=target, by=request.agent, copies=asked.copies)
    return ticket_for(request, target.number)


@tickets.delete("/{int:number}/merge", response=TicketOut)
def unmerge_ticket(request: AgentRequest, number: int) -> Ticket:
    """Take a merged ticket out again: its messages lie where they lay, and what came since stays."""
    unmerge(ticket_for(request, number), by=request.agent)
    return ticket_for(request, number)


@tickets.post("/{int:number}/related", response={201: TicketOut})
def link_ticket(request: AgentRequest, number: int, asked: LinkIn) -> Status[Ticket]:
    """Relate another ticket to this one, and return that. Twice is harmless."""
    other = numbered(request, asked.number)
    link(ticket_for(request, number), other, by=request.agent)
    return Status(201, ticket_for(request, other.number))


@tickets.delete("/{int:number}/related/{int:other}", response={204: None})
def unlink_ticket(request: AgentRequest, number: int, other: int) -> Status[None]:
    """Take the link between two tickets away; 404 when there is none."""
    if unlink(ticket_for(request, number), ticket_for(request, other), by=request.agent) is None:
        raise Http404
    return Status(204, None)


@tickets.post("/{int:number}/messages/{int:message_id}/redact", response=RedactedOut)
def redact_message(request: AgentRequest, number: int, message_id: int, asked: RedactIn) -> dict[str, Any]:
    """Take a message's words and files away for good. There is no way back; a trace says who did it and why."""
    ticket = ticket_for(request, number).current
    messages = Message.objects.visible_to(request.agent).filter(ticket=ticket)
    message = get_object_or_404(messages, pk=message_id)
    event = redact(
        message,
        by=request.agent,
        why=asked.why,
        quotes=messages.filter(pk__in=asked.quotes),
        drafts=asked.drafts,
        subject=asked.subject,
    )
    return {"messages": event.data["changed"]}


def _put(ticket: Ticket, change: TicketChange, by: Agent) -> None:
    if change.state == "open":
        # The one of the two that does not fit changes nothing.
        ticket.call_welcome(by=by) or ticket.reopen(by=by)
    elif change.state == "set_aside":
        ticket.set_aside(by=by, until=change.until)
    elif change.state in (State.CLOSED, State.CLOSED_UNSUCCESSFULLY):
        ticket.close(by=by, state=change.state)
    else:
        verbs = {"waiting": ticket.wait, "accepted": ticket.accept, "spam": ticket.call_spam}
        verbs[str(change.state)](by=by)


def _say_in_own_words(request: AgentRequest, ticket: Ticket, change: TicketChange) -> None:
    if change.own_state is not None:
        put_into(ticket, _own(request, OwnState, change.own_state), by=request.agent)
    if "area" in change.model_fields_set:
        area = None if change.area is None else _own(request, Area, change.area)
        put_in_area(ticket, area, by=request.agent)


def _own(request: AgentRequest, model: type[Row], name: str) -> Row:
    rows = model._default_manager.filter(workspace=request.workspace, name__iexact=name.strip())
    found = rows.first()
    if found is None:
        raise Problem(422, f"There is no “{name}” here.", "Nothing was changed; look at the name.")
    return found


def _colleague(request: AgentRequest, address: str | None) -> Agent | None:
    if address is None:
        return None
    colleagues: QuerySet[Agent] = Agent.objects.visible_to(request.agent).active()
    if agent := colleagues.filter(user__email=normalise(address)).first():
        return agent
    raise Problem(
        422, f"“{address}” is no colleague here.", "Name an active agent of this workspace, or null."
    )
