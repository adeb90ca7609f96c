"""One act on many tickets: a few at once, more than that by a worker, and all that was changed taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.tickets.errors import NotAnswered, TicketError, TooManyTags
from harken.tickets.models import BulkAction, OwnState, Tag, Ticket
from harken.tickets.own_names import put_into
from harken.tickets.states import State
from harken.tickets.tags import put_on, take_off
from harken.tickets.undo import undo

MOST_AT_ONCE = 200
MOST_OF_ALL = 10_000
CHUNK = 25
# Where a bulk action keeps the names of the fields for whose sake it left tickets open.
UNANSWERED = "unanswered"
# And on how many it put no tag, for they have as many as they can have.
FULL = "full"

Act = BulkAction.Act
# Called after each chunk that is not the last, to have the next one done: `tasks` says how.
Later = Callable[[BulkAction], None]


def begin(tickets: Sequence[int], act: str, *, by: Agent, later: Later, **details: Any) -> BulkAction:
    """Do something to these tickets (ids): at once where they are few, by `later` where they are many."""
    with transaction.atomic():
        action = BulkAction.objects.create(
            workspace_id=by.workspace_id,
            agent=by,
            act=act,
            details=details,
            tickets=list(dict.fromkeys(tickets))[:MOST_OF_ALL],
        )
        _leave_to_worker_if_many(action, later)
    return _finish_if_few(action)


def take_back(action: BulkAction, *, later: Later) -> None:
    """Undo what it changed and nobody has changed since; what it has not reached yet is left. Twice is harmless."""
    with transaction.atomic():
        action.refresh_from_db(from_queryset=BulkAction.objects.select_for_update())
        if action.is_taken_back:
            return
        action.is_taken_back = True
        action.save(update_fields=["is_taken_back"])
        _leave_to_worker_if_many(action, later)
    _finish_if_few(action)


@transaction.atomic
def go_on(action: BulkAction) -> None:
    """Do the next chunk and tell open pages how far it has come. A finished one stays as it is."""
    action.refresh_from_db(from_queryset=BulkAction.objects.select_for_update())
    if action.is_done:
        return
    if action.is_taken_back:
        _undo_next(action)
    else:
        _do_next(action)
    record("bulk.went_on", action, by=action.agent)


def _leave_to_worker_if_many(action: BulkAction, later: Later) -> None:
    if action.total > MOST_AT_ONCE:
        later(action)


def _finish_if_few(action: BulkAction) -> BulkAction:
    while action.total <= MOST_AT_ONCE and not action.is_done:
        go_on(action)
    return action


def _do_next(action: BulkAction) -> None:
    ids = action.tickets[action.reached : action.reached + CHUNK]
    tickets = Ticket.objects.filter(workspace_id=action.workspace_id).in_bulk(ids)
    # Whoever works on the same tickets takes them in the same order: nobody waits in a circle.
    for ticket_id in sorted(ids):
        try:
            event = _act(action, tickets[ticket_id]) if ticket_id in tickets else None
        except TicketError as error:
            _refuse(action, error)
            continue
        action.events += [event.pk] if event else []
    action.reached += len(ids)
    action.save(update_fields=["reached", "events", "refused", "details"])


def _refuse(action: BulkAction, error: TicketError) -> None:
    action.refused += 1
    if isinstance(error, NotAnswered):
        known = action.details.get(UNANSWERED, [])
        action.details[UNANSWERED] = [*known, *(name for name in error.names if name not in known)]
    if isinstance(error, TooManyTags):
        action.details[FULL] = action.details.get(FULL, 0) + 1


def _undo_next(action: BulkAction) -> None:
    until = len(action.events) - action.undone
    ids = action.events[max(until - CHUNK, 0) : until]
    events = Event.objects.filter(workspace_id=action.workspace_id).in_bulk(ids)
    for event_id in reversed(ids):
        try:
            undo(events[event_id], by=action.agent)
        except TicketError:
            action.left += 1
    action.undone += len(ids)
    action.save(update_fields=["undone", "left"])


def _act(action: BulkAction, ticket: Ticket) -> Event | None:
    agent = action.agent
    if action.act == Act.CLOSE and ticket.state == State.CLOSED_UNSUCCESSFULLY:
        return None
    if action.act == Act.SET_ASIDE:
        until = action.details.get("until")
        return ticket.set_aside(by=agent, until=datetime.fromisoformat(until) if until else None)
    if action.act == Act.ASSIGN:
        return ticket.assign_to(_assignee(action), by=agent)
    if action.act in _WITH_OURS:
        return _WITH_OURS[Act(action.act)](action, ticket)
    verb: Callable[..., Event | None] = getattr(ticket, _VERBS[Act(action.act)])
    return verb(by=agent)


def _assignee(action: BulkAction) -> Agent | None:
    agent_id = action.details.get("to")
    return Agent.objects.visible_to(action.agent).filter(pk=agent_id).first() if agent_id else None


def _tag(action: BulkAction, ticket: Ticket) -> Event | None:
    tag = Tag.objects.visible_to(action.agent).filter(pk=action.details["tag"]).first()
    if tag is None:
        return None
    return (put_on if action.act == Act.TAG else take_off)(ticket, tag, by=action.agent)


def _own_state(action: BulkAction, ticket: Ticket) -> Event | None:
    own = OwnState.objects.visible_to(action.agent).filter(pk=action.details["state"]).first()
    return put_into(ticket, own, by=action.agent) if own else None


_WITH_OURS: dict[Act, Callable[[BulkAction, Ticket], Event | None]] = {
    Act.TAG: _tag,
    Act.UNTAG: _tag,
    Act.OWN_STATE: _own_state,
}
_VERBS = {
    Act.CLOSE: "close",
    Act.REOPEN: "reopen",
    Act.WAIT: "wait",
    Act.ACCEPT: "accept",
    Act.SPAM: "call_spam",
    Act.WELCOME: "call_welcome",
}
