from typing import Any

from harken.contacts.recognise import recognise
from harken.tickets.models import Message, Ticket, Words
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace


def make_ticket(
    workspace: Workspace | None = None,
    email: str = "ann@crumb.example",
    subject: str = "Bread",
    text: str = "Where is my bread?",
    *,
    name: str = "Ann Baker",
    **details: Any,
) -> Ticket:
    """A ticket a customer has just opened; `details` as `Ticket.open_for` takes them."""
    requester = recognise(workspace or make_workspace(), email, name)
    return Ticket.open_for(requester, subject, Words(text), **details)


def make_message(
    ticket: Ticket, text: str = "Any news?", email: str = "ann@crumb.example", **details: Any
) -> Message:
    """What a customer writes next; `details` as `Ticket.receive` takes them."""
    return ticket.receive(Words(text), sender=recognise(ticket.workspace, email), **details)
