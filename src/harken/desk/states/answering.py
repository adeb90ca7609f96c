"""Answering a workspace's fields on a request, and saying what part of the product it is about."""

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.desk.own.forms import answers_given
from harken.desk.own.shown import AREA, Own
from harken.desk.states.answers import address_of, back_to, ticket_of
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.fields.apps import CUSTOMISING
from harken.fields.errors import FieldsError
from harken.tickets.errors import TicketError
from harken.tickets.models import Area, Ticket
from harken.tickets.own_names import answer_fields, put_in_area
from harken.workspaces.capabilities import needs


@needs(CUSTOMISING)
@require_http_methods(["GET", "POST"])
def own(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows what is asked of a request besides the rest; POST keeps the answers, all or none."""
    ticket = ticket_of(request, number)
    if request.method == "GET":
        return _shown(request, ticket, Own.of(ticket, request.agent))
    asked = Own.of(ticket, request.agent, request.POST)
    if not asked.form.is_valid():
        return _shown(request, ticket, asked, status=409 if asked.form.missed else 422)
    try:
        event = _keep(request, ticket, asked)
    except (TicketError, FieldsError) as error:
        asked.form.add_error(None, str(error))
        return _shown(request, ticket, asked, status=422)
    if "HX-Request" in request.headers:
        return _shown(request, ticket, Own.of(ticket, request.agent), event)
    notices.success(request, _("Saved."))
    return back_to(request, ticket)


@transaction.atomic
def _keep(request: AgentRequest, ticket: Ticket, asked: Own) -> Event | None:
    """Return what tells of the last change."""
    answered = answer_fields(ticket, answers_given(asked.form), by=request.agent)
    chosen = asked.form.cleaned_data[AREA]
    area = Area.objects.visible_to(request.agent).filter(pk=chosen).first() if chosen else None
    return put_in_area(ticket, area, by=request.agent) or answered


def _shown(
    request: AgentRequest, ticket: Ticket, asked: Own, event: Event | None = None, status: int = 200
) -> HttpResponse:
    is_part = "HX-Request" in request.headers
    done = Done.told(event, request.agent)
    known = {"own": asked, "done": done, "refusal": ""}
    context = {"ticket": ticket, "back": address_of(request, ticket)} | known
    template = "desk/own/_part_done.html" if is_part else "desk/own/page.html"
    return render(request, template, context, status=status)
