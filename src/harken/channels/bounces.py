"""Delivery failures that come back as letters: they mark the delivery they are about."""

from collections.abc import Sequence

from django.utils import timezone

from harken.channels.models import Delivery
from harken.events.record import record
from harken.lib.addresses import normalise
from harken.lib.text import one_line
from harken.tickets.models import Message

LONGEST_WORDS = 500


def mark_bounced(message: Message, recipients: Sequence[str], *, words: str) -> None:
    """Mark as failed the deliveries a failure report names; all of the message when it names none of them."""
    message.ticket.hold()
    deliveries = Delivery.objects.filter(message=message)
    named = deliveries.filter(address__in=[normalise(address) for address in recipients])
    (named if named.exists() else deliveries).update(
        state=Delivery.State.FAILED,
        words=one_line(words[: LONGEST_WORDS * 4], LONGEST_WORDS),
        next_try_at=None,
        updated_at=timezone.now(),
    )
    message.ticket.show_problem(True)
    record("delivery.changed", message, number=message.ticket.number)
