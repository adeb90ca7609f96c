"""Whose matter it is: a ticket gets another requester, and its company follows."""

from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.models import Contact, Identity
from harken.contacts.recognise import recognise
from harken.events.models import Event
from harken.events.record import record
from harken.tickets.errors import ChangedSince, NoCustomerTakesPart, TicketIsMerged
from harken.tickets.models import Participant, Ticket
from harken.tickets.states import State


@transaction.atomic
def change_requester(ticket: Ticket, new: Identity, *, by: Agent, keeps_copies: bool) -> Event | None:
    """Make somebody else the requester; `None` when they are. Answers go to them from now on.

    `keeps_copies` says whether whoever was it gets copies of answers; their own letters join in any case.
    Raises TicketIsMerged, NoCustomerTakesPart.
    """
    ticket.hold()
    if ticket.state == State.MERGED:
        raise TicketIsMerged
    if ticket.stays_inside:
        raise NoCustomerTakesPart
    if ticket.requester_id == new.contact_id:
        return None
    before = _people(ticket)
    old = ticket.reply_addresses
    ticket.requester, ticket.company_id = new.contact, new.contact.company_id
    ticket.save(update_fields=["requester", "company"])
    _take_part(ticket, [new.address], is_copied=False)
    _take_part(ticket, old, is_copied=keeps_copies)
    return _tell(ticket, by, before)


@transaction.atomic
def give_back(event: Event, by: Agent) -> Event:
    """Make those the requester and the copied who were so before an event. Raises ChangedSince, TicketIsMerged."""
    ticket = Ticket.objects.get(pk=event.about_id)
    ticket.hold()
    if ticket.state == State.MERGED:
        raise TicketIsMerged
    before, was = _people(ticket), event.data["before"]
    if before["requester"] != event.data["after"]["requester"]:
        raise ChangedSince
    ticket.requester = Contact.objects.get(workspace_id=ticket.workspace_id, pk=was["requester"])
    ticket.company_id = ticket.requester.company_id
    ticket.save(update_fields=["requester", "company"])
    named = set(event.data["before"]["copied"]) | set(event.data["after"]["copied"])
    for each in ticket.participants.filter(address__in=named):
        each.is_copied = each.address in was["copied"]
        each.save(update_fields=["is_copied"])
    return _tell(ticket, by, before)


def _people(ticket: Ticket) -> dict[str, Any]:
    return {"requester": ticket.requester_id, "copied": sorted(ticket.copied_addresses)}


def _take_part(ticket: Ticket, addresses: list[str], *, is_copied: bool) -> None:
    for address in addresses:
        contact = recognise(ticket.workspace, address).contact
        Participant.objects.update_or_create(
            workspace_id=ticket.workspace_id,
            ticket=ticket,
            address=address,
            defaults={"is_copied": is_copied},
            create_defaults={"contact": contact, "is_copied": is_copied},
        )


def _tell(ticket: Ticket, by: Agent, before: dict[str, Any]) -> Event:
    name = ticket.requester.display_name
    return record(
        "ticket.requester_changed",
        ticket,
        by=by,
        number=ticket.number,
        before=before,
        after=_people(ticket),
        to_contact=ticket.requester_id,
        name=name,
    )
