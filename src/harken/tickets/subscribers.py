"""What tickets do when something happened on one, or to people; each runs in the transaction that recorded it."""

from datetime import timedelta

from django.utils import timezone

from harken.agents.models import Agent
from harken.events.models import Event
from harken.tickets import tasks
from harken.tickets.merged_people import follow_merge, follow_taking_back, give_company
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.schedule import hold_back
from harken.tickets.talks import put_sample

# Longer than a letter takes from knowing its sender to its commit.
AFTER_SECONDS = 30
BEFORE_THE_RETURN = 1


def plan_return(event: Event) -> None:
    """Have a ticket that is set aside until a moment looked at then: after a stop, as soon as a worker is back."""
    ticket: Ticket = event.about
    if ticket.set_aside_until:
        job = tasks.come_back.configure(schedule_at=ticket.set_aside_until)
        job.defer(workspace_id=ticket.workspace_id, ticket_id=ticket.pk)


def plan_leaving(event: Event) -> None:
    """Have what is scheduled leave at its time, an answer before its ticket, set aside until then, is looked at."""
    draft: Draft = event.about
    job = tasks.leave.configure(schedule_at=draft.leaves_at, priority=BEFORE_THE_RETURN)
    job.defer(workspace_id=draft.workspace_id, draft_id=draft.pk)


def hold_back_scheduled(event: Event) -> None:
    """The customer wrote before a scheduled answer left: nobody answers blind. Robots stop nothing."""
    message: Message = event.about
    if message.position > 1 and not message.is_automatic:
        hold_back(message.ticket_id, why=Draft.Why.UNSEEN)


def hold_back_merged(event: Event) -> None:
    """What was to leave from a ticket that was merged away is looked at by its writer first."""
    ticket: Ticket = event.about
    if ticket.state == Ticket.State.MERGED:
        hold_back(ticket.pk, why=Draft.Why.MERGED)


def people_merged(event: Event) -> None:
    """Move the tickets in the same transaction; look once more for what was on its way."""
    follow_merge(event.about)
    later = tasks.gather_merge.configure(schedule_at=timezone.now() + timedelta(seconds=AFTER_SECONDS))
    later.defer(workspace_id=event.workspace_id, merge_id=event.about_id)


def people_taken_apart(event: Event) -> None:
    follow_taking_back(event.about)


def put_first_request(event: Event) -> None:
    """Whoever opened a workspace on its page finds something to answer."""
    if event.data["with_sample"]:
        put_sample(Agent.objects.select_related("workspace").get(pk=event.agent_id))


def contact_changed(event: Event) -> None:
    if "company" in event.data["changes"]:
        give_company(event.about)
