"""The lock on a request's answer: taken by keystrokes, taken over, let go."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.lock.shown import shown_lock
from harken.lib.numbers import DIGITS_OF_POSITION, whole_number
from harken.lib.text import clean
from harken.tickets import locks
from harken.tickets.drafts import keep_draft
from harken.tickets.errors import SomebodyWrites
from harken.tickets.models import AnswerLock, Ticket, Words
from harken.tickets.presence import browser_of

TAB_LETTERS = 40


@require_http_methods(["GET", "POST", "DELETE"])
def lock(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns who else writes an answer. POST takes the lock, with `over` from whoever has it; DELETE lets go.

    A page that closes can only POST: it says `gone`.
    """
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    if request.method == "DELETE" or "gone" in request.POST:
        locks.release(ticket, by=request.agent, tab=_tab(request))
        return HttpResponse(status=204)
    held = locks.holder_of(ticket) if request.method == "GET" else _take(request, ticket)
    if request.method == "POST" and "Harken-Tab" not in request.headers:
        return _back(request, ticket)
    return render(
        request, "desk/lock/_lock.html", {"lock": shown_lock(held, request.agent), "number": number}
    )


def hold_answer(request: AgentRequest, ticket: Ticket) -> AnswerLock | None:
    """Take the lock for the page of this request, unless a colleague has it; return it, whoever has."""
    browser = browser_of(request.session.session_key)
    return locks.take(
        ticket, by=request.agent, browser=browser, tab=_tab(request), idle_seconds=_seconds(request)
    )


def refuse_if_held(ticket: Ticket, by: Agent) -> None:
    """Raise SomebodyWrites where a colleague holds the answer."""
    lock = locks.holder_of(ticket)
    if lock and lock.agent_id != by.pk:
        raise SomebodyWrites(lock.agent.name)


def _take(request: AgentRequest, ticket: Ticket) -> AnswerLock | None:
    if "over" not in request.POST:
        return hold_answer(request, ticket)
    browser = browser_of(request.session.session_key)
    return locks.take_over(ticket, by=request.agent, browser=browser, tab=_tab(request))


def _tab(request: HttpRequest) -> str:
    return clean(request.headers.get("Harken-Tab") or request.POST.get("tab", ""))[:TAB_LETTERS]


def _seconds(request: AgentRequest) -> float:
    """How long ago the last key was pressed, as the page measured it."""
    return float(whole_number(request.POST.get("idle", ""), most_digits=3) or 0)


def _back(request: AgentRequest, ticket: Ticket) -> HttpResponseRedirect:
    """Show the page again, with what was typed in the form that was sent from it."""
    words = Words(clean(request.POST.get("text", "")))
    if not words.are_missing:
        seen = whole_number(request.POST.get("seen_up_to", ""), most_digits=DIGITS_OF_POSITION)
        keep_draft(ticket, request.agent, words, seen_up_to=seen or 0, why="")
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return HttpResponseRedirect(f"{address}#composer")
