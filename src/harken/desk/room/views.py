"""The room: one feed of everything, answered in line."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.send_again import send_again
from harken.desk.composing.composer import Composer, composer_for
from harken.desk.composing.sending import Refusal, send_answer
from harken.desk.first_step import address_to_connect
from harken.desk.room.aside import aside_for
from harken.desk.room.asks import asks_of
from harken.desk.room.feed import Page, is_news, page_of, page_with, with_names
from harken.desk.states.answers import fill_in
from harken.desk.states.closing import ROOM
from harken.desk.troubles import troubles_shown_to
from harken.lib.text import clean
from harken.tickets.errors import NotAnswered, TicketError
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.once import send_once
from harken.tickets.talks import ask_colleagues


@require_safe
@vary_on_headers("HX-Request")
def room(request: AgentRequest) -> HttpResponse:
    """GET shows the feed, with `show=waiting` only what waits for an answer; `before` what came earlier."""
    live_cursor = realtime.cursor()
    before = request.GET.get("before", "")
    page = page_of(request.agent, only_waiting=_is_waiting(request), before=before)
    if "HX-Request" in request.headers:
        return _render(request, "desk/room/_page.html", {"page": page})
    return _whole(request, page, live_cursor=live_cursor, is_earlier=bool(before))


@require_safe
@vary_on_headers("HX-Request")
def ask(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows one request alone, with `write` (`reply` or `note`) the composer open; to htmx what changed.

    htmx asks with `write` for the composer, with `known` for a request the page shows already, else with `after`,
    the key of the last one it shows.
    """
    live_cursor = realtime.cursor()
    ticket = _ticket(request, number)
    if "HX-Request" not in request.headers:
        return _alone(request, ticket, _composer(request, ticket), live_cursor=live_cursor)
    if "write" in request.GET:
        return _render(request, "desk/room/_write.html", {"composer": _composer(request, ticket)})
    return _news(request, ticket)


@require_safe
def aside(request: AgentRequest) -> HttpResponse:
    """GET returns what stands beside the feed, and the counts."""
    return _render(request, "desk/room/_aside_news.html", {"aside": aside_for(request)})


@require_POST
def messages(request: AgentRequest, number: int) -> HttpResponse:
    """POST sends an answer or adds a note; refused, it comes back as it was typed, and why."""
    ticket = _ticket(request, number)
    sent = send_answer(request, ticket)
    if "HX-Request" not in request.headers:
        if isinstance(sent, Refusal):
            return _alone(request, _ticket(request, number), sent.composer, status=sent.status)
        return _back(request, number)
    context: dict[str, Any] = {"ask": _shown(request, _ticket(request, number))}
    if isinstance(sent, Refusal):
        context |= {"composer": sent.composer}
        return _render(request, "desk/room/_refused.html", context, status=sent.status)
    return _render(request, "desk/room/_sent.html", context)


@require_POST
def questions(request: AgentRequest) -> HttpResponse:
    """POST asks the colleagues something: a request that nobody outside ever sees."""
    words = Words(clean(request.POST.get("text", "")))
    try:
        message = send_once(
            request.agent, _key(request), words, lambda: ask_colleagues(words, by=request.agent)
        )
    except TicketError as error:
        notices.error(request, str(error))
        return redirect("desk:room", workspace=request.workspace.slug)
    return _back(request, message.ticket.number)


@require_POST
def closure(request: AgentRequest, number: int) -> HttpResponse:
    """POST closes the request, with `undo` it reopens it."""
    ticket = _ticket(request, number)
    try:
        ticket.reopen(by=request.agent) if "undo" in request.POST else ticket.close(by=request.agent)
    except NotAnswered:
        return fill_in(request, ticket, state=Ticket.State.CLOSED, back=ROOM)
    except TicketError as error:
        notices.error(request, str(error))
    if "HX-Request" not in request.headers:
        return _back(request, number)
    return _render(request, "desk/room/_changed.html", {"ask": _shown(request, _ticket(request, number))})


@require_POST
def deliveries(request: AgentRequest, message_id: int) -> HttpResponse:
    """POST sends again what was not delivered."""
    found = Message.objects.visible_to(request.agent).select_related("ticket")
    message = get_object_or_404(found, pk=message_id)
    send_again(message, by=request.agent)
    if "HX-Request" not in request.headers:
        return _back(request, message.ticket.number)
    shown = _shown(request, _ticket(request, message.ticket.number))
    return _render(request, "desk/room/_changed.html", {"ask": shown})


def _news(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    is_known = "known" in request.GET
    if not is_known and not is_news(ticket, request.GET.get("after", ""), only_waiting=_is_waiting(request)):
        return HttpResponse(status=204)
    template = "desk/room/_ask_body.html" if is_known else "desk/room/_page.html"
    page = page_with(ticket, request.agent)
    response = _render(request, template, {"page": page, "ask": page.days[0].asks[0]})
    target = (f"#ask-body-{ticket.number}", "outerMorph") if is_known else ("#asks", "beforeend")
    response["HX-Retarget"], response["HX-Reswap"] = target
    return response


def _alone(
    request: AgentRequest, ticket: Ticket, composer: Composer, *, live_cursor: str = "", status: int = 200
) -> HttpResponse:
    page = page_with(ticket, request.agent)
    return _whole(request, page, composer, live_cursor=live_cursor, is_earlier=True, status=status)


def _whole(
    request: AgentRequest,
    page: Page,
    composer: Composer | None = None,
    *,
    live_cursor: str,
    is_earlier: bool,
    status: int = 200,
) -> HttpResponse:
    aside = aside_for(request)
    is_connected = any(source.is_connected for source in aside.sources)
    context = {
        "page": page,
        "aside": aside,
        "troubles": troubles_shown_to(request.agent),
        "composer": composer,
        "is_earlier": is_earlier,
        "say_key": str(uuid4()),
        "first_step": "" if is_connected else address_to_connect(request.agent),
        "live_cursor": live_cursor or realtime.cursor(),
    }
    return _render(request, "desk/room/room.html", context, status=status)


def _shown(request: AgentRequest, ticket: Ticket) -> Any:
    return asks_of([ticket], request.agent)[0]


def _ticket(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket, or 404 when it is not there for this agent: no hint which of the two."""
    return get_object_or_404(with_names(Ticket.objects.visible_to(request.agent)), number=number)


def _key(request: AgentRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _is_waiting(request: AgentRequest) -> bool:
    return request.GET.get("show") == "waiting"


def _composer(request: AgentRequest, ticket: Ticket) -> Composer:
    """Return the reader's draft, else an empty composer of the kind that was asked for."""
    composer = composer_for(ticket, request.agent)
    is_new_note = request.GET.get("write") == Message.Kind.NOTE and composer.draft is None
    return replace(composer, kind=Message.Kind.NOTE) if is_new_note else composer


def _back(request: AgentRequest, number: int) -> HttpResponseRedirect:
    address = reverse("desk:room", kwargs={"workspace": request.workspace.slug})
    return HttpResponseRedirect(f"{address}#ask-{number}")


def _render(request: AgentRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shown = {"only_waiting": _is_waiting(request), "composer": None, "query": ""}
    return render(request, template, shown | context, status=status)
