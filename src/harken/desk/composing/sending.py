"""Sending what was written: a reply or a note, with the files of its draft, exactly once."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.automations.placeholders import holes_in
from harken.desk.composing.composer import Composer
from harken.desk.composing.needed import needed_in
from harken.desk.composing.written import forms_of
from harken.desk.following import ASIDE, CLOSE, LATER
from harken.desk.forms import AnswerForm, mistakes_in
from harken.desk.lock.views import hold_answer, refuse_if_held
from harken.desk.own.needed import keep_needed, refuse_unfit
from harken.files.keep import keep
from harken.lib.written import pictures_in, with_pictures_of
from harken.tickets.draft_errors import SentAlready
from harken.tickets.drafts import discard_draft, files_of_draft
from harken.tickets.errors import NotAnswered, SomethingUnseen, TicketError
from harken.tickets.mentions import mentioned_in
from harken.tickets.models import Draft, Enclosure, Message, Ticket, Words
from harken.tickets.once import send_once
from harken.tickets.schedule import schedule
from harken.tickets.withdraw import refuse_if_taken_back
from harken.workspaces.models import Workspace


@dataclass(frozen=True)
class Refusal:
    """Why nothing was sent: the composer as it was typed, and the status to answer with."""

    composer: Composer
    status: int


@dataclass(frozen=True)
class Sent:
    """What is on its way, also when it was before: a message, or what leaves later; `None` when that has left."""

    message: Message | None = None
    planned: Draft | None = None
    is_closed: bool = False


def send_answer(request: AgentRequest, ticket: Ticket) -> Refusal | Sent:
    """Send the answer or note of a request, or keep it for its time."""
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return Refusal(Composer.refused(ticket, request.agent, request.POST, mistakes_in(form)), 422)
    if form.cleaned_data["kind"] != Message.Kind.NOTE and (holes := holes_in_answer(form.cleaned_data)):
        return Refusal(Composer.with_holes(ticket, request.agent, request.POST, holes), 422)
    try:
        return _send(request, ticket, form)
    except TicketError as error:
        # What was done before it is taken back, and the page shows the request as it is.
        ticket.refresh_from_db()
        return _refusal(request, ticket, error)


def _refusal(request: AgentRequest, ticket: Ticket, error: TicketError) -> Refusal:
    typed: QueryDict = request.POST
    match error:
        case SomethingUnseen():
            # Whoever presses "Send" is writing, also where no script could say so.
            hold_answer(request, ticket)
            return Refusal(Composer.refused(ticket, request.agent, typed, error, error.messages), 409)
        case SentAlready():
            # It is another message now, so that the next press sends it.
            another: QueryDict = typed.copy()
            another["key"] = str(Composer.empty_for(ticket, request.agent).key)
            return Refusal(Composer.refused(ticket, request.agent, another, error), 409)
        case NotAnswered():
            return Refusal(Composer.unanswered(ticket, request.agent, typed, error.names), 422)
    return Refusal(Composer.refused(ticket, request.agent, typed, error), 422)


def holes_in_answer(answer: dict[str, Any]) -> list[str]:
    """Return what is still to be filled in of an answer; nothing once its writer said to send it so."""
    if answer["as_it_stands"]:
        return []
    return holes_in(forms_of(answer["text"], "" if answer["is_plain"] else answer["html"])[0])


@transaction.atomic
def _send(request: AgentRequest, ticket: Ticket, form: AnswerForm) -> Sent:
    answer = form.cleaned_data
    kept = _draft_named(answer["draft"], ticket, request)
    words = words_typed(answer, ticket.workspace, kept)

    def send() -> Message:
        if answer["kind"] == Message.Kind.NOTE:
            return ticket.note(words, by=request.agent, mentions=mentioned_in(words.text, by=request.agent))
        how = {name: answer[name] for name in ("seen_up_to", "to", "cc", "bcc")}
        how["undo_seconds"] = request.workspace.undo_seconds
        if answer["kind"] == Message.Kind.FORWARD:
            return ticket.forward(words, by=request.agent, **how)
        refuse_if_held(ticket, request.agent)
        message = ticket.reply(words, by=request.agent, **how)
        if message.kind == Message.Kind.REPLY:
            follow(ticket, answer, request.POST, by=request.agent)
        return message

    refuse_if_taken_back(ticket, request.agent, answer["key"])
    if answer["then"] == LATER and answer["kind"] != Message.Kind.NOTE:
        sent = Sent(planned=_send_later(request, ticket, answer, words))
    else:
        message = send_once(request.agent, answer["key"], words, send)
        if answer["is_plain"] or answer["is_unsigned"]:
            message.is_plain, message.is_signed = answer["is_plain"], not answer["is_unsigned"]
            message.save(update_fields=["is_plain", "is_signed"])
        sent = Sent(message, is_closed=message.kind == Message.Kind.REPLY and answer["then"] == CLOSE)
    if kept:
        discard_draft(kept)
    return sent


def _send_later(request: AgentRequest, ticket: Ticket, answer: dict[str, Any], words: Words) -> Draft | None:
    if answer["kind"] == Message.Kind.REPLY:
        refuse_if_held(ticket, request.agent)
        refuse_unfit(ticket.fields, request.POST, by=request.agent)
    return schedule(
        ticket,
        words,
        by=request.agent,
        kind=answer["kind"],
        is_plain=answer["is_plain"],
        is_signed=not answer["is_unsigned"],
        needed=needed_in(dict(request.POST.lists())),
        **{name: answer[name] for name in ("at", "seen_up_to", "to", "cc", "bcc", "key")},
    )


def follow(ticket: Ticket, answer: dict[str, Any], typed: QueryDict, *, by: Agent) -> None:
    """Close the request of an answer, or set it aside, as its form says; keep what was filled in for closing.

    Raises NotAnswered and what else stands against that: nothing was sent then.
    """
    if answer["then"] == ASIDE:
        ticket.set_aside(by=by, until=answer["at"])
    keep_needed(ticket, typed, by=by, is_closing=answer["then"] == CLOSE)
    if answer["then"] == CLOSE:
        ticket.close(by=by)


def words_typed(answer: dict[str, Any], workspace: Workspace, kept: Draft | None) -> Words:
    """Keep the attached files and return everything as the words of a message, files of the draft included."""
    text, html = forms_of(answer["text"], "" if answer["is_plain"] else answer["html"])
    enclosures = [*files_of_draft(kept)] if kept else []
    shown = pictures_in(html)
    html = with_pictures_of(html, {each.content_id for each in enclosures})
    return Words(
        text, html=html, files=(*_attached(answer, workspace), *_travelling(enclosures, shown, bool(html)))
    )


def _attached(answer: dict[str, Any], workspace: Workspace) -> list[Enclosure]:
    return [
        Enclosure(keep(workspace, file.name or "", file.content_type or "", file.read()))
        for file in answer["attachments"]
    ]


def _travelling(enclosures: list[Enclosure], shown: set[str], has_form: bool) -> list[Enclosure]:
    """Leave out pictures that were taken out of the text again; a plain letter has them beside it."""
    if not has_form:
        return [Enclosure(each.file, declared_name=each.declared_name) for each in enclosures]
    return [each for each in enclosures if not each.is_inline or each.content_id in shown]


def _draft_named(pk: int | None, ticket: Ticket, request: AgentRequest) -> Draft | None:
    """Return the draft that a composer was filled with, if it is there still."""
    drafts = Draft.objects.visible_to(request.agent).being_written().select_related("ticket", "agent")
    return drafts.filter(ticket=ticket, pk=pk).first() if pk else None
