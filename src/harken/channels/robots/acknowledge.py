"""Acknowledging: "we have your message", once for a new ticket, and only to somebody who wrote it.

An acknowledgement is a mail that a stranger can make us send to a third person. So it holds not a word of theirs,
goes to the address the letter really came from, and is counted (see `limits`).
"""

import re
from datetime import timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from harken.channels.contract import Incoming
from harken.channels.models import Arrival, Mailbox
from harken.channels.our_addresses import is_ours, without_token
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.robots.limits import may_notify
from harken.contacts.models import Identity
from harken.lib.addresses import domain_of, is_no_reply, is_public_provider, normalise, share_a_home
from harken.tickets.models import Message, Ticket

ACKNOWLEDGEMENT = "acknowledgement"
# What waited in a mailbox for days was answered there, or needs no "we have it" any more.
YOUNG = timedelta(days=1)

PLACEHOLDERS = ("number", "company")

_PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")
# Besides those that say so themselves: where programs write from, and nobody but them.
_OF_PROGRAMS = re.compile(
    r"(?:mail[-_.]?daemon|hostmaster|abuse|double-?bounce|notifications?|notify|alerts?|auto-?reply|auto-?responder"
    r"|root|nobody|cron|listserv|majordomo|owner-.*|.*-(?:owner|request|bounces?)|.*[-_.+]no-?reply)",
    re.I,
)


def acknowledge(
    arrival: Arrival, letter: Incoming, message: Message, sender: Identity, checked: SenderCheck
) -> Message | None:
    """Queue the acknowledgement of a ticket that was just opened by a letter; `None` when there is to be none.

    In the transaction that opens the ticket, so that it is queued once, however often the letter comes.
    """
    mailbox = _mailbox_of(arrival)
    if (
        mailbox is None
        or not mailbox.acknowledges
        or not _may_answer(arrival, letter, message, sender, checked)
    ):
        return None
    address, ticket = message.author_address, message.ticket
    is_verified = checked.is_verified
    if not may_notify(ticket.workspace, address, source=_source(arrival, letter), is_verified=is_verified):
        return None
    return ticket.notify(words_for(ticket, mailbox), to=[address], notice=ACKNOWLEDGEMENT, is_held=True)


def words_for(ticket: Ticket, mailbox: Mailbox) -> str:
    """Return the mailbox's own text, else ours in the workspace's language, with its placeholders filled in."""
    with translation.override(ticket.workspace.language):
        text = mailbox.acknowledgement.strip() or standard_text()
    values = {"number": ticket.short_number, "company": mailbox.from_name or ticket.workspace.name}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def placeholders_in(text: str) -> list[str]:
    """Return the names that stand in braces in a text."""
    return _PLACEHOLDER.findall(text)


def standard_text() -> str:
    """The text that a mailbox without its own uses, in the language of the moment."""
    return _(
        "Thank you for writing to us. We have received your message under the number {number}.\n"
        "A person will read it and answer you. If you want to add something, just answer this letter.\n\n{company}"
    )


def _mailbox_of(arrival: Arrival) -> Mailbox | None:
    return arrival.channel.settings if arrival.channel else None


def _may_answer(
    arrival: Arrival, letter: Incoming, message: Message, sender: Identity, checked: SenderCheck
) -> bool:
    """Never a robot, a list, nobody, or somebody in whose name another has written (RFC 3834, 2)."""
    is_a_persons = not (message.is_automatic or letter.bulk_by or letter.spam_by or letter.loop_marks)
    return is_a_persons and _is_young(arrival, letter) and _is_a_reader(arrival, letter, sender, checked)


def _is_young(arrival: Arrival, letter: Incoming) -> bool:
    written = letter.sent_at or arrival.received_at
    return max(timezone.now() - arrival.received_at, abs(arrival.received_at - written)) < YOUNG


def _is_a_reader(arrival: Arrival, letter: Incoming, sender: Identity, checked: SenderCheck) -> bool:
    address = normalise(letter.sender.email)
    # In a form anybody may type the address of a third person.
    is_doubtful = checked.has_failed or checked.is_of_our_own_name
    if not address or address != sender.address or is_doubtful or not sender.takes_automatic_mail:
        return False
    if is_no_reply(address) or _OF_PROGRAMS.fullmatch(address.partition("@")[0]) or is_ours(address):
        return False
    # A letter that was fetched or piped has its envelope in a line that the last server wrote.
    envelope_from = arrival.envelope_from or letter.return_path
    return checked.is_verified or _agrees(envelope_from, address)


def _agrees(envelope_from: str, address: str) -> bool:
    """Say whether the envelope names the same domain as the letter, or nobody told us the envelope."""
    # A letter from everybody's provider must come from that very mailbox.
    if not envelope_from:
        return True
    if is_public_provider(domain_of(address)):
        return without_token(normalise(envelope_from)) == without_token(address)
    return share_a_home(domain_of(envelope_from), domain_of(address))


def _source(arrival: Arrival, letter: Incoming) -> str:
    return arrival.client_ip or domain_of(arrival.envelope_from or letter.sender.email)
