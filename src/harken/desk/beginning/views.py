"""Writing to somebody first: a new request that begins with our words."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from harken.agents.middleware import AgentRequest
from harken.contacts.models import Company, Contact
from harken.contacts.recognise import recognise
from harken.desk.beginning.forms import LetterForm
from harken.desk.beginning.letter import letter_composer, mailboxes_of, others_begun, refused_letter
from harken.desk.composing.composer import Composer
from harken.desk.composing.drafts import answer_draft
from harken.desk.composing.files import attach_file, take_file_off
from harken.desk.composing.sending import holes_in_answer, words_typed
from harken.desk.forms import mistakes_in
from harken.desk.people.card import people_of
from harken.lib.numbers import whole_number
from harken.tickets.draft_errors import SentAlready, TakenBack
from harken.tickets.drafts import discard_draft, draft_of
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
from harken.tickets.start import start

MOST_WRITTEN_TO = 20


@require_http_methods(["GET", "POST"])
def new_request(request: AgentRequest) -> HttpResponse:
    """GET shows a `letter` begun before, or an empty one `to` a contact or all of a `company`; POST sends it."""
    if request.method == "POST":
        return _sent(request)
    key = _key(request.GET.get("letter", ""))
    return _page(request, letter_composer(request.agent, key, _asked(request)))


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
        ticket = _begin(request, form.cleaned_data)
    except (SentAlready, TakenBack) as error:
        # It is another letter now, so that the next press sends it.
        return _refuse(request, refused_letter(request.agent, uuid.uuid4(), request.POST, error), 409)
    except TicketError as error:
        return _refuse(request, refused_letter(request.agent, key, request.POST, error))
    notices.success(
        request, _("Sent as %(number)s. Their answer comes here.") % {"number": ticket.short_number}
    )
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else redirect(address)


@transaction.atomic
def _begin(request: AgentRequest, letter: dict[str, Any]) -> Ticket:
    kept = draft_of(letter["key"], request.agent)
    words = words_typed(letter, request.workspace, kept)
    first, *others = letter["to"]
    senders = [each.pk for each in mailboxes_of(request.agent)]
    ticket = start(
        recognise(request.workspace, first),
        letter["subject"],
        words,
        by=request.agent,
        also_to=others,
        cc=letter["cc"],
        bcc=letter["bcc"],
        channel_id=letter["sender"] if letter["sender"] in senders else next(iter(senders[:1]), None),
        key=str(letter["key"]),
        undo_seconds=request.workspace.undo_seconds,
    )
    if letter["is_plain"] or letter["is_unsigned"]:
        how = {"is_plain": letter["is_plain"], "is_signed": not letter["is_unsigned"]}
        ticket.messages.filter(author_agent=request.agent, position=1).update(**how)
    if kept:
        discard_draft(kept)
    return ticket


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


def _page(request: AgentRequest, composer: Composer, status: int = 200) -> HttpResponse:
    context = {"composer": composer, "others": others_begun(request.agent, uuid.UUID(composer.key))}
    return render(request, "desk/beginning/page.html", context, status=status)
