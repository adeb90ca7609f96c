"""A thread on paper: all that was said, from its beginning to its end, without what is there to be pressed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.conversation import Head
from harken.desk.thread import whole_thread
from harken.tickets.models import Ticket

# More than anybody reads on paper, and what a browser still lays out.
MOST_MESSAGES = 1000


@require_safe
def paper(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows a ticket for printing; `notes` adds what only colleagues see."""
    tickets = Ticket.objects.visible_to(request.agent).select_related("requester__company")
    ticket = get_object_or_404(tickets, number=number)
    with_notes = "notes" in request.GET
    context = {
        "head": Head.of(ticket, request.agent),
        "requester": ticket.requester,
        "thread": whole_thread(ticket, request.agent, most=MOST_MESSAGES, with_notes=with_notes),
        "with_notes": with_notes,
    }
    return render(request, "desk/paper/paper.html", context)
