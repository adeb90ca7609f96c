"""The inbox: views over tickets, a few sections each, paged by key: a deep page costs what the first does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.desk.rows import Row, read, rows_of
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import TicketQuerySet

ROWS_PER_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DEFAULT_VIEW = "open"

Narrow = Callable[[TicketQuerySet, Agent], TicketQuerySet]


@dataclass(frozen=True)
class Section:
    """A stretch of a list under one heading, in one order: by `moment`, upwards or downwards, then by id."""

    name: str
    title: str | Promise
    moment: str
    upwards: bool
    narrow: Narrow

    def ordered(self, tickets: TicketQuerySet) -> TicketQuerySet:
        sign = "" if self.upwards else "-"
        return tickets.order_by(f"{sign}{self.moment}", f"{sign}id")

    def beyond(self, tickets: TicketQuerySet, key: "Key") -> TicketQuerySet:
        """Leave what comes after the key in this section's order."""
        step = "gt" if self.upwards else "lt"
        tie = Q(**{self.moment: key.at, f"id__{step}": key.ticket_id})
        return tickets.filter(Q(**{f"{self.moment}__{step}": key.at}) | tie)


@dataclass(frozen=True)
class Key:
    """Where a page ended: section, moment and id of its last row, as `ours.1763800000000000.812` in addresses."""

    section: str
    at: datetime
    ticket_id: int

    @classmethod
    def read(cls, text: str) -> "Self | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        section, _dot, rest = text.partition(".")
        micros, _dot, ticket_id = rest.partition(".")
        if not (micros.isdecimal() and ticket_id.isdecimal() and len(micros) <= 17 and len(ticket_id) <= 18):
            return None
        return cls(section, EPOCH + int(micros) * MICROSECOND, int(ticket_id))

    def __str__(self) -> str:
        return f"{self.section}.{(self.at - EPOCH) // MICROSECOND}.{self.ticket_id}"


def _not_our_turn(tickets: TicketQuerySet, agent: Agent) -> TicketQuerySet:
    ongoing = (Ticket.State.OPEN, Ticket.State.WAITING, Ticket.State.SET_ASIDE, Ticket.State.ACCEPTED)
    return tickets.filter(state__in=ongoing, waiting_since=None)


def _closed_today(tickets: TicketQuerySet, agent: Agent) -> TicketQuerySet:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return tickets.closed().filter(closed_at__gte=midnight, last_activity_at__gte=midnight)


OURS = Section(
    "ours", _("Waiting for us"), "waiting_since", True, lambda tickets, _agent: tickets.waiting_for_us()
)
THEIRS = Section("theirs", _("Waiting for them"), "last_activity_at", False, _not_our_turn)
TODAY = Section("today", _("Closed today"), "last_activity_at", False, _closed_today)
CLOSED = Section("closed", _("Closed"), "last_activity_at", False, lambda tickets, _agent: tickets.closed())


@dataclass(frozen=True)
class View:
    """A way to look at the inbox: whose tickets, in which sections. `is_urgent`: its count is a call to act."""

    name: str
    title: str | Promise
    sections: tuple[Section, ...]
    narrow: Narrow = lambda tickets, _agent: tickets
    is_urgent: bool = False
    shows_held_mail: bool = False

    def tickets(self, agent: Agent, section: Section) -> TicketQuerySet:
        return section.narrow(self.narrow(Ticket.objects.visible_to(agent), agent), agent)

    def sections_from(self, name: str) -> tuple[Section, ...]:
        """Return the section of that name and those below it; all when there is none."""
        names = [section.name for section in self.sections]
        return self.sections[names.index(name) :] if name in names else self.sections


VIEWS = {
    view.name: view
    for view in (
        View(
            "mine", _("Mine"), (OURS, THEIRS, TODAY), lambda tickets, agent: tickets.assigned_to(agent), True
        ),
        View(
            "unassigned",
            _("Unassigned"),
            (OURS, THEIRS),
            lambda tickets, _agent: tickets.unassigned(),
            is_urgent=True,
            shows_held_mail=True,
        ),
        View("open", _("All open"), (OURS, THEIRS), shows_held_mail=True),
        View("waiting", _("Waiting for them"), (THEIRS,)),
        View("closed", _("Closed"), (CLOSED,)),
    )
}


@dataclass(frozen=True)
class Group:
    """The rows of one section on one page; `continues` what the page before began."""

    section: Section
    rows: list[Row]
    continues: bool


@dataclass(frozen=True)
class Page:
    """One page of a view; `next` is the key of the following one, `""` on the last."""

    view: View
    groups: list[Group]
    next: str


def view_named(name: str) -> View:
    """Return the view of that name, the default one for any other word."""
    return VIEWS.get(name, VIEWS[DEFAULT_VIEW])


def page_of(view: View, agent: Agent, before: str = "") -> Page:
    """Return the rows after the key `before`, or the first ones; at most one query per section and two for names."""
    key = Key.read(before)
    found = list(_fill(view, agent, key))
    kept = _cut(found)
    is_more = sum(len(tickets) for _section, tickets in found) > ROWS_PER_PAGE
    rows = iter(rows_of([ticket for _section, tickets in kept for ticket in tickets], agent))
    begun = key.section if key else ""
    groups = [
        Group(section, [next(rows) for _ticket in each], section.name == begun) for section, each in kept
    ]
    return Page(view, groups, str(_last_key(kept)) if is_more else "")


def find_row(view: View, agent: Agent, number: int) -> tuple[Section | None, Row] | None:
    """Return a ticket's row and the section of the view it belongs to now (`None`: it has left the view)."""
    ticket = read(Ticket.objects.visible_to(agent).filter(number=number)).first()
    if ticket is None:
        return None
    matching = (each for each in view.sections if view.tickets(agent, each).filter(pk=ticket.id).exists())
    return next(matching, None), rows_of([ticket], agent)[0]


def _fill(view: View, agent: Agent, key: Key | None) -> Iterator[tuple[Section, list[Any]]]:
    room = ROWS_PER_PAGE + 1
    for section in view.sections_from(key.section if key else ""):
        tickets = view.tickets(agent, section)
        if key is not None and key.section == section.name:
            tickets = section.beyond(tickets, key)
        found = list(read(section.ordered(tickets))[:room]) if room else []
        room -= len(found)
        yield section, found


def _cut(found: list[tuple[Section, list[Any]]]) -> list[tuple[Section, list[Any]]]:
    room, kept = ROWS_PER_PAGE, []
    for section, tickets in found:
        kept.append((section, tickets[:room]))
        room -= len(kept[-1][1])
    return kept


def _last_key(kept: list[tuple[Section, list[Any]]]) -> Key:
    section, tickets = next((section, tickets) for section, tickets in reversed(kept) if tickets)
    return Key(section.name, getattr(tickets[-1], section.moment), tickets[-1].id)
