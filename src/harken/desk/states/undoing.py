"""Taking back what one did last."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.states.answers import address_of
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
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
            return render(request, "desk/inbox/_done.html", {"done": Done(_("Taken back."))})
        if event.about_type == "tag":
            notices.success(request, _("Taken back."))
    return HttpResponseRedirect(_place_of(request, event))


def _place_of(request: AgentRequest, event: Event) -> str:
    if event.about_type == "tag":
        return reverse("desk:tags", kwargs={"workspace": request.workspace.slug})
    ticket = Ticket.objects.visible_to(request.agent).filter(number=event.data.get("number")).first()
    if ticket:
        return address_of(request, ticket)
    return reverse("desk:home", kwargs={"workspace": request.workspace.slug})
