"""Related tickets: neighbouring matters, read from either end."""

from django.db.models import Q, QuerySet

from harken.agents.models import Agent
from harken.tickets.models import Ticket, TicketLink

MOST_RELATED = 50


def linked_with(ticket: Ticket, agent: Agent) -> QuerySet[Ticket]:
    """Return the tickets that one is linked with; newest first."""
    links = TicketLink.objects.visible_to(agent).of(ticket.pk).values_list("ticket_id", "related_id")
    ids = {each for pair in links[:MOST_RELATED] for each in pair} - {ticket.pk}
    return Ticket.objects.visible_to(agent).filter(pk__in=ids).newest_first()


def related_to(ticket: Ticket, agent: Agent) -> QuerySet[Ticket]:
    """Return the tickets related to one, those merged into it and the one it was merged into; newest first."""
    links = TicketLink.objects.visible_to(agent).of(ticket.pk).values_list("ticket_id", "related_id")
    ids = {each for pair in links[:MOST_RELATED] for each in pair} | {ticket.merged_into_id}
    rows = Ticket.objects.visible_to(agent).filter(Q(pk__in=ids - {None}) | Q(merged_into=ticket))
    return rows.exclude(pk=ticket.pk).newest_first()[:MOST_RELATED]
