"""What search does when something was said below: it notes the message, in the transaction that recorded it."""

from harken.events.models import Event
from harken.search.keep import note, note_renewal
from harken.search.models import Renewal
from harken.tickets.models import Ticket

FOUND_BY = {"name", "domain", "company"}


def note_message(event: Event) -> None:
    note(event.workspace_id, [event.about_id])


def note_moved_messages(event: Event) -> None:
    note(event.workspace_id, event.data["messages"])


def note_changed_person(event: Event) -> None:
    if FOUND_BY.intersection(event.data["changes"]):
        note_renewal(event.workspace_id, Renewal.Of.CONTACT, event.about_id)


def note_changed_company(event: Event) -> None:
    if FOUND_BY.intersection(event.data["changes"]):
        note_renewal(event.workspace_id, Renewal.Of.COMPANY, event.about_id)


def note_changed_addresses(event: Event) -> None:
    """Of whoever has asked something; most are new, as an import brings them by the thousand."""
    contact_id = event.data["contact"]
    if Ticket.objects.filter(requester=contact_id).exists():
        note_renewal(event.workspace_id, Renewal.Of.CONTACT, contact_id)


def note_merged_people(event: Event) -> None:
    for contact_id in (event.data["contact"], event.data["into"]):
        note_renewal(event.workspace_id, Renewal.Of.CONTACT, contact_id)


def note_changed_requester(event: Event) -> None:
    note_renewal(event.workspace_id, Renewal.Of.TICKET, event.about_id)


def note_renamed_colleague(event: Event) -> None:
    note_renewal(event.workspace_id, Renewal.Of.AGENT, event.about_id)
