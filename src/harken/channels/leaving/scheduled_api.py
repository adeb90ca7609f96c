"""REST routes: first letters, and all that leaves by itself, wherever it was written."""

import uuid
from typing import Any, Literal

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from harken.agents.middleware import AgentRequest
from harken.channels.api import MessageOut, ScheduledOut, WordsIn, conflict, message_for, words_in
from harken.channels.leaving.api import TimeIn
from harken.channels.leaving.outgoing import mailboxes_of
from harken.channels.models import Channel
from harken.lib.addresses import normalise
from harken.lib.rest import MailAddress, Page, Paging, Problem, Text, page
from harken.tickets.api import TicketOut, ticket_for
from harken.tickets.errors import SomethingUnseen
from harken.tickets.models import Draft
from harken.tickets.schedule import cancel, put_off, schedule_letter, send_now
from harken.tickets.start import Letter, begin

letters = Router(tags=["letters"])
scheduled = Router(tags=["letters"])


class LetterIn(WordsIn):
    to: list[MailAddress] = Field(min_length=1, max_length=100, description="the first is the requester")
    cc: list[MailAddress] = Field([], max_length=100)
    bcc: list[MailAddress] = Field([], max_length=100, description="get it too, unseen by the others")
    subject: Text = Field("", max_length=500)
    mailbox: MailAddress | None = Field(
        None, description="address of the mailbox that it leaves from; null: the first there is"
    )
    undo_seconds: int = Field(
        0, ge=0, le=30, description="how long it can be taken back before it leaves; 0: it leaves at once"
    )
    leaves_at: AwareDatetime | None = Field(
        None, strict=False, description="it leaves by itself then, and begins the ticket: answered with 202"
    )


class LeavingOut(ScheduledOut):
    """What leaves by itself at its time: on a ticket, or to begin one."""

    kind: Literal["reply", "forward", "letter"]  # type: ignore[assignment]
    ticket: int | None = Field(None, description="number of its ticket; null for a letter, which begins one")
    subject: str = Field(description="of a letter")
    mailbox: str | None = Field(description="that a letter leaves from; null: the first there is")

    @staticmethod
    def resolve_kind(draft: Draft) -> str:
        return draft.kind if draft.ticket else "letter"

    @staticmethod
    def resolve_ticket(draft: Draft) -> int | None:
        return draft.ticket.number if draft.ticket else None


class LeavingAsked(Paging):
    kind: Literal["reply", "forward", "letter"] | None = None


class SentOut(Schema):
    ticket: int = Field(description="number of the ticket, which a letter has begun")
    message: MessageOut


@letters.post("", response={201: TicketOut, 202: LeavingOut})
@transaction.atomic
def write_letter(request: AgentRequest, new: LetterIn) -> Status[Any]:
    """Write to somebody first. The ticket begins with these words, is yours, and waits for them."""
    letter = Letter(
        words_in(request, new),
        to=new.to,
        cc=new.cc,
        bcc=new.bcc,
        subject=new.subject,
        channel_id=_mailbox(request, new.mailbox),
    )
    key = uuid.uuid4()
    if new.leaves_at:
        draft = schedule_letter(letter, by=request.agent, at=new.leaves_at, key=key)
        return Status(202, _leaving(request).get(pk=draft.pk))
    ticket = begin(letter, by=request.agent, key=str(key), undo_seconds=new.undo_seconds)
    return Status(201, ticket_for(request, ticket.number))


@scheduled.get("", response=Page[LeavingOut])
def list_leaving(request: AgentRequest, asked: FromQuery[LeavingAsked]) -> dict[str, Any]:
    """All answers, forwards and first letters that leave by themselves, the newest first, whoever wrote them."""
    rows = _leaving(request)
    if asked.kind is not None:
        is_letter = asked.kind == "letter"
        rows = rows.filter(ticket__isnull=is_letter, kind="reply" if is_letter else asked.kind)
    return page(rows, asked, by="-id")


@scheduled.patch("/{int:scheduled_id}", response=LeavingOut)
def change_leaving(request: AgentRequest, scheduled_id: int, change: TimeIn) -> Draft:
    """Let your own leave at another time."""
    put_off(_mine(request, scheduled_id), at=change.leaves_at, by=request.agent)
    return _mine(request, scheduled_id)


@scheduled.post("/{int:scheduled_id}/send", response={201: SentOut})
@transaction.atomic
def send_leaving(request: AgentRequest, scheduled_id: int) -> Status[dict[str, Any]]:
    """Send your own now. An answer is refused with 409 when something has arrived that you have not seen."""
    draft = _mine(request, scheduled_id)
    try:
        message = send_now(draft)
    except SomethingUnseen as unseen:
        raise conflict(request, draft.written_on, unseen) from unseen
    if message is None:
        raise Http404
    sent = message_for(request, message.pk)
    return Status(201, {"ticket": message.ticket.number, "message": sent})


@scheduled.delete("/{int:scheduled_id}", response={204: None})
def cancel_leaving(request: AgentRequest, scheduled_id: int) -> Status[None]:
    """Stop it: it is its writer's draft again."""
    cancel(get_object_or_404(_leaving(request), pk=scheduled_id), by=request.agent)
    return Status(204, None)


def _mailbox(request: AgentRequest, address: str | None) -> int | None:
    mailboxes = {each.address: each.pk for each in mailboxes_of(request.agent)}
    if address is None:
        return next(iter(mailboxes.values()), None)
    if normalise(address) in mailboxes:
        return mailboxes[normalise(address)]
    raise Problem(
        422,
        f"“{address}” is no mailbox here.",
        "Name the address of an active mailbox, or null for the first.",
    )


def _leaving(request: AgentRequest) -> Any:
    mailbox = Channel.objects.visible_to(request.agent).filter(pk=OuterRef("channel_id")).values("address")
    rows = Draft.objects.visible_to(request.agent).scheduled().annotate(mailbox=Subquery(mailbox[:1]))
    return rows.select_related("agent__user", "ticket").prefetch_related("enclosures__file")


def _mine(request: AgentRequest, scheduled_id: int) -> Draft:
    """Return what the caller has scheduled; 404 for a colleague's, which can be stopped alone."""
    draft: Draft = get_object_or_404(_leaving(request).filter(agent=request.agent), pk=scheduled_id)
    return draft
