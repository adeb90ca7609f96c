"""The pages of the inbox: a view as a list, and what an open one fetches."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.held import MOST_IN_A_LIST, letters_to_judge
from harken.desk.first_step import address_to_connect
from harken.desk.inbox.counts import counts_of
from harken.desk.inbox.lists import Page, key_of, page_of, place
from harken.desk.inbox.rail import Rail, view_of
from harken.desk.troubles import troubles_shown_to
from harken.lib.numbers import whole_numbers
from harken.tickets.models import Ticket
from harken.workspaces.capabilities import needs

# An open list asks for what changed, this many at once.
MOST_ROWS_ASKED = 100


@needs("inbox")
@require_safe
@vary_on_headers("HX-Request")
def inbox(request: AgentRequest) -> HttpResponse:
    """GET shows a view of the inbox; `before` and `above` continue it where a page ended, `around` begins there."""
    if "HX-Request" in request.headers:
        return render_here(request, "desk/inbox/_page.html", list_of(request))
    return render_here(request, "desk/inbox.html", frame(request) | list_of(request))


@needs("inbox")
@require_GET
def rows(request: AgentRequest) -> HttpResponse:
    """GET returns the rows of tickets `n` as they are now, each where the view has it now, and the counts."""
    view = view_of(request)
    numbers = whole_numbers(request.GET.getlist("n")[:MOST_ROWS_ASKED])
    context = {"placed": place(view, request.agent, numbers), "counts": counts_of(request)}
    return render_here(request, "desk/inbox/_news.html", context)


@needs("inbox")
@require_GET
def held(request: AgentRequest) -> HttpResponse:
    """GET returns the held mail of the inbox as it is now, and the counts."""
    return render_here(request, "desk/_held_news.html", {"counts": counts_of(request)} | _held(request))


@require_safe
def troubles(request: AgentRequest) -> HttpResponse:
    """GET returns what keeps mail from coming or going now, for the head of an open inbox."""
    return render(request, "desk/_troubles.html", {"troubles": troubles_shown_to(request.agent)})


def frame(request: AgentRequest) -> dict[str, Any]:
    """Return what stands around every list. First of all the cursor: what happens meanwhile is told afterwards."""
    live = {"live_cursor": realtime.cursor(), "conversation": None}
    return live | {"troubles": troubles_shown_to(request.agent), "counts": counts_of(request)}


def list_of(request: AgentRequest, ticket: Ticket | None = None) -> dict[str, Any]:
    """Return the page of the list that an address names; beside an open ticket the one on which it stands."""
    view, asked = view_of(request), request.GET
    page = page_of(
        view,
        request.agent,
        before=asked.get("before", ""),
        above=asked.get("above", ""),
        around=asked.get("around", ""),
    )
    if ticket is not None and not _shows(page, ticket) and (key := key_of(view, request.agent, ticket)):
        page = page_of(view, request.agent, around=key)
    first_step = "" if any(group.rows for group in page.groups) else address_to_connect(request.agent)
    return {"page": page, "first_step": first_step} | _held(request)


def no_list(request: AgentRequest) -> dict[str, Any]:
    """Return an empty list, for pages that show another one in its place."""
    return {"page": Page(view_of(request), [], ""), "first_step": "", "held_count": 0, "held_letters": []}


def render_here(
    request: AgentRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render with the views of the rail and `query`, by which the view somebody came from travels along."""
    view = view_of(request)
    rail = SimpleLazyObject(lambda: Rail.of(request, view))
    here = {"view": view, "rail": rail, "query": query_of(request)}
    return render(request, template, here | context, status=status)


def query_of(request: AgentRequest) -> str:
    """Return the view that a page belongs to, as its addresses carry it."""
    return f"view={view_of(request).name}"


def _shows(page: Page, ticket: Ticket) -> bool:
    return any(row.number == ticket.number for group in page.groups for row in group.rows)


def _held(request: AgentRequest) -> dict[str, Any]:
    # Letters that wait for a decision are work like requests; closed ones and those of others are no place for them.
    count = counts_of(request).held if view_of(request).shows_held_mail else 0
    return {
        "held_count": count,
        "held_letters": letters_to_judge(request.agent)[:MOST_IN_A_LIST] if count else [],
    }
