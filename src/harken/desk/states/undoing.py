"""Taking back what one did last."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.states.answers import address_of
from harken.events.models import Event
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
from harken.tickets.undo import undo


@require_POST
def undoing(request: AgentRequest, event_id: int) -> HttpResponse:
    """POST takes back what this person did, unless somebody changed it since. An open page hears of it by itself."""
    mine = Event.objects.filter(workspace_id=request.workspace.pk, agent_id=request.agent.pk)
    event = get_object_or_404(mine, pk=event_id)
    try:
        undo(event, by=request.agent)
    except TicketError as error:
        notices.error(request, str(error))
    else:
        if "HX-Request" in request.headers:
            return HttpResponse(status=204)
    return HttpResponseRedirect(_place_of(request, event))


def _place_of(request: AgentRequest, event: Event) -> str:
    ticket = Ticket.objects.visible_to(request.agent).filter(number=event.data.get("number")).first()
    if ticket:
        return address_of(request, ticket)
    return reverse("desk:home", kwargs={"workspace": request.workspace.slug})
