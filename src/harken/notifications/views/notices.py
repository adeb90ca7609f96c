"""What a page tells by itself: who named somebody, or handed them something."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.lib.numbers import whole_number
from harken.notifications.models import Notice
from harken.notifications.telling import still_news
from harken.tickets.models import Ticket

MOST_SHOWN = 3
MOST_LOOKED_AT = 50


@dataclass(frozen=True)
class Told:
    """A line at the edge of a page: who did what to which request."""

    kind: str
    name: str
    # Of the request it was told of; another one's since they were merged.
    number: int
    ticket: Ticket


@require_http_methods(["GET", "POST"])
def notices(request: AgentRequest) -> HttpResponse:
    """GET returns what is not seen yet, 204 when that is nothing; POST has seen a request (`number`), or all."""
    unseen = Notice.objects.visible_to(request.agent).unseen()
    if request.method == "POST":
        number = whole_number(request.POST.get("number", ""))
        if number is not None:
            unseen = unseen.filter(ticket__number=number)
        unseen.update(seen_at=timezone.now())
        return HttpResponse(status=204)
    shown, more = _shown(request)
    if not shown:
        return HttpResponse(status=204)
    return render(request, "notifications/_told.html", {"notices": shown, "more": more})


def _shown(request: AgentRequest) -> tuple[list[Told], int]:
    """The newest of each request, and how many more requests there are."""
    unseen = Notice.objects.visible_to(request.agent).unseen().order_by("-pk")
    found = unseen.select_related(
        "ticket__merged_into", "message__author_agent__user", "message__author_contact"
    )
    newest: dict[int, Notice] = {}
    for notice in still_news(list(found[:MOST_LOOKED_AT]), request.agent):
        newest.setdefault(notice.ticket_id, notice)
    agents = Agent.objects.visible_to(request.agent).in_bulk({each.by_agent_id for each in newest.values()})
    shown = [_told(notice, agents) for notice in newest.values()]
    return shown[:MOST_SHOWN], max(len(shown) - MOST_SHOWN, 0)


def _told(notice: Notice, agents: dict[int, Agent]) -> Told:
    colleague = agents.get(notice.by_agent_id or 0)
    author = notice.message.author_name if notice.message else ""
    name = colleague.name if colleague else author
    return Told(notice.kind, name or _("The desk"), notice.ticket.number, notice.ticket.current)
