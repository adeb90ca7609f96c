"""Writing to somebody first: a new request that begins with our words."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.leaving.outgoing import mailboxes_of
from harken.contacts.models import Company, Contact
from harken.desk.beginning.forms import LetterForm
from harken.desk.beginning.letter import (
    letter_composer,
    others_begun,
    refused_letter,
    unanswered_letter,
)
from harken.desk.composing.composer import Composer
from harken.desk.composing.drafts import answer_draft
from harken.desk.composing.files import attach_file, take_file_off
from harken.desk.composing.needed import id_about, needed_in
from harken.desk.composing.sending import follow, holes_in_answer, words_typed
from harken.desk.following import LATER
from harken.desk.forms import mistakes_in
from harken.desk.leaving import scheduled_letters
from harken.desk.own.needed import refuse_unfit
from harken.desk.people.card import people_of
from harken.lib.numbers import whole_number
from harken.tickets.draft_errors import ScheduledAlready, SentAlready, TakenBack
from harken.tickets.drafts import as_another_letter, discard_draft, draft_of
from harken.tickets.errors import NotAnswered, TicketError
from harken.tickets.models import Draft, Ticket, Words
from harken.tickets.schedule import schedule_letter, waiting_by
from harken.tickets.start import Letter, begin, begun_by

MOST_WRITTEN_TO = 20


@require_http_methods(["GET", "POST"])
def new_request(request: AgentRequest) -> HttpResponse:
    """GET shows a `letter` begun before, or an empty one `to` a contact or all of a `company`; POST sends it."""
    if request.method == "POST":
        return _sent(request)
    key = _key(request.GET.get("letter", ""))
    return _page(request, letter_composer(request.agent, key, _asked(request)))


@require_safe
def letters(request: AgentRequest) -> HttpResponse:
    """GET returns the letters beside the `letter` that is open, as they are now; `scheduled` was just scheduled."""
    return render(request, "desk/beginning/_news.html", _beside(request, _key(request.GET.get("letter", ""))))


@require_http_methods(["GET", "PUT", "POST"])
def letter_draft(request: AgentRequest, key: uuid.UUID) -> HttpResponse:
    """GET returns one's own letter, PUT saves it while it is typed (both as JSON); POST lets it go."""
    if request.method != "POST":
        return answer_draft(request, key)
    if kept := draft_of(key, request.agent):
        discard_draft(kept)
    return redirect("desk:new_request", workspace=request.workspace.slug)


@require_POST
def letter_files(request: AgentRequest, key: uuid.UUID) -> HttpResponse:
    """POST attaches one file to a letter, `inline` as a picture of its text; returns it as JSON."""
    return attach_file(request, key)


@require_http_methods(["DELETE"])
def letter_file(request: AgentRequest, key: uuid.UUID, file_id: int) -> HttpResponse:
    """DELETE takes a file off a letter; what is off already is no mistake."""
    return take_file_off(request, draft_of(key, request.agent), file_id)


def _sent(request: AgentRequest) -> HttpResponse:
    form, key = LetterForm(request.POST, request.FILES), _key(request.POST.get("key", ""))
    if not form.is_valid():
        return _refuse(request, refused_letter(request.agent, key, request.POST, mistakes_in(form)))
    if holes := holes_in_answer(form.cleaned_data):
        return _refuse(request, refused_letter(request.agent, key, request.POST, "", holes))
    try:
        left = _leave(request, form.cleaned_data)
    except (SentAlready, ScheduledAlready, TakenBack) as error:
        return _refuse_as_another(request, key, error)
    except NotAnswered as error:
        return _refuse(request, unanswered_letter(request.agent, key, request.POST, error.names))
    except TicketError as error:
        return _refuse(request, refused_letter(request.agent, key, request.POST, error))
    return _to_scheduled(request, left) if isinstance(left, Draft) else _to_ticket(request, left)


@transaction.atomic
def _leave(request: AgentRequest, given: dict[str, Any]) -> Ticket | Draft:
    """Begin a request with a letter, or keep it for its time; the same once more where it was pressed twice."""
    kept = draft_of(given["key"], request.agent)
    letter = _letter(request, given, words_typed(given, request.workspace, kept))
    begun = begun_by(str(given["key"]), letter.words, request.workspace.pk)
    left = begun or waiting_by(given["key"], letter.words, request.agent)
    if left is None:
        left = _plan(request, letter, given) if given["then"] == LATER else _begin(request, letter, given)
    if kept:
        discard_draft(kept)
    return left


def _letter(request: AgentRequest, given: dict[str, Any], words: Words) -> Letter:
    senders = [each.pk for each in mailboxes_of(request.agent)]
    return Letter(
        words,
        to=given["to"],
        cc=given["cc"],
        bcc=given["bcc"],
        subject=given["subject"],
        channel_id=given["sender"] if given["sender"] in senders else next(iter(senders), None),
    )


def _plan(request: AgentRequest, letter: Letter, given: dict[str, Any]) -> Draft:
    refuse_unfit({}, request.POST, by=request.agent)
    how = {"needed": needed_in(dict(request.POST.lists())), **_form_of(given)}
    return schedule_letter(letter, by=request.agent, at=given["at"], key=given["key"], **how)


def _begin(request: AgentRequest, letter: Letter, given: dict[str, Any]) -> Ticket:
    undo_seconds = request.workspace.undo_seconds
    ticket = begin(letter, by=request.agent, key=str(given["key"]), undo_seconds=undo_seconds)
    if given["is_plain"] or given["is_unsigned"]:
        ticket.messages.filter(author_agent=request.agent, position=1).update(**_form_of(given))
    follow(ticket, given, request.POST, by=request.agent)
    return ticket


def _form_of(given: dict[str, Any]) -> dict[str, bool]:
    return {"is_plain": given["is_plain"], "is_signed": not given["is_unsigned"]}


def _to_ticket(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    notices.success(
        request, _("Sent as %(number)s. Their answer comes here.") % {"number": ticket.short_number}
    )
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return _go(request, address)


def _to_scheduled(request: AgentRequest, letter: Draft) -> HttpResponse:
    address = reverse("desk:new_request", kwargs={"workspace": request.workspace.slug})
    return _go(request, f"{address}?scheduled={letter.pk}")


def _go(request: AgentRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else redirect(address)


def _asked(request: AgentRequest) -> str:
    """The addresses that the link asked for: of one person, or of a company's people."""
    people = people_of(request.agent).present()
    contact_id, company_id = (whole_number(request.GET.get(name, "")) for name in ("to", "company"))
    if contact_id:
        found = list(people.filter(pk=contact_id))
    elif company_id:
        working = people.filter(company__in=Company.objects.visible_to(request.agent).filter(pk=company_id))
        found = list(working.order_by("sort_key", "pk")[:MOST_WRITTEN_TO])
    else:
        found = []
    return ", ".join(_address(each) for each in found if each.email)


def _address(contact: Contact) -> str:
    name = contact.name.replace('"', "").replace("\\", "")
    return f'"{name}" <{contact.email}>' if name else contact.email


def _key(text: str) -> uuid.UUID:
    """The key of a letter; a new one where none was named."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _refuse(request: AgentRequest, composer: Composer, status: int = 422) -> HttpResponse:
    if "HX-Request" in request.headers:
        context = {"composer": composer, "is_alone": True}
        return render(request, "desk/composing/_refused.html", context, status=status)
    return _page(request, composer, status)


def _refuse_as_another(request: AgentRequest, key: uuid.UUID, error: TicketError) -> HttpResponse:
    """Say that the letter of this key has left; what was typed is another one now, so that the next press sends it."""
    fresh = as_another_letter(key, request.agent)
    composer = refused_letter(request.agent, fresh, request.POST, error)
    if "HX-Request" not in request.headers:
        return _page(request, composer, 409)
    response = render(request, "desk/beginning/_composer.html", {"composer": composer}, status=409)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{id_about(str(key))}", "outerHTML"
    response["HX-Replace-Url"] = f"{request.path}?letter={fresh}"
    return response


def _page(request: AgentRequest, composer: Composer, status: int = 200) -> HttpResponse:
    context = {"composer": composer, "live_cursor": realtime.cursor()}
    context |= _beside(request, uuid.UUID(composer.key))
    return render(request, "desk/beginning/page.html", context, status=status)


def _beside(request: AgentRequest, key: uuid.UUID) -> dict[str, Any]:
    """Return what else is written to people first: what leaves by itself, and what was begun besides this letter."""
    leaving, asked = scheduled_letters(request.agent), whole_number(request.GET.get("scheduled", ""))
    planned = next((each for each in leaving if each.is_mine and each.id == asked), None)
    return {"leaving": leaving, "planned": planned, "others": others_begun(request.agent, key)}
