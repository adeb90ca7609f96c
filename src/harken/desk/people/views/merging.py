"""Making two people one, and taking that back."""

from django.contrib import messages as notices
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.contacts.errors import ContactsError
from harken.contacts.merging import merge, take_back
from harken.contacts.models import Contact, Merge
from harken.desk.people import lists
from harken.desk.people.lists import Wanted
from harken.desk.people.views.pages import standing_contact, to_person
from harken.lib.numbers import whole_numbers
from harken.lib.text import clean
from harken.tickets.models import Ticket

MOST_OFFERED = 12


@require_http_methods(["GET", "POST"])
def merging(request: AgentRequest, contact_id: int) -> HttpResponse:
    """GET offers people who may be the same one; POST makes `other` this one."""
    contact = standing_contact(request, contact_id)
    if request.method == "GET":
        return _page(request, contact)
    other = _other(request, contact)
    if other is None:
        return _page(request, contact, _("Choose who is the same person. Nothing was changed."))
    try:
        merge(other, into=contact, by=request.agent)
    except ContactsError as error:
        return _page(request, contact, str(error))
    words = _("%(other)s and %(name)s are one person now. It can be taken back here.")
    notices.success(request, words % {"other": other.display_name, "name": contact.display_name})
    return to_person(request, contact)


@require_POST
def merge_undone(request: AgentRequest, merge_id: int) -> HttpResponseRedirect:
    """POST takes a merge back: what was moved goes back to whom it was of."""
    rows = Merge.objects.visible_to(request.agent).select_related("into", "contact")
    found = get_object_or_404(rows, pk=merge_id)
    try:
        back = take_back(found, by=request.agent)
    except ContactsError as error:
        notices.error(request, str(error))
        return to_person(request, found.into.current)
    words = _("%(name)s is a person of their own again, with all that was theirs.")
    notices.success(request, words % {"name": back.display_name})
    return to_person(request, back)


def _other(request: AgentRequest, contact: Contact) -> Contact | None:
    others = Contact.objects.visible_to(request.agent).exclude(pk=contact.pk)
    return others.filter(pk__in=whole_numbers([request.POST.get("other", "")])).first()


def _page(request: AgentRequest, contact: Contact, refusal: str = "") -> HttpResponse:
    asked = clean(request.GET.get("q", "")).strip()[:200]
    others = _offered(request, contact, asked)
    asked_for = Ticket.objects.visible_to(request.agent).filter(requester__in=others).order_by()
    counts = dict.fromkeys((each.pk for each in others), 0)
    counts |= dict(asked_for.values_list("requester").annotate(Count("pk")))
    context = {"contact": contact, "others": others, "counts": counts, "q": asked, "refusal": refusal}
    return render(request, "desk/people/merge.html", context, status=422 if refusal else 200)


def _offered(request: AgentRequest, contact: Contact, asked: str) -> list[Contact]:
    """Who was asked for; else who has the same name, then who is at the same company."""
    if asked:
        found = lists.people_wanted(request.agent, Wanted(q=asked)).exclude(pk=contact.pk)
        return list(found.order_by("sort_key", "pk")[:MOST_OFFERED])
    people = lists.people_wanted(request.agent, Wanted()).exclude(pk=contact.pk)
    same_name = people.filter(sort_key=contact.sort_key) if contact.sort_key else people.none()
    same_company = people.filter(company=contact.company_id) if contact.company_id else people.none()
    named = list(same_name.order_by("pk")[:MOST_OFFERED])
    beside = same_company.exclude(pk__in=[each.pk for each in named]).order_by("sort_key", "pk")
    return [*named, *beside[: MOST_OFFERED - len(named)]]
