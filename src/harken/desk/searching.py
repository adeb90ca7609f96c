"""Search in the inbox: what was found, as rows of a list, under the field it was asked in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.inbox.lists import View, view_named
from harken.desk.inbox.pages import frame, no_list, render_here
from harken.desk.inbox.rail import saved_of, view_of
from harken.desk.inbox.rows import Row, read, rows_of
from harken.lib.text import language_of
from harken.search.find import Hit, find
from harken.search.snippets import Stretch
from harken.tickets.models import Message, Ticket
from harken.ui.moments import when


@dataclass(frozen=True)
class FoundRow:
    """A ticket that was found, with the words it was found by; `by` is the colleague who wrote them."""

    row: Row
    subject: Sequence[Stretch]
    words: Sequence[Stretch]
    language: str
    by: str
    is_note: bool
    when: str
    moment: str
    # Where in its thread the message stands.
    position: int
    message_id: int


@require_safe
@vary_on_headers("HX-Request")
def search(request: AgentRequest) -> HttpResponse:
    """GET shows what `q` finds, `before` continues it; to htmx the rows alone."""
    found = find(request.agent, request.GET.get("q", ""), before=request.GET.get("before", ""))
    shown = {"found": found, "found_rows": _rows(found.hits, request.agent), "query": "view=open"}
    if "HX-Request" in request.headers:
        return render(request, "desk/_found.html", shown | {"is_more": "before" in request.GET})
    page = frame(request) | no_list(request)
    return render_here(request, "desk/inbox.html", page | shown | {"view": _view(request), "is_more": False})


def _view(request: AgentRequest) -> View:
    """What search shows belongs to no view of the inbox, unless somebody saved it as one."""
    saved = saved_of(request, request.GET.get("view", ""))
    return view_of(request) if saved else replace(view_named(""), name="search")


def _rows(hits: Sequence[Hit], agent: Agent) -> list[FoundRow]:
    tickets = read(Ticket.objects.visible_to(agent).filter(pk__in=[hit.message.ticket_id for hit in hits]))
    rows = {row.number: row for row in rows_of(list(tickets), agent)}
    return [_row(hit, rows[hit.message.ticket.number]) for hit in hits if hit.message.ticket.number in rows]


def _row(hit: Hit, row: Row) -> FoundRow:
    message, said = hit.message, hit.words.text
    return FoundRow(
        row,
        hit.subject.stretches,
        hit.words.stretches,
        "" if said.isascii() else language_of(said),
        message.author_name if message.is_from_us else "",
        message.kind == Message.Kind.NOTE,
        when(message.created_at),
        message.created_at.isoformat(),
        message.position,
        message.pk,
    )
