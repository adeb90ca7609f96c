"""What tickets do when something happened on one, or to people; each runs in the transaction that recorded it."""

from datetime import timedelta

from django.utils import timezone

from harken.events.models import Event
from harken.tickets import tasks
from harken.tickets.merged_people import follow_merge, follow_taking_back, give_company
from harken.tickets.models import Ticket

# Longer than a letter takes from knowing its sender to its commit.
AFTER_SECONDS = 30


def plan_return(event: Event) -> None:
    """Have a ticket that is set aside until a moment looked at then: after a stop, as soon as a worker is back."""
    ticket: Ticket = event.about
    if ticket.set_aside_until:
        job = tasks.come_back.configure(schedule_at=ticket.set_aside_until)
        job.defer(workspace_id=ticket.workspace_id, ticket_id=ticket.pk)


def people_merged(event: Event) -> None:
    """Move the tickets in the same transaction; look once more for what was on its way."""
    follow_merge(event.about)
    later = tasks.gather_merge.configure(schedule_at=timezone.now() + timedelta(seconds=AFTER_SECONDS))
    later.defer(workspace_id=event.workspace_id, merge_id=event.about_id)


def people_taken_apart(event: Event) -> None:
    follow_taking_back(event.about)


def contact_changed(event: Event) -> None:
    if "company" in event.data["changes"]:
        give_company(event.about)
