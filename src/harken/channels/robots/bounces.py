"""Delivery failures that come back as letters: found by proof, they mark the delivery they are about."""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import zip_longest

from django.db.models import QuerySet
from django.utils import timezone

from harken.channels.contract import Incoming
from harken.channels.email.signatures import ticket_id_in
from harken.channels.models import Delivery
from harken.channels.proof.threading import Evidence
from harken.channels.reasons import Rule
from harken.channels.robots import health
from harken.events.record import record
from harken.lib.addresses import normalise
from harken.lib.text import one_line
from harken.tickets.models import Message
from harken.workspaces.models import Workspace

LONGEST_WORDS = 500
OURS = (*Message.BY_HAND, Message.Kind.NOTICE)
# Servers give up after five days; a report that names nothing is about something younger.
RECENT = timedelta(days=14)
MOST_COMPARED = 20
# A line of ours that a report repeats: nobody but its readers knows it.
TELLING_LINE = 30
MOST_SEARCHED = 20_000
# The code of an answer (RFC 5321, 4.2), with its status (RFC 3463) or alone at the beginning.
_ANSWER = re.compile(
    r"(?<![\w.])[45]\d\d[ -]+#?[45]\.\d{1,3}\.\d{1,3}\b|^[45]\d\d[ -]|(?:said|response|reply):? *[45]\d\d"
)


def judge_bounce(workspace: Workspace, letter: Incoming) -> tuple[Message | None, Evidence]:
    """Mark what a failure report is about; return the message and by what it was found, or None without a proof.

    Anybody may write "your letter failed". The proof is something only who got ours can know: its Message-ID,
    the signed reply address in it, or its words.
    """
    message, evidence = _found(workspace, letter)
    if message is None:
        return None, evidence
    if letter.delayed_recipients and not letter.bounced_recipients:
        return message, Evidence(Rule.DELAY)
    _mark(message, letter)
    return message, evidence


def message_reported(workspace: Workspace, letter: Incoming) -> Message | None:
    """Return the message of ours that a report names by its Message-ID."""
    known = Message.objects.known_as(workspace, list(letter.bounced_ids)).filter(kind__in=OURS)
    return known.select_related("ticket", "workspace").first()


def _found(workspace: Workspace, letter: Incoming) -> tuple[Message | None, Evidence]:
    message = message_reported(workspace, letter)
    if message:
        return message, Evidence(Rule.BOUNCE)
    signed = [ticket_id_in(workspace, address) for address in letter.bounced_reply_to]
    ticket_ids = [ticket_id for ticket_id in signed if ticket_id is not None]
    recent = _recent(workspace, letter)
    delivery = recent.filter(message__ticket__in=ticket_ids).first() if ticket_ids else None
    if delivery:
        return delivery.message, Evidence(Rule.BOUNCE_BY_ADDRESS, {"recipient": delivery.address})
    delivery = _only_one_repeated(recent[:MOST_COMPARED], letter.text)
    if delivery:
        return delivery.message, Evidence(Rule.BOUNCE_BY_WORDS, {"recipient": delivery.address})
    return None, Evidence(Rule.UNKNOWN_BOUNCE)


def _recent(workspace: Workspace, letter: Incoming) -> QuerySet[Delivery]:
    named = [normalise(address) for address in (*letter.bounced_recipients, *letter.delayed_recipients)]
    sent = Delivery.objects.filter(workspace=workspace, address__in=named, message__kind__in=OURS)
    sent = sent.filter(queued_at__gt=timezone.now() - RECENT).exclude(state=Delivery.State.QUEUED)
    return sent.select_related("message__ticket", "message__workspace").order_by("-id")


def _only_one_repeated(deliveries: Iterable[Delivery], report: str) -> Delivery | None:
    said = " ".join(report.replace(">", " ").split())
    repeated = [delivery for delivery in deliveries if _is_repeated(delivery.message, said)]
    return repeated[0] if len(repeated) == 1 else None


def _is_repeated(message: Message, said: str) -> bool:
    lines = (" ".join(line.split()) for line in message.text.splitlines())
    telling = [line for line in lines if len(line) >= TELLING_LINE]
    return message.kind in Message.BY_HAND and bool(telling) and all(line in said for line in telling)


def _mark(message: Message, letter: Incoming) -> None:
    """Mark as failed the deliveries a failure report names; all that left when it names none of them."""
    message.hold_ticket()
    deliveries, statuses = Delivery.objects.select_for_update().filter(message=message), _statuses(letter)
    named = list(deliveries.filter(address__in=statuses))
    failed = named or list(deliveries.that_left())
    said = letter.bounced_words or _answer_in(letter.text[:MOST_SEARCHED])
    for delivery in failed:
        _mark_failed(delivery, one_line(said, LONGEST_WORDS))
    # Whose address it is must be sure: a report about somebody's forwarding names an address of theirs.
    for delivery in named or (failed if len(deliveries) == 1 else []):
        status = statuses.get(delivery.address) or _only(statuses)
        report = letter.text[:MOST_SEARCHED]
        health.note_bounce(message.workspace, delivery.address, status, said, report)
    if message.kind in Message.BY_HAND:
        message.ticket.show_problem(True)
    record("delivery.changed", message, number=message.ticket.number)


def _answer_in(report: str) -> str:
    """The line in which a report repeats what the server answered, by its code; else how the report begins."""
    lines = (line.strip() for line in report.split("\n"))
    return next((line for line in lines if _ANSWER.search(line)), report[: LONGEST_WORDS * 4])


def _statuses(letter: Incoming) -> dict[str, str]:
    told = zip_longest(letter.bounced_recipients, letter.bounced_statuses, fillvalue="")
    return {normalise(recipient): status for recipient, status in told if recipient}


def _only(statuses: dict[str, str]) -> str:
    return next(iter(statuses.values())) if len(statuses) == 1 else ""


def _mark_failed(delivery: Delivery, words: str) -> None:
    delivery.state, delivery.words = Delivery.State.FAILED, words
    delivery.next_try_at, delivery.updated_at = None, timezone.now()
    delivery.save(update_fields=["state", "words", "next_try_at", "updated_at"])
