"""Delivering: one message to each of its recipients, tried until a server took it, refused it or four days passed.

An attempt is short steps, each durable before the next: claim it, note that the server has the text and only
its end is missing, end it, mark what the server said. A worker that dies leaves `sending` behind. Before the note
nothing can have been sent, and the next attempt simply sends; after it nobody knows, which is silence like any other.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from harken.channels.contract import Outcome, OutcomeState
from harken.channels.email.accounts import PasswordUnreadable
from harken.channels.email.channel import send
from harken.channels.email.smtp import Outcomes
from harken.channels.leaving.outgoing import NoMailbox, channel_of, outgoing_for
from harken.channels.mailboxes.troubles import report
from harken.channels.models import Channel, Delivery, Part
from harken.channels.robots.health import note_outcome
from harken.channels.steps import Step, passed
from harken.events.record import record
from harken.files.errors import FilesError
from harken.tickets.models import Message

State = Delivery.State

# RFC 5321, 4.5.4.1: the give-up time is at least four to five days.
GIVE_UP_AFTER = timedelta(days=4)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
# Silence is tried once more, with the same Message-ID, by which the far side can tell that it is the same.
PAUSE_AFTER_SILENCE = timedelta(minutes=1)
MOST_SILENCES = 2


class TakenOver(Exception):
    """Another attempt has the letter in hand: whoever slept meanwhile sends nothing."""


def deliver(message: Message) -> datetime | None:
    """Try every recipient that is due, and return when to come back (`None`: never). Twice is harmless."""
    claimed = _claim(message)
    passed(Step.DELIVERY_CLAIMED)
    if claimed:
        try:
            outcomes = _hand_over(message, claimed)
        except TakenOver:
            return None
        passed(Step.MAIL_HANDED_OVER)
        _mark(message, claimed, outcomes)
        passed(Step.DELIVERY_MARKED)
    return _next_try(message)


def give_up(message: Message) -> None:
    """Say so on every recipient still open when no attempt will follow any more; harmless when none is."""
    stop(message, _("Harken could not go on with it; its log says why. Your text is safe: send it again."))


@transaction.atomic
def stop(message: Message, words: str) -> None:
    """End every delivery of a message that is still open, and say why; harmless when none is."""
    message.hold_ticket()
    undecided = Delivery.objects.select_for_update().filter(message=message).undecided()
    for delivery in (open_ones := list(undecided)):
        delivery.state = State.UNKNOWN if delivery.is_handed_over else State.FAILED
        delivery.words, delivery.next_try_at = words, None
        _save(delivery)
    if open_ones:
        _tell(message)


@transaction.atomic
def _claim(message: Message) -> list[Delivery]:
    deliveries = list(Delivery.objects.select_for_update().filter(message=message).exclude(state=State.SENT))
    for abandoned in (delivery for delivery in deliveries if delivery.state == State.SENDING):
        _take_back(abandoned)
    due = [delivery for delivery in deliveries if _is_due(delivery)]
    for delivery in due:
        delivery.state, delivery.is_handed_over = State.SENDING, False
        delivery.attempts += 1
        _save(delivery)
    return due


def _take_back(abandoned: Delivery) -> None:
    if abandoned.is_handed_over:
        silence = _("The sending was cut off before the server’s answer.")
        _judge(abandoned, Outcome(OutcomeState.UNKNOWN, silence))
    else:
        abandoned.state = State.QUEUED


def _is_due(delivery: Delivery) -> bool:
    if delivery.state == State.QUEUED:
        return True
    return delivery.next_try_at is not None and delivery.next_try_at <= timezone.now()


def _hand_over(message: Message, claimed: list[Delivery]) -> dict[str, Outcome]:
    addresses = [delivery.address for delivery in claimed]
    try:
        channel = channel_of(message.ticket)
        letter = outgoing_for(message, channel, addresses)
        outcomes = send(channel, letter, before_end=lambda: _note_handing_over(claimed))
    except (NoMailbox, FilesError) as error:
        return dict.fromkeys(addresses, Outcome(OutcomeState.FAILED, str(error)))
    except PasswordUnreadable as problem:
        report(channel, Part.SENDING, problem)
        return dict.fromkeys(addresses, Outcome(OutcomeState.DEFERRED, str(problem)))
    _report_health(channel, outcomes)
    return outcomes


def _note_handing_over(claimed: list[Delivery]) -> None:
    mine = {delivery.pk: delivery.attempts for delivery in claimed}
    with transaction.atomic():
        deliveries = Delivery.objects.select_for_update().filter(pk__in=mine)
        # Whoever takes over claims all of them anew, so one that is not ours any more stands for all.
        if dict(deliveries.values_list("pk", "attempts")) != mine:
            raise TakenOver
        deliveries.update(is_handed_over=True)
    passed(Step.MAIL_HANDING_OVER)


def _report_health(channel: Channel, outcomes: Outcomes) -> None:
    if outcomes.problem:
        report(channel, Part.SENDING, outcomes.problem)
    elif OutcomeState.SENT in {each.state for each in outcomes.values()}:
        channel.report_well(Part.SENDING)


@transaction.atomic
def _mark(message: Message, claimed: list[Delivery], outcomes: dict[str, Outcome]) -> None:
    message.hold_ticket()
    for mine in claimed:
        delivery = Delivery.objects.select_for_update().get(pk=mine.pk)
        # Somebody who woke up late finds another attempt under way, or done, and leaves it alone.
        if delivery.state == State.SENDING and delivery.attempts == mine.attempts:
            _judge(delivery, outcomes[delivery.address])
    _tell(message)


def _tell(message: Message) -> None:
    message.ticket.show_problem(Delivery.objects.some_failed_on(message.ticket))
    record("delivery.changed", message, number=message.ticket.number)


def _judge(delivery: Delivery, outcome: Outcome) -> None:
    delivery.state, delivery.words, delivery.next_try_at = str(outcome.state), outcome.words, None
    if outcome.state == OutcomeState.UNKNOWN:
        delivery.silences += 1
        if delivery.silences < MOST_SILENCES:
            delivery.next_try_at = timezone.now() + PAUSE_AFTER_SILENCE
    if outcome.state == OutcomeState.DEFERRED:
        _put_off(delivery)
    _save(delivery)
    note_outcome(delivery)


def _put_off(delivery: Delivery) -> None:
    now = timezone.now()
    if now - delivery.queued_at >= GIVE_UP_AFTER:
        delivery.state = State.FAILED
        delivery.words = _("Given up after four days. The last answer was: %s") % delivery.words
        return
    delivery.next_try_at = now + min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 10), LONGEST_PAUSE)


def _save(delivery: Delivery) -> None:
    delivery.updated_at = timezone.now()
    delivery.save(
        update_fields=[
            "state",
            "attempts",
            "is_handed_over",
            "silences",
            "words",
            "next_try_at",
            "updated_at",
        ]
    )


def _next_try(message: Message) -> datetime | None:
    tries = Delivery.objects.filter(message=message, next_try_at__isnull=False)
    return tries.order_by("next_try_at").values_list("next_try_at", flat=True).first()
