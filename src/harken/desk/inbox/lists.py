"""The views of the inbox: whose tickets, in which sections, page by page in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.desk.inbox.rows import Row, TicketRow, read, rows_of
from harken.desk.inbox.sections import (
    OURS,
    THEIRS,
    TODAY,
    Key,
    Narrow,
    Section,
    lasting_section,
    midnight,
)
from harken.lib.composed import Composed, compose
from harken.lib.moments import EPOCH
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import TicketQuerySet
from harken.tickets.states import CLOSED_STATES, State

ROWS_PER_PAGE = 50
DEFAULT_VIEW = "open"
# So many stand above a row that somebody comes back to.
ROWS_ABOVE = 8
# Stands in a composed statement for the key that a page is asked from.
_SOME_KEY = Key("", EPOCH, -1)
# Every view of forty colleagues, in each of the ways that it is read.
_COMPOSED_AT_MOST = 2_000


@dataclass(frozen=True)
class View:
    """A way to look at the inbox: whose tickets, in which sections. `is_urgent`: its count is a call to act.

    One that `stays_out` is in the rail only while something is in it. `notices` are said above the list.
    """

    name: str
    title: str | Promise
    sections: tuple[Section, ...]
    narrow: Narrow = lambda tickets, _agent: tickets
    is_urgent: bool = False
    shows_held_mail: bool = False
    stays_out: bool = False
    notices: tuple[str, ...] = ()

    def tickets(self, agent: Agent, section: Section) -> TicketQuerySet:
        return section.narrow(self.narrow(Ticket.objects.visible_to(agent), agent), agent)

    def sections_from(self, name: str, *, backwards: bool = False) -> tuple[Section, ...]:
        """Return the section of that name and those below it, or above it; all when there is none."""
        ordered = self.sections[::-1] if backwards else self.sections
        names = [section.name for section in ordered]
        return ordered[names.index(name) :] if name in names else ordered


def _of_state(name: str, title: Promise, *states: str, **details: Any) -> View:
    return View(name, title, (lasting_section(name, title, *states),), **details)


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
        _of_state("waiting", _("Waiting for them"), State.WAITING),
        _of_state("aside", _("Set aside"), State.SET_ASIDE, stays_out=True),
        _of_state("accepted", _("Accepted"), State.ACCEPTED, stays_out=True),
        _of_state("closed", _("Closed"), *CLOSED_STATES),
        _of_state("spam", _("Spam"), State.SPAM),
    )
}


@dataclass(frozen=True)
class Group:
    """The rows of one section on one page; `continues` what stands on the page that was asked from."""

    section: Section
    rows: list[Row]
    continues: bool


@dataclass(frozen=True)
class Page:
    """One page of a view; `next` and `previous` are keys of what is below and above it, `""` at the ends."""

    view: View
    groups: list[Group]
    next: str
    previous: str = ""


@dataclass(frozen=True)
class Placed:
    """A ticket's row and where in the view it belongs now; `section` is `None` when it has left the view."""

    section: Section | None
    row: Row


Found = list[tuple[Section, list[TicketRow]]]


def view_named(name: str) -> View:
    """Return the view of that name, the default one for any other word."""
    return VIEWS.get(name, VIEWS[DEFAULT_VIEW])


def page_of(view: View, agent: Agent, *, before: str = "", above: str = "", around: str = "") -> Page:
    """Return the first rows, or those after the key `before`, above the key `above`, or around a key.

    At most one query per section and direction, and two for names.
    """
    if key := Key.read(above):
        found = _upwards(view, agent, key, ROWS_PER_PAGE)
        return _page(view, agent, _cut(found, from_below=True), begun=key, previous=_is_more(found))
    if key := Key.read(around):
        return _page_around(view, agent, key)
    key = Key.read(before)
    found = list(_fill(view, agent, key))
    return _page(view, agent, _cut(found), begun=key, next_=_is_more(found))


def place(view: View, agent: Agent, numbers: list[int]) -> list[Placed]:
    """Return the rows of these tickets, as far as there are such, and where they belong in a view now."""
    tickets = list(read(Ticket.objects.visible_to(agent).filter(number__in=numbers)))
    ids = [ticket.id for ticket in tickets]
    sections = {
        ticket_id: section
        for section in reversed(view.sections)
        for ticket_id in view.tickets(agent, section).filter(pk__in=ids).values_list("pk", flat=True)
    }
    shown = [sections.get(ticket.id) for ticket in tickets]
    rows = rows_of(tickets, agent, [section.moment if section else "" for section in shown])
    return [Placed(section, row) for section, row in zip(shown, rows, strict=True)]


def key_of(view: View, agent: Agent, ticket: Ticket) -> str:
    """Return the key of a ticket's row in a view; `""` when it is not in it."""
    for section in view.sections:
        if view.tickets(agent, section).filter(pk=ticket.pk).exists():
            return str(section.key_of(ticket))
    return ""


def ids_in(view: View, agent: Agent, most: int) -> list[int]:
    """Return the ids of the tickets in a view, in the order of the list."""
    ids: list[int] = []
    for section in view.sections:
        tickets = section.ordered(view.tickets(agent, section))
        ids += tickets.values_list("pk", flat=True)[: most - len(ids)]
    return ids


def _page_around(view: View, agent: Agent, key: Key) -> Page:
    above = _upwards(view, agent, key, ROWS_ABOVE)
    few = _cut(above, from_below=True, most=ROWS_ABOVE)
    found = list(_fill(view, agent, _first_key(few) or key, is_including=True))
    return _page(view, agent, _cut(found), previous=_is_more(above, ROWS_ABOVE), next_=_is_more(found))


def _page(
    view: View,
    agent: Agent,
    kept: Found,
    *,
    begun: Key | None = None,
    next_: bool = False,
    previous: bool = False,
) -> Page:
    moments = [section.moment for section, tickets in kept for _ticket in tickets]
    rows = iter(rows_of([ticket for _section, tickets in kept for ticket in tickets], agent, moments))
    name = begun.section if begun else ""
    groups = [
        Group(section, [next(rows) for _ in tickets], section.name == name) for section, tickets in kept
    ]
    last, first = _last_key(kept) if next_ else None, _first_key(kept) if previous else None
    return Page(view, groups, str(last or ""), str(first or ""))


def _fill(
    view: View, agent: Agent, key: Key | None, *, is_including: bool = False
) -> Iterator[tuple[Section, list[TicketRow]]]:
    room = ROWS_PER_PAGE + 1
    for section in view.sections_from(key.section if key else ""):
        after = key if key is not None and key.section == section.name else None
        if after and is_including:
            after = section.just_before(after)
        found = _stretch(view, agent, section, after)[:room] if room else []
        room -= len(found)
        yield section, found


def _upwards(view: View, agent: Agent, key: Key, most: int) -> Found:
    """Return at least one row more than asked for above a key when there are, in the order of the list."""
    room, found = most + 1, []
    for section in view.sections_from(key.section, backwards=True):
        below = key if key.section == section.name else None
        rows = _stretch(view, agent, section, below, backwards=True)[:room] if room else []
        room -= len(rows)
        found.append((section, rows[::-1]))
    return found[::-1]


def _stretch(
    view: View, agent: Agent, section: Section, beyond: Key | None, *, backwards: bool = False
) -> list[TicketRow]:
    """Read the rows of a section from its beginning or beyond a key: those of a page and one more."""
    if VIEWS.get(view.name) is not view:
        return list(_chosen(view, agent, section, beyond, backwards))
    statement = _statement(
        view.name,
        section.name,
        (agent.workspace_id, agent.pk),
        midnight(),
        is_beyond=beyond is not None,
        backwards=backwards,
    )
    given = {_SOME_KEY.at: beyond.at, _SOME_KEY.ticket_id: beyond.ticket_id} if beyond else {}
    return [TicketRow._make(row) for row in statement.ask(given)]


@lru_cache(maxsize=_COMPOSED_AT_MOST)
def _statement(
    view_name: str,
    section_name: str,
    reader: tuple[int, int],
    midnight: datetime,
    *,
    is_beyond: bool,
    backwards: bool,
) -> Composed:
    """Compose what a reader asks of one of our own views; what counts as today is part of it."""
    view, agent = VIEWS[view_name], Agent(workspace_id=reader[0], pk=reader[1])
    section = next(each for each in view.sections if each.name == section_name)
    return compose(_chosen(view, agent, section, _SOME_KEY if is_beyond else None, backwards))


def _chosen(
    view: View, agent: Agent, section: Section, beyond: Key | None, backwards: bool
) -> QuerySet[Ticket, Any]:
    tickets = view.tickets(agent, section)
    if beyond:
        tickets = section.beyond(tickets, beyond, backwards=backwards)
    return read(section.ordered(tickets, backwards=backwards))[: ROWS_PER_PAGE + 1]


def _is_more(found: Found, most: int = ROWS_PER_PAGE) -> bool:
    return sum(len(tickets) for _section, tickets in found) > most


def _cut(found: Found, *, from_below: bool = False, most: int = ROWS_PER_PAGE) -> Found:
    room, kept = most, []
    for section, tickets in found[::-1] if from_below else found:
        part = (tickets[max(len(tickets) - room, 0) :] if from_below else tickets[:room]) if room else []
        room -= len(part)
        kept.append((section, part))
    return kept[::-1] if from_below else kept


def _first_key(kept: Found) -> Key | None:
    return next((section.key_of(tickets[0]) for section, tickets in kept if tickets), None)


def _last_key(kept: Found) -> Key | None:
    return next((section.key_of(tickets[-1]) for section, tickets in kept[::-1] if tickets), None)
