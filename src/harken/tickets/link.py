"""Linking by hand: two tickets of neighbouring matters, each shown beside the other."""

from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.tickets.errors import WithItself
from harken.tickets.models import Ticket, TicketLink


@transaction.atomic
def link(ticket: Ticket, other: Ticket, *, by: Agent) -> Event | None:
    """Relate two tickets, and return the event of the first; `None` when they were. Raises WithItself."""
    if ticket.pk == other.pk:
        raise WithItself
    # Held in one order, so that of two who link the same pair the second finds it linked.
    _hold(ticket, other)
    if TicketLink.objects.of(ticket.pk).of(other.pk).exists():
        return None
    later, earlier = sorted((ticket, other), key=lambda each: each.number, reverse=True)
    TicketLink.between(later, earlier)
    return _tell("ticket.linked", ticket, other, by)


@transaction.atomic
def unlink(ticket: Ticket, other: Ticket, *, by: Agent) -> Event | None:
    """Take the link between two tickets away, and return the event of the first; `None` when there was none."""
    _hold(ticket, other)
    removed, _by_model = TicketLink.objects.of(ticket.pk).of(other.pk).delete()
    return _tell("ticket.unlinked", ticket, other, by) if removed else None


def _hold(ticket: Ticket, other: Ticket) -> None:
    for each in sorted((ticket, other), key=lambda one: one.pk):
        each.hold()


def _tell(told: str, ticket: Ticket, other: Ticket, by: Agent) -> Event:
    record(told, other, by=by, number=other.number, other=ticket.number)
    return record(told, ticket, by=by, number=ticket.number, other=other.number)
