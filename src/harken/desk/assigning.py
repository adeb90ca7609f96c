"""Whose work a request is: taking it, handing it over, giving it back to everybody."""

from dataclasses import dataclass

from django.contrib import messages as notices
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.conversation import Head
from harken.desk.inbox.acting import ME, NOBODY, colleague_of
from harken.desk.inbox.pages import query_of, render_here
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.lib.text import clean
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket, Words
from harken.workspaces.capabilities import needs


@dataclass(frozen=True)
class Choice:
    """A colleague who may be given a request; `value` is what the form says for them."""

    value: str
    name: str
    initials: str
    is_current: bool


@needs("inbox")
@require_safe
def colleagues(request: AgentRequest) -> HttpResponse:
    """GET returns the colleagues as choices for several requests."""
    return render(request, "desk/inbox/_colleagues.html", {"choices": _choices(request.agent, None)})


@require_http_methods(["GET", "POST"])
def assignee(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows who may have it; POST gives it to `to` (`me`, `nobody`, a colleague), with a `note` if any.

    A colleague is there with the inbox alone; taking a request, and letting go of it, go without.
    """
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    if request.method == "GET":
        return _menu(request, ticket)
    asked = request.POST.get("to", "")
    if asked not in (ME, NOBODY) and not request.workspace.has("inbox"):
        raise Http404
    to = None if asked == NOBODY else request.agent if asked == ME else colleague_of(request.agent, asked)
    if to is None and asked != NOBODY:
        words = _("Nothing was changed: this colleague is not here any more. Choose another one.")
        return _menu(request, ticket, words)
    try:
        event = _give(ticket, to, request)
    except TicketError as error:
        return _menu(request, ticket, str(error))
    return _given(request, ticket, event)


@transaction.atomic
def _give(ticket: Ticket, to: Agent | None, request: AgentRequest) -> Event | None:
    event = ticket.assign_to(to, by=request.agent)
    note = clean(request.POST.get("note", "")).strip()
    if note:
        ticket.note(Words(note), by=request.agent)
    return event


def _given(request: AgentRequest, ticket: Ticket, event: Event | None) -> HttpResponse:
    words = _words(ticket, request.agent)
    if "HX-Request" not in request.headers:
        if event:
            notices.success(request, words)
        address = reverse(
            "desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number}
        )
        return redirect(f"{address}?{query_of(request)}")
    context = {"head": Head.of(ticket, request.agent), "done": Done.by(event, words)}
    return render_here(request, "desk/inbox/_head_done.html", context)


def _words(ticket: Ticket, reader: Agent) -> str:
    if ticket.assignee is None:
        return _("Nobody has it now.")
    if ticket.assignee == reader:
        return _("You have taken it.")
    return _("%(name)s has it now.") % {"name": ticket.assignee.name}


def _menu(request: AgentRequest, ticket: Ticket, refusal: str = "") -> HttpResponse:
    context = {
        "ticket": ticket,
        "choices": _choices(request.agent, ticket),
        "refusal": refusal,
        "note": request.POST.get("note", ""),
    }
    is_part = "HX-Request" in request.headers
    template = "desk/inbox/_assign.html" if is_part else "desk/inbox/assign.html"
    response = render_here(request, template, context, status=422 if refusal else 200)
    # The form asks for the head of the request: what is refused is said in the menu instead.
    return reswap(retarget(response, "#assign-menu"), "innerHTML") if is_part and refusal else response


def _choices(reader: Agent, ticket: Ticket | None) -> list[Choice]:
    """The reader first, then nobody, then all others by their names; hand-over comes with the inbox."""
    now = ticket.assignee_id if ticket else 0
    choices = [Choice(ME, _("I’ll take it"), reader.initials, now == reader.pk)]
    if ticket is None or now is not None:
        choices.append(Choice(NOBODY, _("Nobody"), "", now is None))
    if reader.workspace.has("inbox"):
        others = Agent.objects.visible_to(reader).active().exclude(pk=reader.pk).by_name()
        choices += [Choice(str(each.pk), each.name, each.initials, each.pk == now) for each in others]
    return choices
