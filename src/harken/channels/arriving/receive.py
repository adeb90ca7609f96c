"""Settling: a row of the ledger becomes a message on a ticket, or ends in another of its states, exactly once."""

import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from harken import __version__
from harken.channels.arriving import queue
from harken.channels.arriving.colleagues import Taken, take_in_colleague
from harken.channels.arriving.glance import note_head
from harken.channels.arriving.letter import details_of, others_of, texts_on, words_of
from harken.channels.arriving.reply_to import for_its_writer
from harken.channels.contract import Incoming, Unreadable
from harken.channels.email.channel import read
from harken.channels.email.reader import ReaderUnavailable
from harken.channels.email.signatures import loop_mark
from harken.channels.mailboxes import heartbeat
from harken.channels.models import Arrival
from harken.channels.our_addresses import own_addresses, without_token
from harken.channels.proof.authenticate import SenderCheck, check_sender
from harken.channels.proof.claims import Claims, claims_of
from harken.channels.proof.foreign_numbers import keep_numbers
from harken.channels.proof.threading import Place, place_for
from harken.channels.reasons import Rule
from harken.channels.robots.acknowledge import acknowledge
from harken.channels.robots.bounces import judge_bounce
from harken.channels.robots.complaints import judge_complaint
from harken.channels.robots.loops import loop_of, tell_stopped
from harken.channels.robots.spam import spam_verdict
from harken.channels.steps import Step, passed
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise, recognise_all
from harken.events.record import record
from harken.files.errors import FilesError
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.tickets.models import Message, Ticket, TicketLink, Words
from harken.tickets.models.participant import MOST_NEWCOMERS
from harken.workspaces import wall
from harken.workspaces.models import Workspace

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
# Enough to answer with; chains of thousands exist.
MOST_REFERENCES = 50

State = Arrival.State
_HOLD = "SELECT state FROM channels_arrival WHERE id = %s FOR UPDATE"
# Two routes of one letter may be settled at once: the second waits here until the first has committed.
_HOLD_CONTENT = "pg_advisory_xact_lock(hashtextextended(%s, %s))"
_HOLD_WITH_CONTENT = f"WITH held AS MATERIALIZED ({_HOLD}) SELECT state, {_HOLD_CONTENT} FROM held"
# What settling writes on an arrival; what the letter's head and source said stands there already.
_SETTLED = (
    *("state", "rule", "evidence", "words", "judged_by", "content_sha256", "past"),
    *("message", "ticket", "original", "settled_at", "sender", "subject"),
)
# What made no message is told to open pages by itself.
_TOLD: dict[str, str] = {
    State.HELD: "arrival.held",
    **dict.fromkeys((State.BOUNCED, State.LOOP, State.DUPLICATE, State.SPAM), "arrival.settled"),
}


@dataclass(frozen=True)
class Verdict:
    """What becomes of an arrival, and by what evidence."""

    state: str
    rule: Rule
    message: Message | None = None
    original: Arrival | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    # The ticket of a letter that made no message there: it waits as a colleague's draft.
    on: Ticket | None = None

    @property
    def ticket(self) -> Ticket | None:
        return self.message.ticket if self.message else self.on


def settle(arrival: Arrival) -> Arrival:
    """Give an arrival its one final state, and return it; one that has it already is returned as it is.

    A letter that cannot be read is held with the reason, and so is one that broke three attempts: the next
    letter never waits for it.
    """
    with wall.inside(arrival.workspace_id):
        taken = queue.take_this(arrival)
        return settle_taken(taken, _read_alone) if taken.state == State.RECEIVED else taken


def settle_taken(arrival: Arrival, reading: Callable[[Arrival], Incoming | Unreadable]) -> Arrival:
    """Settle an arrival taken off the queue, its letter read by `reading`; inside its wall, else like `settle`.

    Trouble of the machine counts no attempt, for a full disk must not hold good letters. Where others went well time
    and again meanwhile, over hours, it is the letter's own: it is held.
    """
    try:
        return _attempt(arrival, reading)
    except (OSError, OperationalError, ReaderUnavailable) as error:
        troubles = queue.forgive(arrival, may_count=getattr(error, "errno", None) not in DISK_FULL)
        if troubles < queue.MOST_TROUBLES:
            raise
        log.exception("a letter is held: it is always in trouble", arrival=arrival.pk)
        return _give_up(arrival, {"error": type(error).__name__, "count": troubles})


def _attempt(arrival: Arrival, reading: Callable[[Arrival], Incoming | Unreadable]) -> Arrival:
    letter = _read(arrival, reading)
    passed(Step.MAIL_READ)
    # Name servers are asked before the transaction: it holds locks that others wait for.
    settled = _settle(arrival, letter, _checked(arrival, letter))
    passed(Step.ARRIVAL_SETTLED)
    return settled


@transaction.atomic
def _give_up(arrival: Arrival, evidence: dict[str, Any]) -> Arrival:
    if not _is_still_waiting(arrival):
        return Arrival.objects.get(pk=arrival.pk)
    with suppress(OSError):
        note_head(arrival, None)
    return end(arrival, Verdict(State.HELD, Rule.TROUBLED, evidence=evidence))


def _read_alone(arrival: Arrival) -> Incoming | Unreadable:
    return read(arrival.raw.content)


def _read(arrival: Arrival, reading: Callable[[Arrival], Incoming | Unreadable]) -> Incoming | Unreadable:
    if _is_broken_off(arrival):
        return Unreadable()
    try:
        return reading(arrival)
    except FilesError as error:
        return Unreadable(words=str(error))


def _is_broken_off(arrival: Arrival) -> bool:
    return arrival.attempts >= MOST_ATTEMPTS


def _checked(arrival: Arrival, letter: Incoming | Unreadable) -> SenderCheck:
    return check_sender(arrival, letter) if isinstance(letter, Incoming) else SenderCheck()


@transaction.atomic
def _settle(arrival: Arrival, letter: Incoming | Unreadable, checked: SenderCheck) -> Arrival:
    if not _is_still_waiting(arrival, letter):
        return Arrival.objects.get(pk=arrival.pk)
    note_head(arrival, letter)
    if isinstance(letter, Unreadable):
        return end(arrival, _held(arrival, letter))
    return end(arrival, _with_check(_judge(arrival, letter, checked), checked))


def _with_check(verdict: Verdict, checked: SenderCheck) -> Verdict:
    """Keep who really sent what somebody may open later: by then a key may be another, and nobody waits for it."""
    if verdict.state not in (State.HELD, State.SPAM) or not checked.state:
        return verdict
    return replace(verdict, evidence=verdict.evidence | checked.as_evidence())


def _held(arrival: Arrival, letter: Unreadable) -> Verdict:
    if _is_broken_off(arrival):
        return Verdict(State.HELD, Rule.BROKEN_OFF, evidence={"attempts": MOST_ATTEMPTS})
    return Verdict(State.HELD, Rule(letter.why), evidence=letter.evidence, words=letter.words)


def end(arrival: Arrival, verdict: Verdict) -> Arrival:
    """Give an arrival the state of its verdict, and return it."""
    arrival.state, arrival.judged_by = verdict.state, __version__
    arrival.explain(verdict.rule, verdict.evidence, verdict.words)
    arrival.message, arrival.ticket, arrival.original = verdict.message, verdict.ticket, verdict.original
    arrival.settled_at = timezone.now()
    rows.update(arrival, *_SETTLED)
    if arrival.workspace and arrival.state in _TOLD:
        record(_TOLD[arrival.state], arrival)
    return arrival


def _judge(arrival: Arrival, letter: Incoming, checked: SenderCheck) -> Verdict:
    workspace = arrival.workspace
    if workspace is None:
        return Verdict(State.HELD, Rule.NO_MAILBOX)
    arrival.content_sha256 = letter.content_sha256
    original = _original_of(arrival)
    if original:
        if original.message and original.message.redaction:
            # What was taken away for good does not come back by a second copy.
            arrival.raw.remove()
        return Verdict(State.DUPLICATE, Rule.DUPLICATE, original.message, original)
    if heartbeat.came_back(arrival, letter):
        return Verdict(State.LOOP, Rule.HEARTBEAT)
    if letter.bounce and heartbeat.failed(arrival, letter):
        return Verdict(State.LOOP, Rule.HEARTBEAT_BOUNCE)
    if letter.bounce or letter.complaint:
        return _judge_report(workspace, letter)
    theirs = _not_ours(workspace, letter)
    if theirs is None:
        return Verdict(State.LOOP, Rule.OUR_OWN)
    return _take_in(workspace, arrival, theirs, checked)


def came_before(arrival: Arrival) -> Arrival | None:
    """Return the arrival that the same letter made its message by; locks the letter's content until commit."""
    rows.ask(f"SELECT {_HOLD_CONTENT}", [arrival.content_sha256, arrival.workspace_id])
    return _original_of(arrival)


def _original_of(arrival: Arrival) -> Arrival | None:
    return rows.first(
        Arrival,
        "workspace_id = %s AND content_sha256 = %s AND state NOT IN ('received', 'duplicate', 'held') AND id <> %s",
        [arrival.workspace_id, arrival.content_sha256, arrival.pk],
    )


def _judge_report(workspace: Workspace, letter: Incoming) -> Verdict:
    judge = judge_complaint if letter.complaint else judge_bounce
    message, evidence = judge(workspace, letter)
    state = State.BOUNCED if message else State.HELD
    return Verdict(state, evidence.rule, message, evidence=evidence.details)


def _not_ours(workspace: Workspace, letter: Incoming) -> Incoming | None:
    """Return a letter that is not one of ours come back, without an id of ours.

    Some programs answer under the id of what they answer: two messages of one id could not be told apart.
    """
    if loop_mark(workspace) in letter.loop_marks:
        return None
    if not letter.external_id or not Message.objects.is_ours(workspace, letter.external_id):
        return letter
    return None if _comes_back(workspace, letter) else replace(letter, external_id="")


def _comes_back(workspace: Workspace, letter: Incoming) -> bool:
    """Say whether a letter with the id of one of ours is that: from us, or in our words."""
    if without_token(normalise(letter.sender.email)) in own_addresses(workspace):
        return True
    ours = Message.objects.known_as(workspace, [letter.external_id]).exclude(kind=Message.Kind.CONTACT)
    said = " ".join(letter.text.split())
    return any(" ".join(each.text.split()) in said for each in ours)


def _take_in(workspace: Workspace, arrival: Arrival, letter: Incoming, checked: SenderCheck) -> Verdict:
    letter, checked = for_its_writer(workspace, letter, checked)
    claims = claims_of(workspace, letter, arrival.envelope_to)
    taken = take_in_colleague(workspace, letter, claims, checked)
    if taken:
        return _noted(arrival, _of_colleague(taken))
    spam = spam_verdict(workspace, letter, claims, checked)
    if spam:
        return Verdict(State.SPAM, spam.rule, evidence=spam.details)
    sender, others = _people(workspace, arrival, letter)
    loop = loop_of(sender, letter)
    place = loop or place_for(sender, letter, claims, checked)
    details = details_of(workspace, letter, checked) | others
    details["references"] = _references(letter, claims, place)
    details["is_automatic"] = bool(loop) or _is_automatic(arrival, letter)
    words = words_of(workspace, letter, texts_on(place.ticket))
    if place.ticket:
        state, message = State.JOINED, place.ticket.receive(words, sender=sender, **details)
    else:
        state, message = State.OPENED, _open(arrival, letter, sender, words, details)
        acknowledge(arrival, letter, message, sender, checked)
    if loop:
        state = State.LOOP
        tell_stopped(message.ticket, sender)
    elif not message.is_automatic and not checked.has_failed and not checked.is_of_our_own_name:
        sender.note_alive()
    if place.related:
        TicketLink.between(message.ticket, place.related)
    keep_numbers(message, letter.subject)
    return _noted(arrival, Verdict(state, place.evidence.rule, message, evidence=place.evidence.details))


def _of_colleague(taken: Taken) -> Verdict:
    rule, details = taken.evidence.rule, taken.evidence.details
    return Verdict(taken.state, rule, taken.message, evidence=details, on=taken.ticket)


def _open(
    arrival: Arrival, letter: Incoming, sender: Identity, words: Words, details: dict[str, Any]
) -> Message:
    # What answers something that this desk never wrote is kept, and is nobody's work.
    details |= {"channel_id": arrival.channel_id, "is_quiet": letter.auto_answer}
    return Ticket.begin(sender, letter.subject, words, **details)


def _noted(arrival: Arrival, verdict: Verdict) -> Verdict:
    passed(Step.TICKET_MADE)
    if arrival.channel:
        arrival.channel.note_received(arrival.received_at)
    return verdict


def _is_automatic(arrival: Arrival, letter: Incoming) -> bool:
    # Nobody writes from the empty address; other sources than SMTP do not know the envelope.
    return letter.auto_reply or (arrival.source == Arrival.Source.SMTP and not arrival.envelope_from)


def _people(
    workspace: Workspace, arrival: Arrival, letter: Incoming
) -> tuple[Identity, dict[str, list[str]]]:
    address = normalise(letter.sender.email or arrival.envelope_from)
    others = others_of(workspace, letter, address)
    if others["cc"]:
        recognise_all(workspace, [address, *others["cc"][:MOST_NEWCOMERS]])
    return recognise(workspace, address, letter.sender.name), others


def _references(letter: Incoming, claims: Claims, place: Place) -> list[str]:
    """What an answer will repeat; to a stranger nothing that names another ticket of this desk."""
    chain = (letter.references or letter.in_reply_to)[-MOST_REFERENCES:]
    return [each for each in chain if place.ticket or each not in claims.ours]


def _is_still_waiting(arrival: Arrival, letter: Incoming | Unreadable | None = None) -> bool:
    # Locked until commit: whoever else took the letter waits here, and then finds it settled.
    if isinstance(letter, Incoming):
        found = rows.ask(_HOLD_WITH_CONTENT, [arrival.pk, letter.content_sha256, arrival.workspace_id])
    else:
        found = rows.ask(_HOLD, [arrival.pk])
    return bool(found[0][0] == State.RECEIVED)
