"""Shells for the worker: load, call one verb. Each may run twice and late."""

from harken.events.jobs import job
from harken.tickets.models import Ticket


@job(queue="tickets")
def come_back(workspace_id: int, ticket_id: int) -> None:
    Ticket.objects.get(pk=ticket_id).come_back()
