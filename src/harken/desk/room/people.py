"""People found while somebody types a name, an address or a number, with what they have open."""

from dataclasses import dataclass

from django.db.models import Q

from harken.agents.models import Agent
from harken.contacts.models import Contact
from harken.desk.people.card import people_of
from harken.lib.phones import normalise_phone
from harken.tickets.models import Ticket

MOST_FOUND = 6
MOST_OPEN = 12
FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Found:
    """Somebody who may be meant; `open` are number, short number and title of their open requests."""

    id: int
    name: str
    company: str
    address: str
    open: list[tuple[int, str, str]]


def people_named(agent: Agent, typed: str, *, contact_id: int = 0) -> list[Found]:
    """Return who fits what was typed, or the one contact that was asked for; two queries and one for addresses."""
    typed = typed.strip()[:200]
    if contact_id:
        people = people_of(agent).present().filter(pk=contact_id)
    elif len(typed) >= FEWEST_LETTERS:
        number = normalise_phone(typed)
        address = Q(identities__address__istartswith=typed) | Q(identities__address=number or typed)
        people = people_of(agent).present().filter(Q(name__icontains=typed) | address).distinct()
    else:
        return []
    found = list(people.order_by("sort_key", "pk")[:MOST_FOUND])
    tickets = _open_of(agent, found)
    return [_found(each, tickets.get(each.pk, [])) for each in found]


def _found(contact: Contact, tickets: list[Ticket]) -> Found:
    addresses = [identity.address for identity in contact.identities.all()]
    company = contact.company.name if contact.company else ""
    return Found(
        contact.pk,
        contact.display_name,
        company,
        addresses[0] if addresses else "",
        [(each.number, each.short_number, each.title) for each in tickets],
    )


def _open_of(agent: Agent, people: list[Contact]) -> dict[int, list[Ticket]]:
    going_on = (Ticket.State.OPEN, Ticket.State.WAITING, Ticket.State.SET_ASIDE, Ticket.State.ACCEPTED)
    tickets = Ticket.objects.visible_to(agent).filter(requester__in=people, state__in=going_on)
    by_person: dict[int, list[Ticket]] = {}
    for ticket in tickets.newest_first()[:MOST_OPEN]:
        by_person.setdefault(ticket.requester_id, []).append(ticket)
    return by_person
