"""The person beside a ticket."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact, Site
from harken.desk import turns
from harken.desk.people.card import Place, place_of
from harken.desk.people.requests import SOURCE
from harken.desk.reach import Reach, reach_of
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import TicketQuerySet

ASKED_BEFORE = 5
SITES_NAMED = 4
# Beyond it a number says no more than "many".
MOST_COUNTED = 1000


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
    """Who it is, how to reach them, and what they and their company asked before."""

    id: int
    name: str
    initials: str
    job: str
    company: Company | None
    addresses: list[Reach]
    place: Place | None
    sites: list[str]
    since: datetime
    asked: list[Asked]
    asked_in_all: int
    all_url: str


def person_of(contact: Contact, agent: Agent, *, beside: Ticket) -> Person:
    """Gather what is known of somebody; `beside` is the ticket that is open already."""
    company = contact.company
    tickets = _tickets(contact, agent)
    found = tickets.exclude(pk=beside.pk).newest_first()[:ASKED_BEFORE]
    sites = (
        Site.objects.visible_to(agent).filter(company=company).by_name() if company else Site.objects.none()
    )
    return Person(
        id=contact.pk,
        name=contact.display_name,
        initials=contact.initials,
        job=contact.job,
        company=company,
        addresses=[reach_of(identity) for identity in contact.identities.all()],
        place=place_of(contact.time_zone),
        sites=list(sites.values_list("name", flat=True)[:SITES_NAMED]),
        since=contact.created_at,
        asked=[asked_about(ticket) for ticket in found],
        asked_in_all=tickets[:MOST_COUNTED].count(),
        all_url=_all_url(contact, agent),
    )


def _tickets(contact: Contact, agent: Agent) -> TicketQuerySet:
    """Those of the whole company, where there is one: a colleague may have asked the same yesterday."""
    tickets = Ticket.objects.visible_to(agent).exclude(state=Ticket.State.MERGED)
    whose = Q(company=contact.company_id) if contact.company_id else Q(requester=contact)
    return tickets.filter(whose)


def _all_url(contact: Contact, agent: Agent) -> str:
    known: dict[str, str | int] = {"workspace": agent.workspace.slug}
    if contact.company_id:
        address = reverse("desk:company", kwargs=known | {"company_id": contact.company_id})
    else:
        address = reverse("desk:person", kwargs=known | {"contact_id": contact.pk})
    return f"{address}?tab={SOURCE}"


def asked_about(ticket: Ticket) -> Asked:
    """Return a ticket as a line of a short list."""
    mark = turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, timezone.now())
    at = ticket.last_activity_at
    return Asked(ticket.number, ticket.title, mark, turns.WORDS[mark], ticket.preview, at)
