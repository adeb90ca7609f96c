"""Threading by proof: which ticket a letter may join. A number in the subject is a hint for people, never proof."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harken.channels.contract import Incoming
from harken.channels.email.signatures import ticket_id_in
from harken.channels.reasons import Rule
from harken.contacts.models import Identity
from harken.tickets.models import Message, Ticket
from harken.workspaces.models import Workspace

# Chains of thousands of ids exist; the newest are at the end and are the ones that answer us.
MOST_REFERENCES = 200


@dataclass(frozen=True)
class Evidence:
    """Why a letter went where it went: the rule, and what it went by."""

    rule: Rule
    details: dict[str, Any] = field(default_factory=dict)


def find_ticket(
    workspace: Workspace, sender: Identity, letter: Incoming, envelope_to: Sequence[str] = ()
) -> tuple[Ticket | None, Evidence]:
    """Return the ticket that the letter proves to belong to, and the evidence; `None` when it must open its own.

    The proof is a reply address we signed or the id of a message we know. It must fit the sender too: a
    stranger who was forwarded a chain holds the proof, but is not a participant.
    """
    claim = _claim(workspace, letter, envelope_to)
    if claim is None:
        return None, Evidence(Rule.NEW)
    ticket, evidence = claim
    ticket = ticket.merged_into or ticket
    if sender.address and ticket.may_be_joined_by(sender.address):
        return ticket, evidence
    return None, Evidence(Rule.STRANGER, {"number": ticket.short_number, "sender": sender.address})


def _claim(
    workspace: Workspace, letter: Incoming, envelope_to: Sequence[str]
) -> tuple[Ticket, Evidence] | None:
    addresses = [*envelope_to, *letter.delivered_to, *(one.email for one in (*letter.to, *letter.cc))]
    signed = _by_reply_address(workspace, addresses)
    if signed:
        return signed, Evidence(Rule.SIGNED_ADDRESS)
    known = _by_reference(workspace, letter)
    if known:
        return known.ticket, Evidence(Rule.KNOWN_MESSAGE, {"answers": known.external_id})
    return None


def _by_reply_address(workspace: Workspace, addresses: Sequence[str]) -> Ticket | None:
    ids = [ticket_id_in(workspace, address) for address in dict.fromkeys(addresses)]
    signed = [ticket_id for ticket_id in ids if ticket_id is not None]
    return Ticket.objects.filter(workspace=workspace, pk__in=signed).select_related("merged_into").first()


def _by_reference(workspace: Workspace, letter: Incoming) -> Message | None:
    """The last known message of the chain: In-Reply-To first, then References from their end."""
    chain = [*letter.in_reply_to, *reversed(letter.references[-MOST_REFERENCES:])]
    known = {
        message.external_id: message
        for message in Message.objects.known_as(workspace, chain).select_related("ticket__merged_into")
    }
    return next((known[external_id] for external_id in chain if external_id in known), None)
