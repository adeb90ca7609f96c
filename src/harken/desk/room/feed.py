"""The feed of the room: every request, the one something happened on last at the end, paged by key."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from harken.agents.models import Agent
from harken.desk.room.asks import Ask, asks_of
from harken.lib.moments import micros_of, moment_in
from harken.lib.numbers import whole_number
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import TicketQuerySet

ASKS_PER_PAGE = 25
# What nobody asked, and what is told elsewhere.
_NOT_SHOWN = (Ticket.State.SPAM, Ticket.State.MERGED)


@dataclass(frozen=True)
class Key:
    """Where a page begins: moment and id of its first request, as `1763800000000000.812` in addresses."""

    at: datetime
    ticket_id: int

    @classmethod
    def read(cls, text: str) -> "Self | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        micros, _dot, number = text.partition(".")
        at, ticket_id = moment_in(micros), whole_number(number)
        return None if at is None or ticket_id is None else cls(at, ticket_id)

    @classmethod
    def of(cls, ticket: Any) -> Self:
        return cls(ticket.last_activity_at, ticket.pk)

    def __str__(self) -> str:
        return f"{micros_of(self.at)}.{self.ticket_id}"


@dataclass(frozen=True)
class Day:
    """The requests of one day."""

    on: date
    asks: list[Ask]


@dataclass(frozen=True)
class Page:
    """A stretch of the feed, oldest first; `older` is the key of what comes before it, `""` when nothing does.

    `last` is the key of its last request, by which an open page asks what is newer.
    """

    days: list[Day]
    older: str
    last: str

    @property
    def numbers(self) -> list[int]:
        return [ask.number for day in self.days for ask in day.asks]


def page_of(agent: Agent, *, only_waiting: bool = False, before: str = "") -> Page:
    """Return the last requests, or the last ones before a key; the number of queries is fixed."""
    tickets = tickets_of(agent, only_waiting=only_waiting)
    if key := Key.read(before):
        earlier = Q(last_activity_at=key.at, id__lt=key.ticket_id) | Q(last_activity_at__lt=key.at)
        tickets = tickets.filter(earlier, last_activity_at__lte=key.at)
    found = list(with_names(tickets.newest_first())[: ASKS_PER_PAGE + 1])
    shown = found[:ASKS_PER_PAGE][::-1]
    older = str(Key.of(shown[0])) if len(found) > ASKS_PER_PAGE else ""
    return Page(_by_day(shown, asks_of(shown, agent)), older, str(Key.of(shown[-1])) if shown else "")


def page_with(ticket: Ticket, agent: Agent) -> Page:
    """Return a page of one request alone."""
    return Page(_by_day([ticket], asks_of([ticket], agent)), "", str(Key.of(ticket)))


def tickets_of(agent: Agent, *, only_waiting: bool) -> TicketQuerySet:
    """Return what the room shows, in no order yet."""
    tickets = Ticket.objects.visible_to(agent)
    return tickets.waiting_for_us() if only_waiting else tickets.exclude(state__in=_NOT_SHOWN)


def is_news(ticket: Ticket, last: str, *, only_waiting: bool) -> bool:
    """Say whether an open page that ends with the key `last` should show a request it has not shown yet."""
    if ticket.state in _NOT_SHOWN or (only_waiting and not ticket.is_our_turn):
        return False
    key = Key.read(last)
    return key is None or (ticket.last_activity_at, ticket.pk) > (key.at, key.ticket_id)


def with_names(tickets: TicketQuerySet) -> TicketQuerySet:
    """Bring along who asked and where they work."""
    return tickets.select_related("requester", "company")


def _by_day(tickets: list[Ticket], asks: list[Ask]) -> list[Day]:
    days: list[Day] = []
    for ticket, ask in zip(tickets, asks, strict=True):
        on = timezone.localtime(ticket.last_activity_at).date()
        if not days or days[-1].on != on:
            days.append(Day(on, []))
        days[-1].asks.append(ask)
    return days
