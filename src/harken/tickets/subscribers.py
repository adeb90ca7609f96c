"""What tickets do when something happened on one; each runs in the transaction that recorded it."""

from harken.events.models import Event
from harken.tickets import tasks
from harken.tickets.models import Ticket


def plan_return(event: Event) -> None:
    """Have a ticket that is set aside until a moment looked at then: after a stop, as soon as a worker is back."""
    ticket: Ticket = event.about
    if ticket.set_aside_until:
        job = tasks.come_back.configure(schedule_at=ticket.set_aside_until)
        job.defer(workspace_id=ticket.workspace_id, ticket_id=ticket.pk)
