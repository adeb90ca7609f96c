"""Complaints: somebody told their provider that our letter was unwanted. They get no automatic mail any more."""

from harken.channels.contract import Incoming
from harken.channels.models import Delivery
from harken.channels.proof.threading import Evidence
from harken.channels.reasons import Rule
from harken.channels.robots.bounces import message_reported
from harken.contacts.models import Identity
from harken.events.record import record
from harken.lib.addresses import normalise
from harken.tickets.models import Message
from harken.workspaces.models import Workspace


def judge_complaint(workspace: Workspace, letter: Incoming) -> tuple[Message | None, Evidence]:
    """Stop automatic mail to whoever complained; return our message, or None when it is not known by its id."""
    message = message_reported(workspace, letter)
    address = _complaining(message, letter) if message else ""
    if message is None or not address:
        return None, Evidence(Rule.UNKNOWN_COMPLAINT)
    for identity in Identity.objects.of_mail(workspace, address):
        identity.stop_automatic_mail(Identity.Stopped.COMPLAINT)
    record("message.complained", message, number=message.ticket.number, address=address)
    return message, Evidence(Rule.COMPLAINT, {"recipient": address})


def _complaining(message: Message, letter: Incoming) -> str:
    """The recipient a report names, or the only one there was: many providers blot the name out."""
    recipients = list(Delivery.objects.filter(message=message).values_list("address", flat=True))
    named = [normalise(address) for address in letter.bounced_recipients]
    known = [address for address in named if address in recipients]
    return next(iter(known or (recipients if len(recipients) == 1 else [])), "")
