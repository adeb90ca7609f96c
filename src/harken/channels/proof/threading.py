"""Threading by proof: which ticket a letter may join. A number in the subject is a hint for people, never proof."""

from dataclasses import dataclass, field
from typing import Any

from harken.channels.contract import Incoming
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.claims import Claim, Claims
from harken.channels.proof.foreign_numbers import brought_before
from harken.channels.reasons import Allowed, Rule
from harken.contacts.models import Identity
from harken.lib import rows
from harken.tickets.models import Message, Ticket

_PART = """
    WITH whose AS (
        SELECT contact_id FROM contacts_identity WHERE workspace_id = %(workspace)s AND address = %(address)s
    ), part AS (
        SELECT address, contact_id FROM tickets_participant WHERE ticket_id = %(ticket)s
    )
    SELECT EXISTS (SELECT FROM tickets_ticket JOIN whose ON contact_id = requester_id WHERE id = %(ticket)s),
           EXISTS (SELECT FROM part WHERE address = %(address)s),
           EXISTS (SELECT FROM part JOIN whose USING (contact_id))
"""


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
    ((is_requester, takes_part, by_another),) = rows.ask(
        _PART, {"workspace": ticket.workspace_id, "ticket": ticket.pk, "address": address}
    )
    if is_requester:
        return Allowed.REQUESTER
    if takes_part:
        return Allowed.PARTICIPANT
    return Allowed.OTHER_ADDRESS if by_another else None


def _evidence(claim: Claim, sender: Identity, allowed: Allowed) -> Evidence:
    rule = claim.rule
    if rule == Rule.KNOWN_MESSAGE and claim.message and _wrote(sender, claim.message):
        rule = Rule.OWN_EARLIER
    return Evidence(rule, claim.details | {"sender": sender.address, "allowed_as": str(allowed)})


def _wrote(sender: Identity, message: Message) -> bool:
    return message.author_contact_id == sender.contact_id


def _without_proof(sender: Identity, letter: Incoming, claims: Claims, checked: SenderCheck) -> Place:
    for number in brought_before(sender, letter.subject, checked):
        ticket = number.message.ticket.current
        if allowed := allowed_as(ticket, number.address):
            details = {"words": number.words, "sender": sender.address, "allowed_as": str(allowed)}
            return Place(ticket, Evidence(Rule.FOREIGN_NUMBER, details))
    if claims.gone:
        return Place(None, Evidence(Rule.GONE, {"answers": claims.gone[0]}))
    return Place(None, Evidence(Rule.NEW))
