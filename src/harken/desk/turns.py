"""The turn mark: whose turn is it, and how loud has the waiting become?"""

from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from harken.tickets.models import Ticket
from harken.ui.moments import lasting, until, when

# Until promises exist (service hours), waiting alone makes it louder.
SECOND_WAVE_AFTER = timedelta(hours=1)
THIRD_WAVE_AFTER = timedelta(hours=24)

WORDS: dict[str, str | Promise] = {
    "us1": _("Waiting for us"),
    "us2": _("Waiting for us"),
    "late": _("Late: waiting for us"),
    "them": _("Waiting for the customer"),
    "wait": _("Set aside"),
    "done": _("Closed"),
    "fail": _("Not delivered"),
    "held": _("Someone is answering"),
}

_QUIET = {
    Ticket.State.SET_ASIDE: "wait",
    Ticket.State.ACCEPTED: "wait",
    Ticket.State.CLOSED: "done",
    Ticket.State.CLOSED_UNSUCCESSFULLY: "done",
    Ticket.State.SPAM: "done",
    Ticket.State.MERGED: "done",
}


def mark(state: str, waiting_since: datetime | None, has_problem: bool, now: datetime) -> str:
    """Return the name of the mark: `us1 us2 late them wait done fail`."""
    if state == Ticket.State.OPEN and waiting_since is not None:
        return _wave(now - waiting_since)
    if has_problem:
        return "fail"
    return _QUIET.get(Ticket.State(state), "them")


def headline(ticket: Ticket, now: datetime) -> str:
    """Say above a thread whose turn it is, and since when; first what the workspace calls it, where it does."""
    words = _headline(ticket, now)
    return f"{ticket.own_state.name} · {words}" if ticket.own_state else words


def mark_of_state(state: str) -> str:
    """Return the mark of a state as such, whatever else is to be said of a ticket in it."""
    return "us1" if state == Ticket.State.OPEN else _QUIET.get(Ticket.State(state), "them")


def _headline(ticket: Ticket, now: datetime) -> str:
    if ticket.waiting_since is not None:
        return gettext("Waiting for us, %(span)s") % {
            "span": lasting((now - ticket.waiting_since).total_seconds())
        }
    if ticket.has_problem:
        return gettext("Not delivered: our answer did not arrive")
    if ticket.closed_at is not None:
        return gettext("Closed %(when)s") % {"when": when(ticket.closed_at)}
    if ticket.set_aside_until is not None:
        return gettext("Set aside until %(when)s") % {"when": until(ticket.set_aside_until)}
    if ticket.state == Ticket.State.SET_ASIDE:
        return gettext("Set aside until they write")
    if ticket.state == Ticket.State.ACCEPTED and ticket.accepted_at:
        return gettext("Work handed on %(when)s") % {"when": when(ticket.accepted_at)}
    if ticket.state in (Ticket.State.WAITING, Ticket.State.OPEN):
        return gettext("Waiting for them since %(when)s") % {"when": when(ticket.last_activity_at)}
    return ticket.get_state_display().capitalize()


def _wave(waiting: timedelta) -> str:
    if waiting < SECOND_WAVE_AFTER:
        return "us1"
    return "us2" if waiting < THIRD_WAVE_AFTER else "late"
