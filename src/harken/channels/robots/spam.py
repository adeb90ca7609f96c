"""Spam: what the mail server before us thinks so of, or a colleague does of its sender, waits in the ledger."""

from harken.agents.models import Agent
from harken.channels.contract import Incoming
from harken.channels.models import SpamSender
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.claims import Claims
from harken.channels.proof.threading import Evidence, place_for
from harken.channels.reasons import Rule
from harken.contacts.models import Identity
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.tickets.models import Message, Ticket
from harken.tickets.states import State
from harken.workspaces.models import Workspace


def spam_verdict(
    workspace: Workspace, letter: Incoming, claims: Claims, checked: SenderCheck
) -> Evidence | None:
    """Return why a letter is spam; `None` when nobody says so, or when this desk knows better.

    It does where the letter proves to belong to a ticket that is no spam, and where a colleague has welcomed the
    sender before: unless somebody else writes in their name.
    """
    address = normalise(letter.sender.email)
    taught = _taught(workspace, address)
    if not taught and not letter.spam_by:
        return None
    # Looked up, not made: a spammer is nobody's contact.
    known = Identity.objects.of_mail(workspace, address).first()
    if known and _is_expected(known, letter, claims, checked):
        return None
    return taught or Evidence(Rule.SPAM_VERDICT, {"header": letter.spam_by})


def learn_senders(ticket: Ticket, by: Agent) -> None:
    """Take later letters of whoever wrote a ticket for spam. A sender that somebody forged is not held to blame."""
    for address in _writers(ticket):
        identity = Identity.objects.of_mail(ticket.workspace, address).first()
        was_welcome = bool(identity and identity.is_welcome)
        sender = SpamSender(
            workspace_id=ticket.workspace_id,
            address=address,
            ticket=ticket,
            agent_name=by.name,
            was_welcome=was_welcome,
        )
        rows.insert_new(sender)
        if identity and was_welcome:
            identity.welcome(False)


def forget_senders(ticket: Ticket) -> None:
    """Take letters of whoever wrote a ticket in again, and let what was known of them before count once more."""
    for address in _writers(ticket):
        forget_sender(ticket.workspace, address)


def forget_sender(workspace: Workspace, address: str) -> None:
    """Take letters of an address in again; harmless for one that was never called a sender of spam."""
    for sender in SpamSender.objects.filter(workspace=workspace, address=address):
        identity = Identity.objects.of_mail(workspace, address).first()
        if identity and sender.was_welcome:
            identity.welcome()
        sender.delete()


def _taught(workspace: Workspace, address: str) -> Evidence | None:
    sender = rows.first(SpamSender, "workspace_id = %s AND address = %s", [workspace.pk, address])
    if sender is None:
        return None
    number = sender.ticket.short_number if sender.ticket else ""
    return Evidence(Rule.SPAM_SENDER, {"agent": sender.agent_name, "sender": address, "number": number})


def _writers(ticket: Ticket) -> list[str]:
    """The addresses its requester wrote from, but for our colleagues' own and those that were proved to be forged."""
    said = ticket.messages.filter(kind=Message.Kind.CONTACT, author_contact=ticket.requester_id)
    genuine = said.exclude(sender_check=Message.SenderCheck.FAILED).exclude(author_address="")
    addresses = set(genuine.values_list("author_address", flat=True))
    ours = Agent.objects.filter(workspace=ticket.workspace_id, user__email__in=addresses)
    return sorted(addresses - set(ours.values_list("user__email", flat=True)))


def _is_expected(known: Identity, letter: Incoming, claims: Claims, checked: SenderCheck) -> bool:
    if known.is_welcome and not checked.has_failed:
        return True
    ticket = place_for(known, letter, claims, checked).ticket
    return ticket is not None and ticket.state != State.SPAM
