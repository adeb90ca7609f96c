"""The heartbeat: a test letter that a mailbox sends to itself through the real servers, and that must come back.

It is known by a signed token, never by its words, and ends in the ledger as what it is: a letter of this desk
that came back to it (`loop`), by a rule of its own. It never becomes a ticket.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from harken.channels.contract import Address, Incoming, Outcome, OutcomeState, Outgoing
from harken.channels.email.accounts import relay_of
from harken.channels.email.channel import send
from harken.channels.email.head import head_of
from harken.channels.email.signatures import id_domain
from harken.channels.mailboxes.troubles import report
from harken.channels.models import Arrival, Channel, Heartbeat, Mailbox, Part
from harken.channels.our_addresses import own_addresses
from harken.channels.problems import Problem
from harken.lib import tokens
from harken.lib.addresses import normalise
from harken.lib.text import one_line
from harken.workspaces.models import Workspace

KEY = "heartbeat"
BACK_WITHIN = timedelta(minutes=5)
# While it does not come back, another is sent sooner than usual: the trouble clears itself.
AGAIN_WHILE_TROUBLED = timedelta(minutes=5)
LONGEST_WORDS = 300

_HEADER = re.compile(rb"^X-Harken-Heartbeat:[ \t]*(\d{1,18}\.[a-z2-7]{10,80})[ \t]*\r?$", re.I | re.M)
_ID = re.compile(r"heartbeat\.(\d{1,18}\.[a-z2-7]{10,80})@.*")


class NotReturned(Problem):
    """The letter left and did not arrive."""

    happened = _("A test letter was sent from this mailbox to itself and has not come back.")
    advice = _(
        "Letters of customers may be missing too: look into the mailbox, its spam folder and its forwarding."
    )


class NotTaken(Problem):
    """The relay takes letters, and not this one."""

    happened = _("The outgoing mail server does not take a test letter from this mailbox to itself.")
    advice = _("Answers to customers may be refused too: ask your mail provider.")


class NotDelivered(Problem):
    """The letter came back as undeliverable."""

    happened = _("A test letter from this mailbox to itself could not be delivered.")
    advice = _("Letters of customers may be refused too: ask your mail provider.")


def beat(mailbox: Mailbox) -> None:
    """Send the mailbox's test letter when one is due, and say so when the last did not come back in time."""
    if not _is_tested(mailbox):
        return
    pulse, _is_new = Heartbeat.objects.get_or_create(workspace_id=mailbox.workspace_id, mailbox=mailbox)
    standing = set(mailbox.channel.troubles.standing().values_list("part", flat=True))
    if standing & {Part.FETCHING, Part.SENDING, Part.SIGN_IN}:
        # Why nothing comes back is said already.
        return
    is_late = pulse.is_under_way and _age(pulse.sent_at) >= BACK_WITHIN
    if is_late:
        mailbox.channel.report_trouble(Part.HEARTBEAT, NotReturned())
    if _is_due(mailbox, pulse, is_troubled=is_late or Part.HEARTBEAT in standing):
        _send(mailbox, pulse)


def came_back(arrival: Arrival, letter: Incoming) -> bool:
    """Say whether a letter is a test letter of one of our mailboxes, and note that it is back."""
    workspace = arrival.workspace
    found = _HEADER.search(head_of(arrival.raw.content))
    if workspace is None or found is None or normalise(letter.sender.email) not in own_addresses(workspace):
        return False
    return _note(workspace, found[1].decode().lower(), None)


def failed(arrival: Arrival, letter: Incoming) -> bool:
    """Say whether a delivery failure is that of a test letter, and show it."""
    found = [match[1].lower() for each in letter.bounced_ids if (match := _ID.fullmatch(each))]
    words = one_line(letter.text[: LONGEST_WORDS * 4], LONGEST_WORDS)
    return any(_note(arrival.workspace, token, NotDelivered(words=words)) for token in found)


def _is_tested(mailbox: Mailbox) -> bool:
    # Where nothing has ever come by forwarding, the mailbox is not connected yet.
    is_connected = mailbox.is_fetched or mailbox.channel.last_received_at is not None
    return bool(mailbox.heartbeat_minutes) and is_connected


def _is_due(mailbox: Mailbox, pulse: Heartbeat, *, is_troubled: bool) -> bool:
    usual = timedelta(minutes=mailbox.heartbeat_minutes)
    return _age(pulse.sent_at) >= (min(usual, AGAIN_WHILE_TROUBLED) if is_troubled else usual)


def _age(moment: datetime | None) -> timedelta:
    """How long ago it was; for ever when it never was, or lies ahead because a clock was set back."""
    age = timezone.now() - moment if moment else timedelta.max
    return age if age > timedelta(seconds=-5) else timedelta.max


def _send(mailbox: Mailbox, pulse: Heartbeat) -> None:
    now = timezone.now()
    before = pulse.sent_at
    # Noted first: the letter may be back before its server's last word.
    Heartbeat.objects.filter(pk=pulse.pk).update(sent_at=now)
    outcome = _hand_over(mailbox, now)
    if outcome.state in (OutcomeState.FAILED, OutcomeState.DEFERRED):
        Heartbeat.objects.filter(pk=pulse.pk).update(sent_at=before)


def _hand_over(mailbox: Mailbox, now: datetime) -> Outcome:
    channel = mailbox.channel
    if relay_of(mailbox) is None:
        return Outcome(OutcomeState.DEFERRED)
    outcomes = send(channel, _letter(mailbox, now), before_end=lambda: None)
    outcome = outcomes[channel.address]
    if outcomes.problem:
        report(channel, Part.SENDING, outcomes.problem)
    elif outcome.state in (OutcomeState.FAILED, OutcomeState.DEFERRED):
        channel.report_trouble(Part.HEARTBEAT, NotTaken(words=outcome.words))
    return outcome


def _letter(mailbox: Mailbox, now: datetime) -> Outgoing:
    channel = mailbox.channel
    address = Address(channel.address, mailbox.from_name)
    token = f"{channel.pk}.{tokens.signed(_key(channel.workspace, channel.pk), _hundredths(now))}"
    return Outgoing(
        reference=f"heartbeat.{token}@{id_domain(channel.address)}",
        sender=address,
        recipients=(channel.address,),
        to=(address,),
        subject=gettext("A test letter of your support desk"),
        text=gettext(
            "Harken sends this letter to its own mailbox from time to time, to see that mail comes and goes. "
            "You need not do anything, and may delete it."
        ),
        written_at=now,
        automatic=True,
        heartbeat=token,
    )


def _note(workspace: Workspace | None, token: str, problem: Problem | None) -> bool:
    channel_id, _dot, signed = token.partition(".")
    if workspace is None:
        return False
    sent_at = tokens.value_of(_key(workspace, int(channel_id)), signed)
    channel = Channel.objects.filter(workspace=workspace, pk=channel_id).first()
    if sent_at is None:
        return False
    if channel and problem:
        channel.report_trouble(Part.HEARTBEAT, problem)
    elif channel:
        _note_return(channel, sent_at)
    return True


def _note_return(channel: Channel, sent_at: int) -> None:
    # A letter that was late is only proof of what it left behind: the last one sent counts.
    last = Heartbeat.objects.filter(mailbox__channel=channel).first()
    if last and last.sent_at and _hundredths(last.sent_at) <= sent_at:
        Heartbeat.objects.filter(pk=last.pk).update(returned_at=timezone.now())
        channel.report_well(Part.HEARTBEAT, Part.SILENCE)


def _hundredths(moment: datetime) -> int:
    return round(moment.timestamp() * 100)


def _key(workspace: Workspace, channel_id: int) -> bytes:
    return hmac.digest(workspace.key(KEY), str(channel_id).encode(), hashlib.sha256)
