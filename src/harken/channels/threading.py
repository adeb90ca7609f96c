"""Threading by proof: which ticket a letter may join. A number in the subject is a hint for people, never proof."""

from dataclasses import dataclass, field
from typing import Any

from harken.channels.authenticate import SenderCheck
from harken.channels.claims import Claim, Claims
from harken.channels.contract import Incoming
from harken.channels.foreign_numbers import brought_before
from harken.channels.reasons import Allowed, Rule
from harken.contacts.models import Identity
from harken.tickets.models import Message, Ticket


@dataclass(frozen=True)
class Evidence:
    """Why a letter went where it went: the rule, and what it went by."""

    rule: Rule
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a letter belongs: on a ticket, or on a new one (`None`), perhaps beside `related`."""

    ticket: Ticket | None
    evidence: Evidence
    related: Ticket | None = None


def place_for(sender: Identity, letter: Incoming, claims: Claims, checked: SenderCheck) -> Place:
    """Return where a letter belongs, and by what evidence.

    A proof must fit the sender too: a stranger who was forwarded a chain holds it, but takes no part in that
    ticket. They get a new one beside it, and see nothing of the old. Without any proof another desk's number
    leads back to where that same desk has brought it.
    """
    # Whoever forges a sender may hold a forwarded chain too: no proof of the chain makes up for the sender.
    for claim in () if checked.has_failed else claims.found:
        ticket = claim.ticket.current
        if allowed := allowed_as(ticket, sender.address):
            return Place(ticket, _evidence(claim, sender, allowed))
    if claims.first:
        ticket = claims.first.ticket.current
        details = claims.first.details | {"number": ticket.short_number, "sender": sender.address}
        rule = Rule.FAILED_SENDER if checked.has_failed else Rule.STRANGER
        return Place(None, Evidence(rule, details), related=ticket)
    return _without_proof(sender, letter, claims, checked)


def allowed_as(ticket: Ticket, address: str) -> Allowed | None:
    """Say as whom somebody takes part in a ticket; `None` for a stranger, and for a letter without a sender."""
    if not address:
        return None
    identity = Identity.objects.filter(workspace_id=ticket.workspace_id, address=address).first()
    if identity and identity.contact_id == ticket.requester_id:
        return Allowed.REQUESTER
    if ticket.participants.filter(address=address).exists():
        return Allowed.PARTICIPANT
    if identity and ticket.participants.filter(contact=identity.contact_id).exists():
        return Allowed.OTHER_ADDRESS
    return None


def _evidence(claim: Claim, sender: Identity, allowed: Allowed) -> Evidence:
    rule = claim.rule
    if rule == Rule.KNOWN_MESSAGE and claim.message and _wrote(sender, claim.message):
        rule = Rule.OWN_EARLIER
    return Evidence(rule, claim.details | {"sender": sender.address, "allowed_as": str(allowed)})


def _wrote(sender: Identity, message: Message) -> bool:
    return message.author_contact_id == sender.contact_id


def _without_proof(sender: Identity, letter: Incoming, claims: Claims, checked: SenderCheck) -> Place:
    for row in brought_before(sender, letter.subject, checked):
        ticket = row.message.ticket.current
        if allowed := allowed_as(ticket, row.address):
            details = {"words": row.words, "sender": sender.address, "allowed_as": str(allowed)}
            return Place(ticket, Evidence(Rule.FOREIGN_NUMBER, details))
    if claims.gone:
        return Place(None, Evidence(Rule.GONE, {"answers": claims.gone[0]}))
    return Place(None, Evidence(Rule.NEW))
