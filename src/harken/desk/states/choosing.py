"""Choosing another request: those that lie near, or any by its number or words."""

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.lib.numbers import whole_number
from harken.search.find import find
from harken.tickets.errors import TicketError
from harken.tickets.models import Ticket
from harken.tickets.related import related_to

TYPED = "number"
MOST_OFFERED = 8
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Choice:
    """A request that may be meant."""

    number: int
    short_number: str
    title: str
    who: str


class NoSuchRequest(TicketError):
    """What was typed names no request here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        sentence = gettext_lazy(
            "There is no request “%(text)s” here. Nothing was changed; look at the number."
        )
        self.sentence = sentence % {"text": text[:LONGEST_WORDS]}


@require_safe
def choices(request: AgentRequest) -> HttpResponse:
    """GET returns the requests that `number` may mean, as options of a field."""
    typed = request.GET.get("number", "")[:LONGEST_WORDS]
    context = {"choices": [_choice(each) for each in _meant(typed, request.agent)]}
    return render(request, "desk/states/_choices.html", context)


def near(ticket: Ticket, agent: Agent) -> list[Choice]:
    """Return the requests that lie near one: related ones, then others of its requester; none that are merged."""
    tickets = Ticket.objects.visible_to(agent).exclude(state=Ticket.State.MERGED).select_related("requester")
    related = tickets.filter(pk__in=[each.pk for each in related_to(ticket, agent)])
    theirs = tickets.filter(requester=ticket.requester_id).newest_first()
    found = {each.pk: each for each in (*related, *theirs[: MOST_OFFERED + 1]) if each.pk != ticket.pk}
    return [_choice(each) for each in list(found.values())[:MOST_OFFERED]]


def number_in(given: QueryDict) -> str:
    """Return the number that was chosen, or typed: whoever types one means it, whatever was chosen before."""
    chosen, typed = given.get("to", TYPED), given.get("number", "")
    return typed if chosen == TYPED or typed else chosen


def ticket_meant(text: str, agent: Agent) -> Ticket:
    """Return the ticket of a number as somebody typed it, short or whole. Raises NoSuchRequest."""
    number = _number_in(text)
    found = Ticket.objects.visible_to(agent).numbered(number).first() if number else None
    if found is None:
        raise NoSuchRequest(text.strip())
    return found


def _number_in(text: str) -> int:
    return whole_number(text.strip().lstrip("#")) or 0


def _meant(typed: str, agent: Agent) -> list[Ticket]:
    if number := _number_in(typed):
        return list(
            Ticket.objects.visible_to(agent).numbered(number).select_related("requester")[:MOST_OFFERED]
        )
    if not typed.strip():
        return []
    found = [hit.message.ticket_id for hit in find(agent, typed, most=MOST_OFFERED).hits]
    tickets = Ticket.objects.visible_to(agent).select_related("requester").in_bulk(found)
    return [tickets[pk] for pk in found if pk in tickets]


def _choice(ticket: Ticket) -> Choice:
    return Choice(ticket.number, ticket.short_number, ticket.title, ticket.requester.display_name)
