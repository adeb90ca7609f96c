"""Shells for the worker: load, call one verb. Each may run twice and late."""

from datetime import datetime

from harken.channels.deliver import deliver, give_up
from harken.channels.models import Arrival
from harken.channels.reasons import Rule
from harken.channels.receive import hold, settle
from harken.events.jobs import job
from harken.tickets.models import Message

# Procrastinate lets an older job with the same lock go first, even one that is due in four hours only.
BEFORE_THE_WAITING = 1


def _hold_arrival(workspace_id: int | None, arrival_id: int) -> None:
    hold(Arrival.objects.get(pk=arrival_id), Rule.GIVEN_UP)


def _fail_message(workspace_id: int, message_id: int) -> None:
    give_up(Message.objects.get(pk=message_id))


@job(queue="mail-in", given_up=_hold_arrival)
def settle_arrival(workspace_id: int | None, arrival_id: int) -> None:
    settle(Arrival.objects.get(pk=arrival_id))


@job(queue="mail-out", given_up=_fail_message)
def deliver_message(workspace_id: int, message_id: int) -> None:
    next_try_at = deliver(Message.objects.get(pk=message_id))
    # Killed before this line, the job itself comes back and finds nothing due but the next try.
    if next_try_at:
        defer_delivery(workspace_id, message_id, at=next_try_at)


def defer_delivery(workspace_id: int, message_id: int, *, at: datetime | None = None) -> None:
    """Queue the delivery of a message, now unless said otherwise; the lock keeps two attempts at one apart."""
    priority = 0 if at else BEFORE_THE_WAITING
    task = deliver_message.configure(lock=f"message-{message_id}", schedule_at=at, priority=priority)
    task.defer(workspace_id=workspace_id, message_id=message_id)
