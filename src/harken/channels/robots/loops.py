"""Loops: robots that answer our automatic mail, or write the same again and again, also with all signs taken off.

Nothing of ours answers by itself but the acknowledgement of a new ticket, and that has narrow limits of its own
(`limits`). Here a loop is recognised, by pace and likeness together: a busy person writes fast, but not the same.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from harken.channels.contract import Incoming
from harken.channels.models import Delivery
from harken.channels.models.tally import Tally
from harken.channels.our_addresses import without_token
from harken.channels.proof.threading import Evidence, Place
from harken.channels.reasons import Rule
from harken.contacts.models import Identity
from harken.events.models import Event
from harken.events.record import record
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.tickets.models import Message, Ticket

STOPPED = "ticket.loop_stopped"
# What comes within this time after an automatic letter of ours may be a robot's answer.
WINDOW = timedelta(minutes=10)
# "Thank you" twice is no robot.
FEWEST_WORDS = 3
MOST_ALIKE = 10
MOST_COMPARED = 30
LETTERS_COMPARED = 2_000
# Robots put a name or a date into their text; people who repeat themselves choose other words.
SAME = 0.9
# In a flood numbers, dates and hosts differ, and nothing else does.
SAME_BUT_FOR_NUMBERS = 0.8

_WAS_NOTIFIED = """
    SELECT 1 FROM channels_delivery delivery JOIN tickets_message message ON message.id = delivery.message_id
    WHERE delivery.workspace_id = %s AND delivery.address = %s AND delivery.queued_at > %s AND message.kind = 'notice'
    LIMIT 1
"""
_EARLIER = f"""
    SELECT ticket_id, left(coalesce(nullif(visible_text, ''), text), {LETTERS_COMPARED}), said.created_at, subject
    FROM tickets_message said JOIN tickets_ticket ticket ON ticket.id = ticket_id
    WHERE said.workspace_id = %(workspace)s AND author_contact_id = %(contact)s AND author_address = %(address)s
      AND kind = 'contact' AND said.created_at > %(since)s AND octet_length(text) BETWEEN %(least)s AND %(most)s
    ORDER BY said.id DESC LIMIT {MOST_COMPARED}
"""
_WORD = re.compile(r"[^\W_]+(?:['’.:/@#-][^\W_]+)*")


class Earlier(NamedTuple):
    """A letter the same sender wrote shortly before."""

    ticket_id: int
    words: frozenset[str]
    at: datetime
    # Of the ticket it lies on.
    subject: frozenset[str]


def loop_of(sender: Identity, letter: Incoming) -> Place | None:
    """Return the place of a letter that goes on with a loop: the ticket it began on; `None` for everybody else."""
    window = int(WINDOW.total_seconds())
    times = Tally.objects.note(sender.workspace, "letters", sender.address, seconds=window)
    if times < 2 or not sender.address or _is_a_matter_of_its_own(sender, letter):
        return None
    # Comparing costs more than counting: only where there is something to stop.
    if times <= MOST_ALIKE and not _was_notified(sender):
        return None
    earlier = _earlier(sender, len(letter.text.encode()))
    return _exchange(sender, letter, earlier) or _flood(sender, letter, earlier)


def tell_stopped(ticket: Ticket, sender: Identity) -> None:
    """Say on the ticket that its loop was stopped, once a day, and send its robot nothing automatic until then."""
    told = Event.objects.filter(workspace_id=ticket.workspace_id, ticket_id=ticket.pk, type=STOPPED)
    if not told.filter(at__gt=timezone.now() - timedelta(days=1)).exists():
        record(STOPPED, ticket, number=ticket.number, address=sender.address)
    sender.stop_automatic_mail(Identity.Stopped.LOOP)


def _is_a_matter_of_its_own(sender: Identity, letter: Incoming) -> bool:
    """A file, or another person to answer: scanners and forms write the same for many, and mean each."""
    others = {without_token(normalise(each.email)) for each in letter.reply_to} - {sender.address}
    return bool(others) or any(not file.inline for file in letter.files)


def _exchange(sender: Identity, letter: Incoming, earlier: Sequence[Earlier]) -> Place | None:
    """It says what it said before, and in between there is nothing but an automatic letter of ours."""
    said = _words(letter)
    alike = next((each for each in earlier if _likeness(each.words, said) >= SAME), None)
    if alike is None or len(said) < FEWEST_WORDS or not _was_only_notified(sender, since=alike.at):
        return None
    return _stopped(sender, alike.ticket_id, Rule.LOOP_EXCHANGE)


def _flood(sender: Identity, letter: Incoming, earlier: Sequence[Earlier]) -> Place | None:
    """It says, but for numbers, what many letters of the last minutes said; in few words the subject says it all."""
    said = _without_numbers(_words(letter) | _words_in(letter.subject))
    alike = [
        each.ticket_id
        for each in earlier
        if _likeness(_without_numbers(each.words | each.subject), said) >= SAME_BUT_FOR_NUMBERS
    ]
    if len(alike) < MOST_ALIKE:
        return None
    # Where most of them are already, else where the first of them is.
    [(ticket_id, _count)] = Counter(reversed(alike)).most_common(1)
    return _stopped(sender, ticket_id, Rule.LOOP_FLOOD, count=len(alike))


def _stopped(sender: Identity, ticket_id: int, rule: Rule, **details: int) -> Place | None:
    ticket = Ticket.objects.select_related("merged_into").get(pk=ticket_id).current
    # What is closed is done: another alarm of the same kind is to be seen.
    if ticket.is_closed:
        return None
    evidence = {"sender": sender.address, "number": ticket.short_number, **details}
    return Place(ticket, Evidence(rule, evidence))


def _earlier(sender: Identity, size: int) -> list[Earlier]:
    """The sender's letters of late that are about as long, the newest first; cut by the server: one may be huge."""
    asked = {
        "workspace": sender.workspace_id,
        "contact": sender.contact_id,
        "address": sender.address,
        "since": timezone.now() - WINDOW,
        "least": int(size * 0.7),
        "most": int(size * 1.4) + 1,
    }
    return [
        Earlier(ticket_id, _words_in(words), at, _words_in(subject))
        for ticket_id, words, at, subject in rows.ask(_EARLIER, asked)
    ]


def _was_notified(sender: Identity) -> bool:
    return bool(rows.ask(_WAS_NOTIFIED, [sender.workspace_id, sender.address, timezone.now() - WINDOW]))


def _was_only_notified(sender: Identity, *, since: datetime) -> bool:
    sent = Delivery.objects.to_address(sender.workspace, sender.address).filter(queued_at__gte=since)
    return set(sent.values_list("message__kind", flat=True)) == {Message.Kind.NOTICE}


def _words(letter: Incoming) -> frozenset[str]:
    return _words_in(letter.visible_text or letter.text)


def _words_in(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text[:LETTERS_COMPARED]))


def _without_numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset("0" if any(map(str.isdigit, word)) else word for word in words)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 to 1: how many of all their words both have."""
    return len(one & other) / len(one | other) if one or other else 0.0
