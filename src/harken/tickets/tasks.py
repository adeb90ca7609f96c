"""Shells for the worker: load, call one verb. Each may run twice and late."""

from harken.events.jobs import job
from harken.tickets.merged_people import gather_stragglers
from harken.tickets.models import Ticket


@job(queue="tickets")
def come_back(workspace_id: int, ticket_id: int) -> None:
    Ticket.objects.get(pk=ticket_id).come_back()


@job(queue="tickets")
def gather_merge(workspace_id: int, merge_id: int) -> None:
    gather_stragglers(merge_id)
