"""Sending again what was not delivered, because somebody says so."""

from django.db import transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.models import Delivery
from harken.channels.tasks import defer_delivery
from harken.events.record import record
from harken.tickets.models import Message

AGAIN = (Delivery.State.FAILED, Delivery.State.UNKNOWN, Delivery.State.DEFERRED)


@transaction.atomic
def send_again(message: Message, *, by: Agent) -> int:
    """Queue anew every delivery of a message that failed, waits or is unknown; the number queued.

    It leaves with the Message-ID it always had. Pressing twice queues once. Of words that are taken away for good
    nothing leaves.
    """
    # The ticket first, as everybody who changes its deliveries does: two in another order would wait for ever.
    message.hold_ticket()
    message.refresh_from_db(fields=["redaction"])
    if message.is_redacted:
        return 0
    now = timezone.now()
    queued = Delivery.objects.filter(message=message, state__in=AGAIN).update(
        state=Delivery.State.QUEUED,
        attempts=0,
        silences=0,
        words="",
        next_try_at=None,
        queued_at=now,
        updated_at=now,
    )
    if queued:
        message.ticket.show_problem(Delivery.objects.some_failed_on(message.ticket))
        defer_delivery(message.workspace_id, message.pk)
        record("delivery.changed", message, by=by, number=message.ticket.number)
    return queued
