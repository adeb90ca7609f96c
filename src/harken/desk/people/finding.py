"""People found while somebody types a name, an address, a number or a company, with what they have open."""

from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from harken.agents.models import Agent
from harken.contacts.models import Contact, Identity
from harken.contacts.models.contact import ContactQuerySet
from harken.desk.inbox.sections import ONGOING
from harken.desk.people.card import people_of
from harken.lib.phones import normalise_phone
from harken.lib.text import clean
from harken.tickets.models import Message, Ticket

MOST_FOUND = 6
MOST_OPEN = 12
LONGEST_TYPED = 200
FEWEST_LETTERS = 2
# Answers looked back at for those somebody writes to these days.
ANSWERS_RECALLED = 50


@dataclass(frozen=True)
class Found:
    """Somebody who may be meant; `open` are number, short number and title of their open requests."""

    id: int
    name: str
    company: str
    address: str
    initials: str
    open: list[tuple[int, str, str]]


def people_named(agent: Agent, typed: str, *, contact_id: int = 0) -> list[Found]:
    """Return who fits what was typed, or the one contact that was asked for, with their open requests."""
    typed = _tidied(typed)
    if contact_id:
        people = people_of(agent).present().filter(pk=contact_id)
    elif _is_enough(typed):
        people = _fitting(agent, typed)
    else:
        return []
    found = list(people[:MOST_FOUND])
    tickets = _open_of(agent, found)
    return [_found(each, _address_meant(each, typed), tickets.get(each.pk, [])) for each in found]


def addresses_of(agent: Agent, typed: str) -> list[Found]:
    """Return who fits what was typed and has a mail address, those the agent wrote to lately first."""
    typed = _tidied(typed)
    if not _is_enough(typed):
        return []
    recent = _written_to_lately(agent)
    has_mail = _identities(kind=Identity.Kind.EMAIL)
    people = _fitting(agent, typed, recent).filter(has_mail)
    return [_found(each, _mail_meant(each, typed), []) for each in people[:MOST_FOUND]]


def _fitting(agent: Agent, typed: str, recent: list[str] | None = None) -> ContactQuerySet:
    number = normalise_phone(typed)
    address = Q(_identities(Q(address__istartswith=typed) | Q(address__icontains=f"@{typed}")))
    if number:
        address |= Q(_identities(address=number))
    people = people_of(agent).present()
    fitting = people.filter(Q(name__icontains=typed) | Q(company__name__icontains=typed) | address)
    if not recent:
        return fitting.order_by(F("last_heard_at").desc(nulls_last=True), "sort_key", "pk")
    first = Case(When(_identities(address__in=recent), then=Value(0)), default=Value(1))
    return fitting.order_by(first, F("last_heard_at").desc(nulls_last=True), "sort_key", "pk")


def _identities(condition: Q | None = None, **fields: object) -> Exists:
    """Somebody has an address for which the condition holds."""
    return Exists(Identity.objects.filter(condition or Q(), contact=OuterRef("pk"), **fields))


def _written_to_lately(agent: Agent) -> list[str]:
    answers = Message.objects.visible_to(agent).filter(author_agent=agent, kind=Message.Kind.REPLY)
    lately = answers.order_by("-pk").values_list("to", "cc")[:ANSWERS_RECALLED]
    return list({address for to, cc in lately for address in (*to, *cc)})


def _tidied(typed: str) -> str:
    return " ".join(clean(typed).split())[:LONGEST_TYPED]


def _is_enough(typed: str) -> bool:
    """One letter says little, but where a sign is a word."""
    return len(typed) >= FEWEST_LETTERS or typed >= "\u2e80"


def _mail_meant(contact: Contact, typed: str) -> str:
    """The mail address that was begun, else the one to write to first."""
    begun = typed.casefold()
    mails = [each.address for each in contact.identities.all() if each.kind == Identity.Kind.EMAIL]
    return next((each for each in mails if each.casefold().startswith(begun)), contact.email)


def _address_meant(contact: Contact, typed: str) -> str:
    return _mail_meant(contact, typed) or contact.phone


def _found(contact: Contact, address: str, tickets: list[Ticket]) -> Found:
    return Found(
        contact.pk,
        contact.display_name,
        contact.company.name if contact.company else "",
        address,
        contact.initials,
        [(each.number, each.short_number, each.title) for each in tickets],
    )


def _open_of(agent: Agent, people: list[Contact]) -> dict[int, list[Ticket]]:
    tickets = Ticket.objects.visible_to(agent).filter(requester__in=people, state__in=ONGOING)
    by_person: dict[int, list[Ticket]] = {}
    for ticket in tickets.newest_first()[:MOST_OPEN]:
        by_person.setdefault(ticket.requester_id, []).append(ticket)
    return by_person
