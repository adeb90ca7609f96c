"""What a composer says of itself when it asks for a saved reply: the request, or the letter, it is written for."""

import uuid

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from harken.agents.models import Agent
from harken.automations.placeholders import About
from harken.contacts.models import Contact, Identity
from harken.lib.addresses import normalise, parse
from harken.lib.numbers import whole_number
from harken.lib.text import clean, one_line
from harken.tickets.drafts import Place
from harken.tickets.models import Message, Ticket
from harken.tickets.models.ticket import SUBJECT_LETTERS


def about_typed(agent: Agent, typed: QueryDict) -> About:
    """Return what placeholders are filled in from: a request by its `number`, else whom a letter goes `to`."""
    if typed.get("number"):
        return About.of(_ticket(agent, typed))
    contact = _written_to(agent, typed)
    subject = one_line(typed.get("subject", ""), SUBJECT_LETTERS)
    return About(contact, contact.company if contact else None, subject=subject)


def place_typed(agent: Agent, typed: QueryDict) -> Place | None:
    """Return where its draft is kept; `None` where a page did not say."""
    return _ticket(agent, typed) if typed.get("number") else key_typed(typed.get("letter", ""))


def key_typed(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def spoken_by_customer(agent: Agent, typed: QueryDict) -> str:
    """Return the language the customer wrote in last, as far as it is told; else `""`."""
    said = Message.objects.visible_to(agent).filter(kind=Message.Kind.CONTACT)
    if typed.get("number"):
        said = said.filter(ticket=_ticket(agent, typed))
    elif contact := _written_to(agent, typed):
        said = said.filter(author_contact=contact)
    else:
        return ""
    return said.order_by("-id").values_list("language", flat=True).first() or ""


def _ticket(agent: Agent, typed: QueryDict) -> Ticket:
    number = whole_number(typed.get("number", ""))
    tickets = Ticket.objects.visible_to(agent).select_related("requester", "company")
    return get_object_or_404(tickets, number=number)


def _written_to(agent: Agent, typed: QueryDict) -> Contact | None:
    first = next(iter(parse(clean(typed.get("to", "")))), None)
    address = normalise(first.email) if first else ""
    known = Identity.objects.filter(
        workspace_id=agent.workspace_id, kind=Identity.Kind.EMAIL, address=address
    )
    identity = known.select_related("contact__company").first()
    return identity.contact if identity else None
