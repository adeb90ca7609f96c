"""Writing to somebody first: a new request that begins with our words."""

import secrets
from typing import Any

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.channels.models import Channel
from harken.contacts.models import Company, Contact
from harken.contacts.recognise import recognise
from harken.desk.forms import mistakes_in
from harken.desk.people.card import people_of
from harken.desk.people.forms import WriteForm
from harken.desk.reach import warnings_for
from harken.files.keep import keep
from harken.tickets.errors import TicketError
from harken.tickets.models import Enclosure, Ticket, Words
from harken.tickets.start import start

MOST_WRITTEN_TO = 20


@require_http_methods(["GET", "POST"])
def new_request(request: AgentRequest) -> HttpResponse:
    """GET shows an empty letter, `to` a contact or all of a `company`; POST sends it and opens the request."""
    if request.method == "GET":
        return _page(request, {"to": _asked(request), "key": secrets.token_urlsafe(16)})
    form = WriteForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, request.POST.dict(), mistakes_in(form))
    try:
        ticket = _begin(request, form)
    except TicketError as error:
        return _page(request, request.POST.dict(), str(error))
    notices.success(
        request, _("Sent as %(number)s. Their answer comes here.") % {"number": ticket.short_number}
    )
    return redirect("desk:ticket", workspace=request.workspace.slug, number=ticket.number)


@transaction.atomic
def _begin(request: AgentRequest, form: WriteForm) -> Ticket:
    letter = form.cleaned_data
    files = (
        keep(request.workspace, file.name or "", file.content_type or "", file.read())
        for file in letter["attachments"]
    )
    words = Words(letter["text"], files=tuple(Enclosure(file) for file in files))
    first, *others = letter["to"]
    channels = _mailboxes(request).filter(pk=letter["sender"] or 0)
    return start(
        recognise(request.workspace, first),
        letter["subject"],
        words,
        by=request.agent,
        also_to=others,
        cc=letter["cc"],
        channel_id=channels.values_list("pk", flat=True).first(),
        key=letter["key"],
    )


def _asked(request: AgentRequest) -> str:
    """The addresses that the link asked for: of one person, or of a company's people."""
    people = people_of(request.agent).present()
    contact_id, company_id = (_number(request.GET.get(name, "")) for name in ("to", "company"))
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


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0


def _mailboxes(request: AgentRequest) -> Any:
    active = Channel.objects.visible_to(request.agent).active()
    return active.filter(kind=Channel.Kind.EMAIL).order_by("pk")


def _page(request: AgentRequest, typed: dict[str, Any], refusal: str = "") -> HttpResponse:
    fields = {name: typed.get(name, "") for name in ("to", "cc", "subject", "text", "sender", "key")}
    known = [each.strip().rpartition("<")[2].rstrip(">") for each in str(fields["to"]).split(",")]
    context = {
        "typed": fields,
        "refusal": refusal,
        "mailboxes": list(_mailboxes(request)),
        "warnings": warnings_for(request.workspace.pk, known),
    }
    return render(request, "desk/people/write.html", context, status=422 if refusal else 200)
