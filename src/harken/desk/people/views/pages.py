"""The pages of a person and of a company, and what is written down there."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from harken.agents.middleware import AgentRequest
from harken.contacts.adding import add_note, remove_note
from harken.contacts.errors import ContactsError
from harken.contacts.identifying import add_identity, prefer_identity, remove_identity, verify_identity
from harken.contacts.models import Company, Contact, Identity, Note
from harken.desk.forms import mistakes_in
from harken.desk.people.card import Card, card_of_company, card_of_person, people_of
from harken.desk.people.forms import NoteForm

LONGEST_ADDRESS = 500


@require_safe
@vary_on_headers("HX-Request")
def person(request: AgentRequest, contact_id: int) -> HttpResponse:
    """GET shows somebody outside with everything of theirs; a merged one leads on to who they are."""
    contact = contact_of(request, contact_id)
    if contact.merged_into_id:
        return redirect("desk:person", workspace=request.workspace.slug, contact_id=contact.current.pk)
    return _page(request, card_of_person(request, contact, **_asked(request)))


@require_safe
@vary_on_headers("HX-Request")
def company(request: AgentRequest, company_id: int) -> HttpResponse:
    """GET shows a company with everything of its people."""
    return _page(request, card_of_company(request, company_of(request, company_id), **_asked(request)))


@require_POST
def identities(request: AgentRequest, contact_id: int) -> HttpResponse:
    """POST lets the person be known by one more address."""
    contact = standing_contact(request, contact_id)
    typed = request.POST.get("address", "")[:LONGEST_ADDRESS]
    try:
        add_identity(contact, typed, by=request.agent)
    except ContactsError as error:
        card = card_of_person(request, contact, tab="", before="")
        return _page(request, card, status=422, address=typed, address_refusal=str(error), taken=error)
    notices.success(request, _("Added. Letters from there come to this person from now on."))
    return to_person(request, contact)


@require_POST
def identity(request: AgentRequest, identity_id: int) -> HttpResponseRedirect:
    """POST does to an address what `do` says: verify, doubt, prefer or remove."""
    rows = Identity.objects.visible_to(request.agent).select_related("contact")
    found = get_object_or_404(rows, pk=identity_id)
    contact, what = found.contact, request.POST.get("do", "")
    if what in ("verify", "doubt"):
        verify_identity(found, by=request.agent, is_verified=what == "verify")
    elif what == "prefer":
        prefer_identity(found, by=request.agent)
    elif what == "remove":
        remove_identity(found, by=request.agent)
        words = _("Removed. What was said stays here; a new letter from %(address)s will be a newcomer’s.")
        notices.success(request, words % {"address": found.address})
    return to_person(request, contact)


@require_POST
def person_notes(request: AgentRequest, contact_id: int) -> HttpResponse:
    """POST writes a note about a person."""
    contact = standing_contact(request, contact_id)
    refusal = _noted(request, contact)
    if refusal:
        card = card_of_person(request, contact, tab="", before="")
        return _page(request, card, status=422, note=request.POST.get("text", ""), note_refusal=refusal)
    return to_person(request, contact)


@require_POST
def company_notes(request: AgentRequest, company_id: int) -> HttpResponse:
    """POST writes a note about a company."""
    found = company_of(request, company_id)
    refusal = _noted(request, found)
    if refusal:
        card = card_of_company(request, found, tab="", before="")
        return _page(request, card, status=422, note=request.POST.get("text", ""), note_refusal=refusal)
    return to_company(request, found)


@require_POST
def note(request: AgentRequest, note_id: int) -> HttpResponseRedirect:
    """POST takes one's own note away."""
    mine = Note.objects.visible_to(request.agent).filter(agent=request.agent)
    found = get_object_or_404(mine.select_related("contact", "company"), pk=note_id)
    remove_note(found, by=request.agent)
    notices.success(request, _("The note is gone."))
    if found.contact:
        return to_person(request, found.contact)
    return redirect("desk:company", workspace=request.workspace.slug, company_id=found.company_id)


def contact_of(request: AgentRequest, contact_id: int) -> Contact:
    """Return the person, or 404 when they are not there for this agent: no hint which of the two."""
    return get_object_or_404(people_of(request.agent), pk=contact_id)


def standing_contact(request: AgentRequest, contact_id: int) -> Contact:
    """Return the person, or who they were found to be: what is said of them now is said of that one."""
    return contact_of(request, contact_id).current


def company_of(request: AgentRequest, company_id: int) -> Company:
    """Return the company, or 404 when it is not there for this agent."""
    return get_object_or_404(Company.objects.visible_to(request.agent), pk=company_id)


def to_person(request: AgentRequest, contact: Contact) -> HttpResponseRedirect:
    return redirect("desk:person", workspace=request.workspace.slug, contact_id=contact.pk)


def to_company(request: AgentRequest, company: Company) -> HttpResponseRedirect:
    return redirect("desk:company", workspace=request.workspace.slug, company_id=company.pk)


def _asked(request: AgentRequest) -> dict[str, str]:
    return {"tab": request.GET.get("tab", ""), "before": request.GET.get("before", "")[:80]}


def _noted(request: AgentRequest, about: Contact | Company) -> str:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return mistakes_in(form)
    try:
        add_note(about, form.cleaned_data["text"], by=request.agent)
    except ContactsError as error:
        return str(error)
    return ""


def _page(request: AgentRequest, card: Card, status: int = 200, **typed: Any) -> HttpResponse:
    context = {
        "card": card,
        "address": "",
        "address_refusal": "",
        "taken": None,
        "note": "",
        "note_refusal": "",
    }
    context |= {"is_first": "before" not in request.GET} | typed
    if "HX-Request" in request.headers and request.method == "GET":
        return render(request, "desk/people/_months.html", context)
    template = "desk/people/person.html" if card.contact else "desk/people/company.html"
    return render(request, template, context, status=status)
