"""Judging again: what was held is tried once more, or a colleague says what it is. Each verdict before is kept."""

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harken.agents.models import Agent
from harken.channels.arriving import queue
from harken.channels.arriving.letter import details_of, others_of, words_of
from harken.channels.arriving.receive import Verdict, came_before, end
from harken.channels.arriving.reply_to import for_its_writer
from harken.channels.contract import Address, Incoming
from harken.channels.email.channel import read
from harken.channels.email.dns import Questions
from harken.channels.models import Arrival
from harken.channels.proof.authenticate import SenderCheck, check_sender, kept_check
from harken.channels.reasons import Rule
from harken.channels.robots.spam import forget_sender
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise
from harken.events.record import record
from harken.files.errors import FilesError
from harken.files.keep import keep
from harken.tickets.models import Enclosure, Ticket, Words

State = Arrival.State


class CannotJudge(Exception):
    """A letter that is not to be judged any more, in a sentence for the person who tried."""

    sentence: str | Promise = gettext_lazy("Somebody else decided about this letter a moment ago.")

    def __str__(self) -> str:
        return str(self.sentence)


class RawRemoved(CannotJudge):
    """There is nothing left to read."""

    sentence = gettext_lazy("The letter itself was removed after the days that this workspace keeps letters.")


@transaction.atomic
def try_again(arrival: Arrival, *, by: Agent | None = None) -> Arrival:
    """Put a held letter back into the queue, with all its attempts. Raises CannotJudge.

    `by` is None when a new version of Harken tries it.
    """
    arrival = _locked(arrival, State.HELD)
    if arrival.raw.removed_at:
        raise RawRemoved
    _remember(arrival, by)
    arrival.state, arrival.attempts = State.RECEIVED, 0
    arrival.settled_at = arrival.let_lie_at = arrival.claimed_at = arrival.troubled_at = None
    arrival.troubles = 0
    arrival.explain("")
    arrival.save()
    queue.ring()
    _tell(arrival, by)
    return arrival


def open_as_request(arrival: Arrival, *, by: Agent, ask: Questions | None = None) -> Arrival:
    """Open a ticket from what can be read of the letter; what cannot is attached as it came. Raises CannotJudge.

    Name servers are asked only about what was not known when it came; `ask` is the patience of several letters.
    """
    letter = _read(arrival)
    checked = kept_check(arrival) or SenderCheck()
    if letter and not checked.state:
        # Name servers may be slow, so that no transaction may be open.
        checked = check_sender(arrival, letter, ask)
    with transaction.atomic():
        arrival = _locked(arrival, State.HELD, State.SPAM)
        _remember(arrival, by)
        verdict = _as_duplicate(arrival, letter)
        if verdict is None:
            message = _opened(arrival, letter, checked).messages.get()
            verdict = Verdict(State.OPENED, Rule.BY_HAND, message, evidence={"agent": by.name})
        end(arrival, verdict)
        _tell(arrival, by)
    return arrival


@transaction.atomic
def call_spam(arrival: Arrival, *, by: Agent) -> Arrival:
    """End a held letter as spam; it can still be opened later. Raises CannotJudge."""
    arrival = _locked(arrival, State.HELD)
    _remember(arrival, by)
    spam = Verdict(State.SPAM, Rule.SPAM_BY_HAND, evidence={"agent": by.name})
    end(arrival, _as_duplicate(arrival, None) or spam)
    _tell(arrival, by)
    return arrival


@transaction.atomic
def let_lie(arrival: Arrival, *, by: Agent) -> Arrival:
    """Leave a held letter held for ever: it is no work any more. Raises CannotJudge."""
    arrival = _locked(arrival, State.HELD)
    arrival.let_lie_at = timezone.now()
    arrival.save(update_fields=["let_lie_at"])
    _tell(arrival, by)
    return arrival


@transaction.atomic
def hold_again(arrival: Arrival, *, by: Agent) -> Arrival:
    """Take back that somebody called a held letter spam, or lets it lie: it is work again. Raises CannotJudge."""
    arrival = _locked(arrival, State.HELD, State.SPAM, State.DUPLICATE)
    if arrival.state != State.HELD:
        _give_back(arrival)
    arrival.let_lie_at = None
    arrival.save()
    _tell(arrival, by)
    return arrival


def _give_back(arrival: Arrival) -> None:
    before = arrival.past[-1] if arrival.past else {}
    if before.get("state") != State.HELD or not before["overruled_by"]:
        raise CannotJudge
    arrival.past = arrival.past[:-1]
    arrival.state, arrival.judged_by = before["state"], before["judged_by"]
    arrival.explain(before["rule"], before["evidence"], before["words"])
    arrival.message = arrival.ticket = arrival.original = None


def _locked(arrival: Arrival, *states: str) -> Arrival:
    rows = Arrival.objects.select_for_update(of=("self",)).select_related("raw", "channel", "workspace")
    found = rows.get(pk=arrival.pk)
    if found.state not in states:
        raise CannotJudge
    return found


def _remember(arrival: Arrival, by: Agent | None) -> None:
    arrival.past = [
        *arrival.past,
        {
            "state": arrival.state,
            "rule": arrival.rule,
            "evidence": arrival.evidence,
            "words": arrival.words,
            "judged_by": arrival.judged_by,
            "at": arrival.settled_at.isoformat() if arrival.settled_at else "",
            "until": timezone.now().isoformat(),
            "overruled_by": by.name if by else "",
        },
    ]


def _tell(arrival: Arrival, by: Agent | None) -> None:
    if arrival.workspace_id:
        record("arrival.released", arrival, by=by)


def _read(arrival: Arrival) -> Incoming | None:
    if arrival.rule == Rule.TOO_LARGE:
        return None
    try:
        letter = read(arrival.raw.read())
    except FilesError:
        return None
    return letter if isinstance(letter, Incoming) else None


def _as_duplicate(arrival: Arrival, letter: Incoming | None) -> Verdict | None:
    """Return the verdict when the same letter has come to its end by another arrival."""
    # Of what was never read, the bytes themselves say whether it is the same.
    read_as = letter.content_sha256 if letter else ""
    arrival.content_sha256 = read_as or arrival.content_sha256 or arrival.raw.sha256
    original = came_before(arrival)
    return Verdict(State.DUPLICATE, Rule.DUPLICATE, original.message, original) if original else None


def _opened(arrival: Arrival, letter: Incoming | None, checked: SenderCheck) -> Ticket:
    workspace = arrival.workspace
    assert workspace is not None
    if letter is None:
        sender = _sender(arrival, Address(arrival.sender))
        return Ticket.open_for(
            sender, arrival.subject, _words_of_unread(arrival), channel_id=arrival.channel_id
        )
    letter, checked = for_its_writer(workspace, letter, checked)
    sender = _sender(arrival, letter.sender)
    words = words_of(workspace, letter, [])
    details = details_of(workspace, letter, checked) | others_of(workspace, letter, sender.address)
    details |= {"is_automatic": letter.auto_reply, "channel_id": arrival.channel_id}
    return Ticket.open_for(sender, letter.subject, words, **details)


def _sender(arrival: Arrival, said: Address) -> Identity:
    assert arrival.workspace is not None
    sender = recognise(arrival.workspace, said.email or arrival.envelope_from, said.name)
    if arrival.state == State.SPAM:
        forget_sender(arrival.workspace, sender.address)
        sender.welcome()
    return sender


def _words_of_unread(arrival: Arrival) -> Words:
    told = _("Harken could not read this letter: %(reason)s") % {"reason": arrival.reason}
    try:
        raw = arrival.raw.read()
    except FilesError as error:
        return Words(text=f"{told}\n\n{error}")
    assert arrival.workspace is not None
    kept = keep(arrival.workspace, f"letter-{arrival.pk}.eml", "message/rfc822", raw)
    return Words(text=f"{told}\n\n" + _("It is attached as it came."), files=(Enclosure(kept),))
