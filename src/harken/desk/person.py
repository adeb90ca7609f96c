"""The person beside a ticket, and on a page of their own."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from harken.agents.models import Agent
from harken.contacts.models import Contact, Identity
from harken.desk import turns
from harken.desk.reach import Reach, reach_of
from harken.tickets.models import Ticket

ASKED_BEFORE = 5
ON_THE_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """One of a person's tickets, in a short list."""

    number: int
    title: str
    mark: str
    mark_words: str | Promise
    preview: str
    at: datetime


@dataclass(frozen=True)
class Person:
    """Who it is, how to reach them, and what they asked."""

    id: int
    name: str
    initials: str
    company: str
    domain: str
    addresses: list[Reach]
    since: datetime
    asked: list[Asked]
    is_more: bool


def people_of(agent: Agent) -> QuerySet[Contact]:
    """Return the contacts this agent may see, with their company and addresses."""
    identities = Prefetch("identities", Identity.objects.order_by("id"))
    return Contact.objects.visible_to(agent).select_related("company").prefetch_related(identities)


def person_of(contact: Contact, agent: Agent, *, beside: Ticket | None = None) -> Person:
    """Gather what is known of somebody; `beside` is the ticket that is open already."""
    limit = ASKED_BEFORE if beside else ON_THE_PAGE
    tickets = Ticket.objects.visible_to(agent).filter(requester=contact).newest_first()
    if beside:
        tickets = tickets.exclude(pk=beside.pk)
    found = list(tickets[: limit + 1])
    return Person(
        id=contact.pk,
        name=contact.display_name,
        initials=contact.initials,
        company=contact.company.name if contact.company else "",
        domain=(contact.company.domain or "") if contact.company else "",
        addresses=[reach_of(identity) for identity in contact.identities.all()],
        since=contact.created_at,
        asked=[asked_about(ticket) for ticket in found[:limit]],
        is_more=len(found) > limit,
    )


def asked_about(ticket: Ticket) -> Asked:
    """Return a ticket as a line of a short list."""
    mark = turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, timezone.now())
    at = ticket.last_activity_at
    return Asked(ticket.number, ticket.title, mark, turns.WORDS[mark], ticket.preview, at)
