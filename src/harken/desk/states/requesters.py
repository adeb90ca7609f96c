"""The page on which a request gets another requester."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.contacts.recognise import recognise
from harken.desk.forms import mistakes_in
from harken.desk.states.answers import address_of, back_to, ticket_of
from harken.lib.addresses import normalise, parse
from harken.lib.text import clean
from harken.tickets.errors import TicketError
from harken.tickets.models import Participant, Ticket
from harken.tickets.requester import change_requester
from harken.ui.forms import Form

OTHER = "other"


class RequesterForm(Form):
    """Who it is: `who` is an address that was offered, or `other` with one typed beside it."""

    who = forms.CharField(max_length=500, required=False)
    email = forms.CharField(max_length=500, required=False)
    name = forms.CharField(max_length=300, required=False)
    keeps_copies = forms.BooleanField(required=False)

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Find the address that was meant."""
        given = super().clean() or {}
        who, typed = given.get("who", ""), given.get("email", "")
        given["address"] = _address(typed if who in ("", OTHER) or typed else who)
        return given


@require_http_methods(["GET", "POST"])
def requester(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows whose request it is and whose it may be; POST gives it to them."""
    ticket = ticket_of(request, number)
    if request.method == "GET":
        return _page(request, ticket)
    form = RequesterForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, mistakes_in(form))
    try:
        _change(request, ticket, form.cleaned_data)
    except TicketError as error:
        return _page(request, ticket, str(error))
    return back_to(request, ticket)


@transaction.atomic
def _change(request: AgentRequest, ticket: Ticket, asked: dict[str, Any]) -> None:
    new = recognise(request.workspace, asked["address"], asked["name"])
    change_requester(ticket, new, by=request.agent, keeps_copies=asked["keeps_copies"])


def _address(text: str) -> str:
    entries = parse(text)
    email = normalise(entries[0].email) if len(entries) == 1 else ""
    try:
        validate_email(email)
    except ValidationError:
        sentence = _("“%(text)s” is not a mail address. Nothing was changed; look at it once more.")
        raise ValidationError(sentence, params={"text": text}) from None
    return email


def _page(request: AgentRequest, ticket: Ticket, refusal: str = "") -> HttpResponse:
    others = Participant.objects.filter(ticket=ticket).exclude(contact=ticket.requester_id)
    typed: QueryDict = request.POST
    context = {
        "ticket": ticket,
        "requester": ticket.requester,
        "offered": list(others.select_related("contact").order_by("id")[:20]),
        "typed": typed,
        "refusal": refusal,
        "back": address_of(request, ticket),
    }
    return render(request, "desk/states/requester.html", context, status=422 if refusal else 200)
