"""Taking back what was sent and has not left: its words are its writer's draft again, and the ticket stands as before.

Whether it has left is known one floor up: `channels` asks, holds what could send it, and calls this.
"""

import uuid

from django.db import transaction
from django.db.models import Q

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.fields.answers import fields_about, in_a_form
from harken.fields.models import Field
from harken.tickets.draft_errors import TakenBack
from harken.tickets.drafts import announce, keep_draft, keep_files
from harken.tickets.models import Beginning, Draft, Enclosure, Message, Participant, Ticket, Words
from harken.tickets.recount import recall

TOLD = "message.taken_back"


@transaction.atomic
def withdraw(message: Message, *, by: Agent) -> Draft:
    """Put a message of a held ticket back into its writer's draft; beside it nothing is left of it.

    Whoever took part only because of it does so no more. The state stays as it is where somebody else changed it
    meanwhile, or the customer wrote. A ticket that it has begun goes with it, and it is a letter again, unless a
    colleague has done something there.
    """
    ticket = message.ticket
    if _is_all_there_is(message, by):
        return _make_letter(message, by)
    queued = Event.objects.filter(
        workspace=message.workspace_id, type="message.queued", about_id=message.pk
    ).first()
    draft = keep_draft(ticket, by, _words_of(message), seen_up_to=message.position, why="", **_form(message))
    said = {"message": message.pk, "key": str(message.sending_key) if message.sending_key else None}
    message.delete()
    recall(ticket)
    if queued:
        _undo_what_it_changed(ticket, queued, by)
    announce(draft)
    record(TOLD, ticket, by=by, number=ticket.number, **said)
    return draft


def _is_all_there_is(message: Message, by: Agent) -> bool:
    ticket = message.ticket
    if ticket.last_position > 1 or not Beginning.objects.filter(ticket=ticket).exists():
        return False
    told = Event.objects.filter(workspace=ticket.workspace_id, ticket_id=ticket.pk)
    others = told.exclude(agent_id=by.pk).exclude(agent_id=None)
    return not (others.exists() or Draft.objects.filter(ticket=ticket).exists())


def _make_letter(message: Message, by: Agent) -> Draft:
    ticket = message.ticket
    draft = Draft.objects.create(
        workspace_id=ticket.workspace_id,
        agent=by,
        text=message.text,
        html=message.html,
        subject=ticket.subject,
        channel_id=ticket.channel_id,
        needed=_needed(ticket),
        version=1,
        **_form(message),
    )
    keep_files(draft, _words_of(message))
    record(TOLD, ticket, by=by, number=ticket.number, message=message.pk)
    ticket.delete()
    announce(draft)
    draft.refresh_from_db()
    return draft


def refuse_if_taken_back(ticket: Ticket, by: Agent, key: uuid.UUID | None) -> None:
    """Let a press on "Send" that was taken back send nothing when it comes once more. Raises TakenBack."""
    told = Event.objects.filter(workspace=ticket.workspace_id, ticket_id=ticket.pk, agent_id=by.pk)
    told = told.filter(type__in=(TOLD, "answer.unscheduled"), data__key=str(key))
    if key and told.exists():
        raise TakenBack


def _words_of(message: Message) -> Words:
    files = tuple(map(Enclosure.of, message.attachments.select_related("file")))
    return Words(message.text, html=message.html, files=files)


def _form(message: Message) -> dict[str, object]:
    recipients = {name: ", ".join(getattr(message, name)) for name in ("to", "cc", "bcc")}
    form = {"is_plain": message.is_plain, "is_signed": message.is_signed}
    return {"kind": message.kind, "recipients": recipients, **form}


def _needed(ticket: Ticket) -> dict[str, object]:
    """What was answered for closing, as it was typed: it goes with the ticket."""
    answered = ticket.fields
    fields = fields_about(ticket.workspace, Field.About.TICKET) if answered else []
    typed = {each.key: in_a_form(each, answered[each.key]) for each in fields if each.key in answered}
    return {"typed": typed} if typed else {}


def _undo_what_it_changed(ticket: Ticket, queued: Event, by: Agent) -> None:
    joined = ticket.participants.filter(address__in=queued.data.get("joined", []))
    wrote = ticket.messages.filter(kind=Message.Kind.CONTACT).values("author_address")
    Participant.objects.filter(pk__in=joined.exclude(address__in=wrote)).delete()
    before = queued.data.get("before")
    if before and queued.ticket_id == ticket.pk and not _others_acted_since(queued, by):
        ticket.put_back(before)


def _others_acted_since(queued: Event, by: Agent) -> bool:
    later = Event.objects.filter(
        workspace=queued.workspace_id, ticket_id=queued.ticket_id, pk__gt=queued.pk
    ).exclude(agent_id=by.pk)
    return later.filter(Q(data__has_key="before") | Q(type="message.received")).exists()
