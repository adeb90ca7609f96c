"""REST routes: talks that happened elsewhere are logged. They join those of `tickets.api`."""

from typing import Literal

from django.db import transaction
from ninja import Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.contacts.recognise import recognise
from harken.lib.rest import Input, Text
from harken.tickets.api import RequesterIn, TicketOut, ticket_for
from harken.tickets.changes_api import tickets
from harken.tickets.models import Ticket, Words
from harken.tickets.talks import log_talk

MOST_MINUTES = 24 * 60


class TalkIn(Input):
    text: Text = Field(max_length=1_000_000, description="what was said; nothing is sent")
    way: Literal["call", "telegram", "whatsapp", "sms", "in_person", "other"]
    direction: Literal["incoming", "outgoing"] = Field(
        "incoming", description="`incoming`: they came to us; `outgoing`: we went to them"
    )
    minutes: int | None = Field(None, ge=0, le=MOST_MINUTES, description="how long it lasted")
    then: Literal["done", "ours", "theirs"] = Field(
        "done", description="whose turn it is now; `done` closes the ticket"
    )


class NewTalkIn(TalkIn):
    requester: RequesterIn
    subject: Text = Field("", max_length=500, description="empty: as it begins")


@tickets.post("/talks", response={201: TicketOut})
@transaction.atomic
def log_new_talk(request: AgentRequest, new: NewTalkIn) -> Status[Ticket]:
    """Open a ticket with a call or a message that nobody has asked about before."""
    contact = recognise(request.workspace, new.requester.email, new.requester.name).contact
    said = new.model_dump(exclude={"text", "requester"})
    message = log_talk(contact, Words(new.text), by=request.agent, **said)
    return Status(201, ticket_for(request, message.ticket.number))


@tickets.post("/{int:number}/talks", response={201: TicketOut})
def log_talk_on(request: AgentRequest, number: int, new: TalkIn) -> Status[Ticket]:
    """Log a call or a message on the ticket that it was about."""
    ticket_for(request, number).log(Words(new.text), by=request.agent, **new.model_dump(exclude={"text"}))
    return Status(201, ticket_for(request, number))
