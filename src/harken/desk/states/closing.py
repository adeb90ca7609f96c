"""Closing a request that is to be filled in first: what is missing is asked for, then it is closed as was asked."""

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.desk.own.forms import answers_given
from harken.desk.own.needed import needed_form
from harken.desk.states.answers import back_to, ticket_of
from harken.desk.states.standing import put
from harken.fields.apps import CUSTOMISING
from harken.fields.errors import FieldsError
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
from harken.tickets.own_names import answer_fields
from harken.ui.collisions import SharedForm
from harken.workspaces.capabilities import needs

ROOM = "room"


@needs(CUSTOMISING)
@require_http_methods(["GET", "POST"])
def closing(request: AgentRequest, number: int) -> HttpResponse:
    """GET asks for what closing needs; POST keeps it and closes the request as `state` or `own` says, both or none."""
    ticket = ticket_of(request, number)
    form = needed_form(request.workspace, ticket.fields, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, ticket, form, status=422 if form.is_bound else 200)
    try:
        _close(request, ticket, form)
    except (TicketError, FieldsError) as error:
        form.add_error(None, str(error))
        return _page(request, ticket, form, status=422)
    notices.success(request, _("Closed."))
    return _way_back(request, ticket)


@transaction.atomic
def _close(request: AgentRequest, ticket: Ticket, form: SharedForm) -> None:
    answer_fields(ticket, answers_given(form), by=request.agent)
    put(ticket, request.POST, by=request.agent)


def _page(request: AgentRequest, ticket: Ticket, form: SharedForm, status: int) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "ticket": ticket,
        "form": form,
        "kept": {name: given[name] for name in ("state", "own", "back") if name in given},
        "refusal": "",
        "back": _way_back(request, ticket).url,
    }
    return render(request, "desk/states/closing.html", context, status=status)


def _way_back(request: AgentRequest, ticket: Ticket) -> HttpResponseRedirect:
    if ROOM not in (request.GET.get("back"), request.POST.get("back")):
        return back_to(request, ticket)
    room = reverse("desk:room", kwargs={"workspace": request.workspace.slug})
    return HttpResponseRedirect(f"{room}#ask-{ticket.number}")
