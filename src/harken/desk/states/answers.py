"""What the page is told after something was done to a request, or refused."""

from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from harken.agents.middleware import AgentRequest
from harken.desk.conversation import Head
from harken.desk.inbox.pages import query_of
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.tickets.errors import NotAnswered, TicketError
from harken.tickets.models import Ticket


def ticket_of(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket, or 404 when it is not there for this agent: no hint which of the two."""
    return get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)


def show(request: AgentRequest, ticket: Ticket, event: Event | None) -> HttpResponse:
    """Return the head as it is now, and a line that takes the event back; without htmx, the way back to the page."""
    if "HX-Request" not in request.headers:
        return back_to(request, ticket)
    done = Done.told(event, request.agent)
    context = {"head": Head.of(ticket, request.agent), "query": query_of(request), "done": done}
    return render(request, "desk/inbox/_head_done.html", context)


def refuse(request: AgentRequest, ticket: Ticket, error: TicketError) -> HttpResponse:
    """Say why nothing was done, at the top of the page as it is now."""
    if isinstance(error, NotAnswered):
        return fill_in(request, ticket)
    notices.error(request, str(error))
    return load(request, ticket)


def fill_in(request: AgentRequest, ticket: Ticket, **how: str) -> HttpResponse:
    """Lead to what is to be answered before closing; what was asked for is done there afterwards.

    `how` goes along besides what the request says: `state` or `own`, and `back` to the room.
    """
    asked = {name: request.POST[name] for name in ("state", "own") if name in request.POST} | how
    address = reverse("desk:closing", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return _go(request, f"{address}?{urlencode(asked)}&{query_of(request)}")


def load(request: AgentRequest, ticket: Ticket, part: str = "") -> HttpResponse:
    """Let the whole page be loaded anew, at a part of it where one is named."""
    return _go(request, address_of(request, ticket) + part)


def back_to(request: AgentRequest, ticket: Ticket) -> HttpResponseRedirect:
    return HttpResponseRedirect(address_of(request, ticket))


def address_of(request: AgentRequest, ticket: Ticket) -> str:
    """Return the ticket's page beside the list that the reader came from."""
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return f"{address}?{query_of(request)}"


def _go(request: AgentRequest, address: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
