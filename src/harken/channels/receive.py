"""Settling: a row of the ledger becomes a message on a ticket, or ends in another of its states, exactly once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Left
from django.utils import timezone

from harken import __version__
from harken.channels.bounces import mark_bounced
from harken.channels.contract import Incoming, IncomingFile, Unreadable
from harken.channels.email.channel import read
from harken.channels.email.quotes import visible_text
from harken.channels.email.reader import ReaderUnavailable
from harken.channels.models import Arrival, Channel
from harken.channels.reasons import Rule
from harken.channels.steps import Step, passed
from harken.channels.threading import find_ticket
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise
from harken.events.record import record
from harken.files.errors import FilesError
from harken.files.keep import keep
from harken.lib.addresses import normalise
from harken.lib.html import sanitise
from harken.lib.text import clean
from harken.tickets.models import Enclosure, Message, Ticket, Words
from harken.workspaces import wall
from harken.workspaces.models import Workspace

MOST_ATTEMPTS = 3
MOST_COMPARED = 50
# Enough to answer with; chains of thousands exist.
MOST_REFERENCES = 50
LONGEST_COMPARED = 100_000
LONGEST_CONTENT_ID = 500

State = Arrival.State


@dataclass(frozen=True)
class Verdict:
    """What becomes of an arrival, and by what evidence."""

    state: str
    rule: Rule
    message: Message | None = None
    original: Arrival | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    words: str = ""

    @property
    def ticket(self) -> Ticket | None:
        return self.message.ticket if self.message else None


def settle(arrival: Arrival) -> Arrival:
    """Give an arrival its one final state, and return it; one that has it already is returned as it is.

    A letter that cannot be read is held with the reason, and so is one that broke three attempts: the next
    letter never waits for it.
    """
    with wall.inside(arrival.workspace_id):
        arrival = _attempt(arrival)
        if arrival.state != State.RECEIVED:
            return arrival
        with _forgiven(arrival):
            letter = _read(arrival)
            passed(Step.MAIL_READ)
            settled = _settle(arrival, letter)
    passed(Step.ARRIVAL_SETTLED)
    return settled


@transaction.atomic
def hold(arrival: Arrival, rule: Rule) -> Arrival:
    """Leave a letter to a person, with the reason; one that is settled already is returned as it is."""
    arrival = _locked(arrival)
    return _end(arrival, Verdict(State.HELD, rule)) if arrival.state == State.RECEIVED else arrival


@transaction.atomic
def _attempt(arrival: Arrival) -> Arrival:
    # Counted before the letter is touched: what kills the worker must not be tried for ever.
    arrival = _locked(arrival)
    if arrival.state == State.RECEIVED:
        arrival.attempts += 1
        arrival.save(update_fields=["attempts"])
    return arrival


@contextmanager
def _forgiven(arrival: Arrival) -> Iterator[None]:
    """Give the attempt back when the machine was at fault: a full disk for a minute must not hold good letters."""
    try:
        yield
    except (OSError, OperationalError, ReaderUnavailable):
        Arrival.objects.filter(pk=arrival.pk).update(attempts=F("attempts") - 1)
        raise


def _read(arrival: Arrival) -> Incoming | Unreadable:
    if arrival.attempts > MOST_ATTEMPTS:
        return Unreadable(str(Rule.BROKEN_OFF.label) % {"attempts": MOST_ATTEMPTS})
    try:
        return read(arrival.raw.read())
    except FilesError as error:
        return Unreadable(str(error))


@transaction.atomic
def _settle(arrival: Arrival, letter: Incoming | Unreadable) -> Arrival:
    arrival = _locked(arrival)
    if arrival.state != State.RECEIVED:
        return arrival
    if isinstance(letter, Unreadable):
        return _end(arrival, Verdict(State.HELD, Rule.UNREADABLE, words=letter.reason))
    return _end(arrival, _judge(arrival, letter))


def _end(arrival: Arrival, verdict: Verdict) -> Arrival:
    arrival.state, arrival.judged_by = verdict.state, __version__
    arrival.explain(verdict.rule, verdict.evidence, verdict.words)
    arrival.message, arrival.ticket, arrival.original = verdict.message, verdict.ticket, verdict.original
    arrival.settled_at = timezone.now()
    arrival.save()
    if arrival.state == State.HELD and arrival.workspace:
        record("arrival.held", arrival)
    return arrival


def _judge(arrival: Arrival, letter: Incoming) -> Verdict:
    workspace = arrival.workspace
    if workspace is None:
        return Verdict(State.HELD, Rule.NO_MAILBOX)
    arrival.content_sha256 = letter.content_sha256
    original = _came_before(arrival)
    if original:
        return Verdict(State.DUPLICATE, Rule.DUPLICATE, original.message, original)
    if letter.bounce:
        return _judge_bounce(workspace, letter)
    if _is_our_own(workspace, letter):
        return Verdict(State.LOOP, Rule.OUR_OWN)
    return _take_in(workspace, arrival, letter)


def _came_before(arrival: Arrival) -> Arrival | None:
    # Two routes of one letter may be settled at once: the second waits here until the first has committed.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
            [arrival.content_sha256, arrival.workspace_id],
        )
    return (
        Arrival.objects.filter(workspace=arrival.workspace, content_sha256=arrival.content_sha256)
        .exclude(state__in=[State.RECEIVED, State.DUPLICATE, State.HELD])
        .exclude(pk=arrival.pk)
        .select_related("message__ticket")
        .first()
    )


def _judge_bounce(workspace: Workspace, letter: Incoming) -> Verdict:
    known = Message.objects.known_as(workspace, list(letter.bounced_ids))
    message = known.filter(kind=Message.Kind.REPLY).select_related("ticket").first()
    if message is None:
        return Verdict(State.HELD, Rule.UNKNOWN_BOUNCE)
    if letter.delayed_recipients and not letter.bounced_recipients:
        return Verdict(State.BOUNCED, Rule.DELAY, message)
    mark_bounced(message, letter.bounced_recipients, words=letter.text)
    return Verdict(State.BOUNCED, Rule.BOUNCE, message)


def _is_our_own(workspace: Workspace, letter: Incoming) -> bool:
    ours = Message.objects.known_as(workspace, [letter.external_id]).filter(kind=Message.Kind.REPLY)
    return bool(letter.external_id) and ours.exists()


def _take_in(workspace: Workspace, arrival: Arrival, letter: Incoming) -> Verdict:
    sender = recognise(workspace, letter.sender.email or arrival.envelope_from, letter.sender.name)
    ticket, evidence = find_ticket(workspace, sender, letter, arrival.envelope_to)
    words = _words(workspace, letter, _held_by(ticket))
    details: dict[str, Any] = {
        "external_id": letter.external_id,
        "references": (letter.references or letter.in_reply_to)[-MOST_REFERENCES:],
        "sent_at": letter.sent_at,
        "is_automatic": letter.auto_reply,
        **_recipients(workspace, letter, sender),
    }
    if ticket:
        state, message = State.JOINED, ticket.receive(words, sender=sender, **details)
    else:
        opened = Ticket.open_for(sender, letter.subject, words, channel_id=arrival.channel_id, **details)
        state, message = State.OPENED, opened.messages.get()
    passed(Step.TICKET_MADE)
    if arrival.channel:
        arrival.channel.note_received(arrival.received_at)
    return Verdict(state, evidence.rule, message, evidence=evidence.details)


def _held_by(ticket: Ticket | None) -> list[str]:
    """What the customer and we said last on the ticket: quoted history is known by comparing with it."""
    if ticket is None:
        return []
    said = ticket.messages.exclude(kind=Message.Kind.NOTE).order_by("-position")
    # Cut by the server: fifty letters of twenty megabytes each would not fit into this process.
    return list(said.values_list(Left("text", LONGEST_COMPARED), flat=True)[:MOST_COMPARED])


def _words(workspace: Workspace, letter: Incoming, held: Sequence[str]) -> Words:
    return Words(
        text=clean(letter.text),
        visible_text=visible_text(clean(letter.text), held) if held else clean(letter.visible_text),
        html=sanitise(clean(letter.html)) if letter.html else "",
        files=tuple(_enclosure(workspace, file) for file in letter.files),
    )


def _enclosure(workspace: Workspace, file: IncomingFile) -> Enclosure:
    kept = keep(workspace, file.name, file.media_type, file.content)
    return Enclosure(kept, content_id=file.content_id[:LONGEST_CONTENT_ID], is_inline=file.inline)


def _recipients(workspace: Workspace, letter: Incoming, sender: Identity) -> dict[str, list[str]]:
    """Everybody else the letter went to: our own mailboxes and their signed forms are nobody's copy."""
    ours = set(Channel.objects.filter(workspace=workspace).values_list("address", flat=True))
    seen = {sender.address}
    others: dict[str, list[str]] = {"to": [], "cc": []}
    for role, addresses in (("to", letter.to), ("cc", letter.cc)):
        for address in (normalise(one.email) for one in addresses):
            if address and address not in seen and _without_token(address) not in ours:
                seen.add(address)
                others[role].append(address)
    return others


def _without_token(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _locked(arrival: Arrival) -> Arrival:
    return (
        Arrival.objects.select_for_update(of=("self",))
        .select_related("raw", "channel", "workspace")
        .get(pk=arrival.pk)
    )
