"""Taking back an answer in the seconds before it leaves."""

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from harken.agents.models import Agent
from harken.channels.models import Delivery
from harken.tickets.errors import LeftAlready
from harken.tickets.models import Draft, Message
from harken.tickets.withdraw import withdraw


@transaction.atomic
def take_back(message: Message, *, by: Agent) -> Draft:
    """Return a message that has not left to its writer's draft. Raises LeftAlready.

    A worker that claims its deliveries at the same moment waits for this, and finds none; or this waits for the
    worker, and is too late.
    """
    try:
        message.hold_ticket()
    except ObjectDoesNotExist:
        raise LeftAlready from None
    deliveries = list(Delivery.objects.select_for_update().filter(message=message))
    has_begun = any(each.attempts or each.state != Delivery.State.QUEUED for each in deliveries)
    if message.leaves_at is None or has_begun:
        raise LeftAlready
    return withdraw(message, by=by)
