"""The stretches of a list, each in one order, and the keys it is paged by: a deep page costs what the first does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.lib.moments import micros_of, moment_in
from harken.lib.numbers import whole_number
from harken.tickets.models.ticket import TicketQuerySet
from harken.tickets.states import ONGOING_STATES

ONGOING = ONGOING_STATES

Narrow = Callable[[TicketQuerySet, Agent], TicketQuerySet]


@dataclass(frozen=True)
class Key:
    """A place in a list: section, moment and id of a row, as `ours.1763800000000000.812` in addresses."""

    section: str
    at: datetime
    ticket_id: int

    @classmethod
    def read(cls, text: str) -> "Self | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        section, _dot, rest = text.partition(".")
        micros, _dot, number = rest.partition(".")
        at, ticket_id = moment_in(micros), whole_number(number)
        return None if at is None or ticket_id is None else cls(section, at, ticket_id)

    def __str__(self) -> str:
        return f"{self.section}.{micros_of(self.at)}.{self.ticket_id}"


@dataclass(frozen=True)
class Section:
    """A stretch of a list under one heading, in one order: by `moment`, upwards or downwards, then by id."""

    name: str
    title: str | Promise
    moment: str
    upwards: bool
    narrow: Narrow

    def ordered(self, tickets: TicketQuerySet, *, backwards: bool = False) -> TicketQuerySet:
        sign = "" if self.upwards != backwards else "-"
        return tickets.order_by(f"{sign}{self.moment}", f"{sign}id")

    def beyond(self, tickets: TicketQuerySet, key: Key, *, backwards: bool = False) -> TicketQuerySet:
        """Leave what comes after the key in this section's order, or what comes before it."""
        step = "gt" if self.upwards != backwards else "lt"
        tie = Q(**{self.moment: key.at, f"id__{step}": key.ticket_id})
        # The bound alone is what an index can begin at: it cannot at the one of two conditions that holds.
        bound = Q(**{f"{self.moment}__{step}e": key.at})
        return tickets.filter(bound, Q(**{f"{self.moment}__{step}": key.at}) | tie)

    def just_before(self, key: Key) -> Key:
        """Return the key that lets the row of `key` itself be the next one."""
        return Key(key.section, key.at, key.ticket_id + (-1 if self.upwards else 1))

    def key_of(self, ticket: Any) -> Key:
        return Key(self.name, getattr(ticket, self.moment), ticket.id)


def midnight() -> datetime:
    """Return when the reader's day began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _not_our_turn(tickets: TicketQuerySet, agent: Agent) -> TicketQuerySet:
    return tickets.filter(state__in=ONGOING, waiting_since=None)


def _closed_today(tickets: TicketQuerySet, agent: Agent) -> TicketQuerySet:
    begun = midnight()
    return tickets.closed().filter(closed_at__gte=begun, last_activity_at__gte=begun)


def in_state(*states: str) -> Narrow:
    """Return what leaves the tickets in one of these states."""
    return lambda tickets, _agent: tickets.filter(state__in=states)


OURS = Section(
    "ours", _("Waiting for us"), "waiting_since", True, lambda tickets, _agent: tickets.waiting_for_us()
)
THEIRS = Section("theirs", _("Waiting for them"), "last_activity_at", False, _not_our_turn)
TODAY = Section("today", _("Closed today"), "last_activity_at", False, _closed_today)


def lasting_section(name: str, title: str | Promise, *states: str) -> Section:
    """Return a section of tickets in these states, the latest first."""
    return Section(name, title, "last_activity_at", False, in_state(*states))
