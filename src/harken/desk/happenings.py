"""What happened on a ticket besides its messages: one line each, who did what, with the way back where there is one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from harken.agents.models import Agent
from harken.events.models import Event
from harken.tickets.models import Draft, Ticket
from harken.tickets.undo import can_undo
from harken.ui.moments import until
from harken.workspaces.models import COUNTER_DIGITS

MOST_LINES = 50
# What somebody did longer ago is changed knowingly, by the verb itself.
UNDO_OFFERED_FOR = timedelta(hours=1)

_PLAIN: dict[str, tuple[str | Promise, str | Promise]] = {
    # What is said where somebody did it, and where nobody's hand did.
    "ticket.reopened": (gettext_lazy("%(who)s reopened it"), gettext_lazy("Open again: they wrote")),
    "ticket.left_waiting": (gettext_lazy("%(who)s said that it is their turn"), ""),
    "ticket.accepted": (gettext_lazy("%(who)s handed the work on"), ""),
    "ticket.called_spam": (gettext_lazy("%(who)s called it spam"), ""),
    "ticket.welcomed": (gettext_lazy("%(who)s said that it is no spam"), ""),
    "ticket.linked": (gettext_lazy("%(who)s linked it with %(other)s"), ""),
    "ticket.unlinked": (gettext_lazy("%(who)s took the link with %(other)s away"), ""),
    "ticket.requester_changed": (gettext_lazy("%(who)s made %(name)s the requester"), ""),
    "ticket.loop_stopped": (
        "",
        gettext_lazy(
            "Loop stopped: a mail robot writes from %(address)s. For a day nothing is sent there by itself."
        ),
    ),
    "message.complained": (
        "",
        gettext_lazy(
            "%(address)s reported our letter as unwanted. From now on nothing is sent there by itself."
        ),
    ),
    "message.taken_back": (gettext_lazy("%(who)s took an answer back before it left"), ""),
    "message.redacted": (gettext_lazy("%(who)s removed words for good: %(why)s"), ""),
}


@dataclass(frozen=True)
class Happening:
    """A line between messages: who did what, when; `undo` is the event by which it is taken back, 0 when it is not."""

    kind: str
    sentence: str
    at: datetime
    undo: int = 0


def happenings_of(
    ticket: Ticket, agent: Agent, *, since: datetime | None = None, before: datetime | None = None
) -> list[Happening]:
    """Return the last lines between two moments, oldest first, by two queries. The reader may take their last back."""
    events = Event.objects.filter(
        workspace_id=agent.workspace_id, ticket_id=ticket.pk, type__in=[*_PLAIN, *_SAID]
    )
    if since is not None:
        events = events.filter(at__gte=since)
    if before is not None:
        events = events.filter(at__lt=before)
    newest_first = list(events.order_by("-id")[:MOST_LINES])
    names = _names(newest_first, agent) if newest_first else {}
    offered = _undo_offered(newest_first[0], agent) if newest_first and before is None else 0
    lines = [
        Happening("event", _sentence(each, names), each.at, offered if each.pk == offered else 0)
        for each in newest_first
    ]
    return lines[::-1]


def sentence_of(event: Event, agent: Agent) -> str:
    """Return what a line says of one event."""
    return _sentence(event, _names([event], agent))


def planned_in_words(who: str, at: datetime | None, kind: str) -> str:
    """Return what a line says of an answer, or a forward, that leaves by itself."""
    values = {"who": who, "when": until(at) if at else ""}
    if kind == Draft.Kind.FORWARD:
        return _("%(who)s scheduled a forward: it leaves %(when)s") % values
    return _("%(who)s scheduled an answer: it leaves %(when)s") % values


def _undo_offered(last: Event, agent: Agent) -> int:
    is_young = last.at > timezone.now() - UNDO_OFFERED_FOR
    return last.pk if is_young and last.agent_id == agent.pk and can_undo(last) else 0


def _names(events: Iterable[Event], agent: Agent) -> dict[int, str]:
    # Whoever did it, and the colleague to whom, or from whom, something went.
    ids = {pk for each in events for pk in _named_in(each)}
    found = Agent.objects.visible_to(agent).filter(pk__in=ids - {None}).select_related("user")
    return {each.pk: each.name for each in found}


def _named_in(event: Event) -> Iterable[int | None]:
    return event.agent_id, *(event.data.get(name) for name in ("to", "was", "of"))


def _sentence(event: Event, names: dict[int, str]) -> str:
    who = names.get(event.agent_id or 0, "")
    words = _words_of(event, who, names)
    # What the workspace calls the state that it was put into.
    called = event.data.get("called", "") if event.type != "ticket.state_named" else ""
    return f"{words}: {called}" if called else words


def _words_of(event: Event, who: str, names: dict[int, str]) -> str:
    if event.type in _SAID:
        return _SAID[event.type](event, who, names)
    by_somebody, by_itself = _PLAIN[event.type]
    data = event.data
    values = {name: data.get(name, "") for name in ("address", "name", "why")}
    other = _short(data["other"]) if data.get("other") else ""
    return str(by_somebody if who else by_itself or by_somebody) % {"who": who, "other": other, **values}


def _state_named(event: Event, who: str, names: dict[int, str]) -> str:
    return _("%(who)s said: %(state)s") % {"who": who, "state": event.data.get("called", "")}


def _fields_changed(event: Event, who: str, names: dict[int, str]) -> str:
    return _("%(who)s changed %(fields)s") % {"who": who, "fields": ", ".join(event.data.get("names", ()))}


def _area_changed(event: Event, who: str, names: dict[int, str]) -> str:
    if name := event.data.get("name"):
        return _("%(who)s put it into the area %(area)s") % {"who": who, "area": name}
    return _("%(who)s took it out of its area") % {"who": who}


def _closed(event: Event, who: str, names: dict[int, str]) -> str:
    if event.data.get("state") == Ticket.State.CLOSED_UNSUCCESSFULLY:
        return _("%(who)s closed it without success") % {"who": who}
    return _("%(who)s closed it") % {"who": who} if who else _("Closed")


def _assigned(event: Event, who: str, names: dict[int, str]) -> str:
    to = names.get(event.data.get("to") or 0, "")
    if not to:
        return _("%(who)s gave it back to everybody") % {"who": who}
    if event.data.get("to") == event.agent_id:
        return _("%(who)s took it") % {"who": who}
    return _("%(who)s passed it to %(to)s") % {"who": who, "to": to}


def _taken_over(event: Event, who: str, names: dict[int, str]) -> str:
    values = {"who": who, "to": names.get(event.data.get("was") or 0, "")}
    return _("%(who)s took over the answer from %(to)s") % values


def _set_aside(event: Event, who: str, names: dict[int, str]) -> str:
    if moment := event.data["until"]:
        values = {"who": who, "when": until(datetime.fromisoformat(moment))}
        return _("%(who)s set it aside until %(when)s") % values
    return _("%(who)s set it aside until they write") % {"who": who}


def _returned(event: Event, who: str, names: dict[int, str]) -> str:
    return _("Back on the list: its time has come") if "until" in event.data else _("Open again: they wrote")


def _scheduled(event: Event, who: str, names: dict[int, str]) -> str:
    moment = event.data.get("at", "")
    at = datetime.fromisoformat(moment) if moment else None
    return planned_in_words(who, at, event.data.get("kind", ""))


def _unscheduled(event: Event, who: str, names: dict[int, str]) -> str:
    of = event.data.get("of") or 0
    if of == event.agent_id:
        return _("%(who)s made it a draft again") % {"who": who}
    return _("%(who)s stopped what %(of)s had scheduled") % {"who": who, "of": names.get(of, "")}


def _held(event: Event, who: str, names: dict[int, str]) -> str:
    return _("Not sent: what %(of)s had scheduled is a draft again") % {
        "of": names.get(event.data.get("of") or 0, "")
    }


def _restored(event: Event, who: str, names: dict[int, str]) -> str:
    return _("%(who)s took that back") % {"who": who}


def _moved(event: Event, who: str, names: dict[int, str]) -> str:
    count = len(event.data["messages"])
    if event.data["number"] == event.data["source"]:
        words = ngettext(
            "%(who)s moved a message to %(target)s", "%(who)s moved %(count)d messages to %(target)s", count
        )
    else:
        words = ngettext(
            "%(who)s moved a message here from %(source)s",
            "%(who)s moved %(count)d messages here from %(source)s",
            count,
        )
    return words % {"who": who, "count": count, **_both(event)}


def _merged(event: Event, who: str, names: dict[int, str]) -> str:
    is_here = event.data["number"] == event.data["target"]
    words = (
        _("%(who)s merged %(source)s into this one") if is_here else _("%(who)s merged it into %(target)s")
    )
    return words % {"who": who, **_both(event)}


def _unmerged(event: Event, who: str, names: dict[int, str]) -> str:
    is_here = event.data["number"] == event.data["target"]
    words = (
        _("%(who)s took %(source)s out again") if is_here else _("%(who)s took it out of %(target)s again")
    )
    return words % {"who": who, **_both(event)}


def _both(event: Event) -> dict[str, str]:
    return {name: _short(event.data[name]) for name in ("source", "target")}


def _short(number: Any) -> str:
    return f"#{int(number) % 10**COUNTER_DIGITS}"


_SAID: dict[str, Callable[[Event, str, dict[int, str]], str]] = {
    "ticket.closed": _closed,
    "ticket.state_named": _state_named,
    "ticket.fields_changed": _fields_changed,
    "ticket.area_changed": _area_changed,
    "ticket.assigned": _assigned,
    "ticket.taken_over": _taken_over,
    "ticket.set_aside": _set_aside,
    "ticket.returned": _returned,
    "ticket.restored": _restored,
    "answer.scheduled": _scheduled,
    "answer.unscheduled": _unscheduled,
    "answer.held": _held,
    "ticket.merged": _merged,
    "ticket.unmerged": _unmerged,
    "message.moved": _moved,
}
