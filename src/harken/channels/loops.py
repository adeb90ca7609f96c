"""Loops: robots that answer our automatic mail, or write the same again and again, also with all signs taken off.

Nothing of ours answers by itself but the acknowledgement of a new ticket, and that has narrow limits of its own
(`limits`). Here a loop is recognised, by pace and likeness together: a busy person writes fast, but not the same.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models.functions import Left
from django.utils import timezone

from harken.channels.contract import Incoming
from harken.channels.models import Delivery
from harken.channels.models.tally import Tally
from harken.channels.reasons import Rule
from harken.channels.threading import Evidence, Place
from harken.contacts.models import Identity
from harken.events.models import Event
from harken.events.record import record
from harken.tickets.models import Message, Ticket

STOPPED = "ticket.loop_stopped"
WINDOW = timedelta(minutes=10)
# An automatic letter of ours, and what comes within this time after it may be the answer of a robot.
EXCHANGE = WINDOW
# "Thank you" twice is no robot.
FEWEST_WORDS = 3
MOST_ALIKE = 10
MOST_COMPARED = 30
LETTERS_COMPARED = 4_000
# Robots put a name or a date into their text; people who repeat themselves choose other words.
SAME = 0.9
# In a flood numbers, dates and hosts differ, and nothing else does.
SAME_BUT_FOR_NUMBERS = 0.8

_WORD = re.compile(r"[^\W_]+(?:['’.:/@#-][^\W_]+)*")
_NUMBERED = re.compile(r"\S*\d\S*")


class Earlier(NamedTuple):
    """A letter the same sender wrote shortly before."""

    ticket_id: int
    words: frozenset[str]
    at: datetime


def loop_of(sender: Identity, letter: Incoming) -> Place | None:
    """Return the place of a letter that goes on with a loop: the ticket it began on; `None` for everybody else."""
    window = int(WINDOW.total_seconds())
    pace = Tally.objects.note(sender.workspace, "letters", sender.address, seconds=window)
    if pace.times < 2 or not sender.address or any(not file.inline for file in letter.files):
        return None
    earlier = _earlier(sender)
    return _exchange(sender, letter, earlier) or _flood(sender, letter, earlier)


def tell_stopped(ticket: Ticket, sender: Identity) -> None:
    """Say on the ticket that its loop was stopped, once a day, and send its robot nothing automatic until then."""
    told = Event.objects.filter(workspace_id=ticket.workspace_id, ticket_id=ticket.pk, type=STOPPED)
    if not told.filter(at__gt=timezone.now() - timedelta(days=1)).exists():
        record(STOPPED, ticket, number=ticket.number, address=sender.address)
    sender.stop_automatic_mail(Identity.Stopped.LOOP)


def _exchange(sender: Identity, letter: Incoming, earlier: Sequence[Earlier]) -> Place | None:
    """It says what it said before, and in between there is nothing but an automatic letter of ours."""
    said = _words(letter)
    alike = next((each for each in earlier if _likeness(each.words, said) >= SAME), None)
    if alike is None or len(said) < FEWEST_WORDS or not _was_only_notified(sender, since=alike.at):
        return None
    return _stopped(sender, alike.ticket_id, Rule.LOOP_EXCHANGE)


def _flood(sender: Identity, letter: Incoming, earlier: Sequence[Earlier]) -> Place | None:
    """It says, but for numbers, what many letters of the last minutes said."""
    said, since = _without_numbers(_words(letter)), timezone.now() - WINDOW
    alike = [
        each.ticket_id
        for each in earlier
        if each.at > since and _likeness(_without_numbers(each.words), said) >= SAME_BUT_FOR_NUMBERS
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


def _earlier(sender: Identity) -> list[Earlier]:
    """The sender's letters of the last hour, the newest first; cut by the server, for one may be huge."""
    written = Message.objects.filter(
        workspace_id=sender.workspace_id,
        author_contact_id=sender.contact_id,
        author_address=sender.address,
        kind=Message.Kind.CONTACT,
        created_at__gt=timezone.now() - EXCHANGE,
    ).order_by("-id")
    rows = written.values_list(
        "ticket_id", Left("visible_text", LETTERS_COMPARED), Left("text", LETTERS_COMPARED), "created_at"
    )
    return [
        Earlier(ticket_id, _words_in(visible or text), at)
        for ticket_id, visible, text, at in rows[:MOST_COMPARED]
    ]


def _was_only_notified(sender: Identity, *, since: datetime) -> bool:
    sent = Delivery.objects.to_address(sender.workspace, sender.address).filter(queued_at__gte=since)
    return set(sent.values_list("message__kind", flat=True)) == {Message.Kind.NOTICE}


def _words(letter: Incoming) -> frozenset[str]:
    return _words_in(letter.visible_text or letter.text)


def _words_in(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text[:LETTERS_COMPARED]))


def _without_numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(_NUMBERED.sub("0", word) for word in words)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 to 1: how many of all their words both have."""
    return len(one & other) / len(one | other) if one or other else 0.0
