"""REST routes: what has not left yet. They join those of `channels.api`."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Schema, Status
from pydantic import AwareDatetime, Field

from harken.agents.middleware import AgentRequest
from harken.channels.api import MessageOut, ScheduledOut, conflict, message_for, messages
from harken.channels.leaving.take_back import take_back
from harken.lib.rest import Input
from harken.tickets.errors import SomethingUnseen
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.schedule import cancel, put_off, send_now

__all__ = ["messages"]


class TakenBackOut(Schema):
    """What stands in your draft again."""

    text: str
    html: str
    recipients: dict[str, str]


class TimeIn(Input):
    leaves_at: AwareDatetime = Field(strict=False, description="when it leaves instead")


@messages.post("/{int:number}/messages/{int:message_id}/take-back", response=TakenBackOut)
def take_message_back(request: AgentRequest, number: int, message_id: int) -> Draft:
    """Take back what you sent with `undo_seconds` before it leaves: it is your draft again, and nothing was mailed."""
    mine = Message.objects.visible_to(request.agent).filter(author_agent=request.agent)
    message = get_object_or_404(mine.select_related("ticket"), ticket=_ticket(request, number), pk=message_id)
    return take_back(message, by=request.agent)


@messages.get("/{int:number}/scheduled", response=list[ScheduledOut])
def list_scheduled(request: AgentRequest, number: int) -> Any:
    """What leaves from the ticket by itself, the soonest first, whoever wrote it."""
    return _scheduled(request, number)


@messages.patch("/{int:number}/scheduled/{int:scheduled_id}", response=ScheduledOut)
def change_scheduled(request: AgentRequest, number: int, scheduled_id: int, change: TimeIn) -> Draft:
    """Let your own leave at another time."""
    put_off(_mine(request, number, scheduled_id), at=change.leaves_at, by=request.agent)
    return _mine(request, number, scheduled_id)


@messages.post("/{int:number}/scheduled/{int:scheduled_id}/send", response={201: MessageOut})
@transaction.atomic
def send_scheduled(request: AgentRequest, number: int, scheduled_id: int) -> Status[Message]:
    """Send your own now. Refused with 409 like any answer when something has arrived that you have not seen."""
    draft = _mine(request, number, scheduled_id)
    try:
        message = send_now(draft)
    except SomethingUnseen as unseen:
        raise conflict(request, draft.written_on, unseen) from unseen
    if message is None:
        raise Http404
    return Status(201, message_for(request, message.pk))


@messages.delete("/{int:number}/scheduled/{int:scheduled_id}", response={204: None})
def cancel_scheduled(request: AgentRequest, number: int, scheduled_id: int) -> Status[None]:
    """Stop it: it is its writer's draft again."""
    cancel(get_object_or_404(_scheduled(request, number), pk=scheduled_id), by=request.agent)
    return Status(204, None)


def _ticket(request: AgentRequest, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)


def _scheduled(request: AgentRequest, number: int) -> Any:
    rows = Draft.objects.visible_to(request.agent).scheduled().filter(ticket=_ticket(request, number))
    return rows.select_related("agent__user", "ticket").prefetch_related("enclosures__file")


def _mine(request: AgentRequest, number: int, scheduled_id: int) -> Draft:
    """Return what the caller has scheduled; 404 for a colleague's, which can be stopped alone."""
    return get_object_or_404(_scheduled(request, number).filter(agent=request.agent), pk=scheduled_id)
