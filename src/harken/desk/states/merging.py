"""The page on which a request is merged with another one, and the way to take it out again."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.states.answers import address_of, back_to, load, refuse, ticket_of
from harken.desk.states.choosing import near, number_in, ticket_meant
from harken.tickets.errors import OthersWouldSee, TicketError
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import Ticket

# The one that is open takes the other in, instead of going into it.
TAKES_IN = "takes-in"


@require_http_methods(["GET", "POST"])
def merging(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows with which request this one may be merged; POST merges, once it is said who gets copies."""
    ticket = ticket_of(request, number)
    if request.method == "GET":
        return _page(request, ticket)
    try:
        other = ticket_meant(number_in(request.POST), request.agent)
        source, target = (other, ticket) if request.POST.get("way") == TAKES_IN else (ticket, other)
        merge(source, into=target, by=request.agent, copies=_copies(request))
    except OthersWouldSee as error:
        return _page(request, ticket, error, asked=error.addresses)
    except TicketError as error:
        return _page(request, ticket, error)
    words = _("%(source)s was merged into this request. Both numbers lead here.")
    notices.success(request, words % {"source": source.short_number})
    return back_to(request, target)


@require_POST
def unmerging(request: AgentRequest, number: int) -> HttpResponse:
    """POST takes a merged request out again."""
    ticket = ticket_of(request, number)
    try:
        unmerge(ticket, by=request.agent)
    except TicketError as error:
        return refuse(request, ticket, error)
    notices.success(request, _("It is a request of its own again. What came since stays where it was."))
    ticket.refresh_from_db()
    return load(request, ticket)


def _copies(request: AgentRequest) -> bool | None:
    return {"yes": True, "no": False}.get(request.POST.get("copies", ""))


def _page(
    request: AgentRequest,
    ticket: Ticket,
    error: TicketError | None = None,
    *,
    asked: Any = (),
) -> HttpResponse:
    context = {
        "ticket": ticket,
        "choices": near(ticket, request.agent),
        "typed": request.POST,
        "refusal": "" if asked or error is None else str(error),
        "asked": asked,
        "back": address_of(request, ticket),
    }
    return render(request, "desk/states/merging.html", context, status=422 if error else 200)
