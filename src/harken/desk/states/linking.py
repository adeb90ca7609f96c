"""The page on which requests are linked with others, and links are taken away."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.desk.states.answers import address_of, ticket_of
from harken.desk.states.choosing import near, number_in, ticket_meant
from harken.tickets.errors import TicketError
from harken.tickets.link import link, unlink
from harken.tickets.models import Ticket
from harken.tickets.related import linked_with


@require_http_methods(["GET", "POST"])
def linking(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows what the request is linked with; POST links it with `number`, or takes the link with `unlink` away."""
    ticket = ticket_of(request, number)
    if request.method == "GET":
        return _page(request, ticket)
    try:
        if gone := request.POST.get("unlink", ""):
            unlink(ticket, ticket_meant(gone, request.agent), by=request.agent)
        else:
            link(ticket, ticket_meant(number_in(request.POST), request.agent), by=request.agent)
    except TicketError as error:
        return _page(request, ticket, str(error))
    here = reverse("desk:linking", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return HttpResponseRedirect(f"{here}?{request.GET.urlencode()}")


def _page(request: AgentRequest, ticket: Ticket, refusal: str = "") -> HttpResponse:
    linked = list(linked_with(ticket, request.agent))
    known = {each.number for each in linked}
    context = {
        "ticket": ticket,
        "linked": linked,
        "choices": [each for each in near(ticket, request.agent) if each.number not in known],
        "typed": request.POST,
        "refusal": refusal,
        "back": address_of(request, ticket),
    }
    return render(request, "desk/states/linking.html", context, status=422 if refusal else 200)
