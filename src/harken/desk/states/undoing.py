"""Taking back what one did last."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.composing.composer import composer_for
from harken.desk.inbox.pages import render_here
from harken.desk.states.answers import address_of
from harken.desk.thread import Thread
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.lib.numbers import DIGITS_OF_POSITION, whole_number
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
from harken.tickets.schedule import PLANNED
from harken.tickets.undo import undo


@require_POST
def undoing(request: AgentRequest, event_id: int) -> HttpResponse:
    """POST takes back what this person did, unless somebody changed it since. An open page hears of it by itself.

    To htmx it answers with a line that says so, for those who asked from such a line.
    """
    mine = Event.objects.filter(workspace_id=request.workspace.pk, agent_id=request.agent.pk)
    event = get_object_or_404(mine, pk=event_id)
    try:
        undo(event, by=request.agent)
    except TicketError as error:
        if request.headers.get("HX-Target", "").endswith("acts"):
            return render(request, "desk/inbox/_refused.html", {"words": str(error)}, status=422)
        notices.error(request, str(error))
    else:
        if "HX-Request" in request.headers:
            return render_here(request, "desk/states/_undone.html", _shown(request, event))
        if event.about_type == "tag":
            notices.success(request, _("Taken back."))
    return HttpResponseRedirect(_place_of(request, event))


def _shown(request: AgentRequest, event: Event) -> dict[str, Any]:
    """Return the line, and where words came back on the page `from` a position on, the composer that they stand in."""
    context: dict[str, Any] = {"done": Done(_("Taken back."))}
    first = whole_number(request.GET.get("from", ""), most_digits=DIGITS_OF_POSITION)
    if event.type == PLANNED and first is not None and (ticket := _ticket_of(request, event)):
        context |= {"composer": composer_for(ticket, request.agent), "is_resumed": True}
        context["thread"] = Thread([], first, ticket.last_position, earlier=0)
    return context


def _place_of(request: AgentRequest, event: Event) -> str:
    if event.about_type == "tag":
        return reverse("desk:tags", kwargs={"workspace": request.workspace.slug})
    if ticket := _ticket_of(request, event):
        return address_of(request, ticket)
    return reverse("desk:home", kwargs={"workspace": request.workspace.slug})


def _ticket_of(request: AgentRequest, event: Event) -> Ticket | None:
    return Ticket.objects.visible_to(request.agent).filter(number=event.data.get("number")).first()
