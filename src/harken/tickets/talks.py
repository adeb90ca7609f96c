"""Requests that begin in the desk itself: a talk that somebody logs, a question to colleagues, the sample."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from harken.agents.models import Agent
from harken.contacts.models import Contact
from harken.events.record import record
from harken.lib.text import one_line
from harken.tickets.inside import INTERNAL, SAMPLE
from harken.tickets.models import Message, Talk, Then, Ticket, Words

LETTERS_OF_A_SUBJECT = 80


@transaction.atomic
def log_talk(
    contact: Contact,
    words: Words,
    *,
    by: Agent,
    way: str,
    direction: str = Talk.Direction.INCOMING,
    minutes: int | None = None,
    subject: str = "",
    then: str = Then.DONE,
) -> Message:
    """Open a ticket with a talk that nobody has asked about before. Raises NothingToSend or TooLong."""
    ticket = _opened(contact, subject or words.text, way)
    record("ticket.opened", ticket, by=by, number=ticket.number)
    return ticket.log(words, by=by, way=way, direction=direction, minutes=minutes, then=then)


@transaction.atomic
def ask_colleagues(words: Words, *, by: Agent, subject: str = "") -> Message:
    """Open a ticket from one colleague to the others. Raises NothingToSend or TooLong."""
    ticket = _opened(_as_contact(by), subject or words.text, INTERNAL)
    record("ticket.opened", ticket, by=by, number=ticket.number)
    return ticket.ask(words, by=by)


@transaction.atomic
def put_sample(by: Agent) -> Message:
    """Put a made-up request into their room, in its language, so that whoever opened it can try answering."""
    asker = Contact.objects.create(workspace=by.workspace, name="Rosa Lind")
    with translation.override(by.workspace.language):
        ticket = _opened(asker, _("A sample to try answering: nothing of it is sent"), SAMPLE)
        asked = _("Good morning! Do you deliver to Lund on Saturdays, and until when can I order?")
    record("ticket.opened", ticket, by=by, number=ticket.number)
    return ticket.ask(Words(asked), by=by)


def _as_contact(agent: Agent) -> Contact:
    """Return the colleague as one who asks: known by no address, so that nothing can be sent there."""
    contact, _is_new = Contact.objects.get_or_create(
        workspace_id=agent.workspace_id, colleague=agent, defaults={"name": agent.name}
    )
    return contact


def _opened(contact: Contact, subject: str, kind: str) -> Ticket:
    return Ticket.objects.create(
        workspace=contact.workspace,
        number=contact.workspace.next_ticket_number(timezone.now()),
        subject=one_line(subject, LETTERS_OF_A_SUBJECT),
        requester=contact,
        company_id=contact.company_id,
        channel_kind=kind,
        waiting_since=timezone.now(),
    )
