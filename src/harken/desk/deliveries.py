"""What became of an answer, in words, from its deliveries to each recipient."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.channels.models import Delivery

# The worst news first: one of these stands for the whole message.
_WORST_FIRST = (
    Delivery.State.FAILED,
    Delivery.State.UNKNOWN,
    Delivery.State.DEFERRED,
    Delivery.State.SENDING,
    Delivery.State.QUEUED,
    Delivery.State.SENT,
)
_WITH_REASON = (Delivery.State.FAILED, Delivery.State.UNKNOWN, Delivery.State.DEFERRED)
# Enhanced status codes (RFC 3463), by how they begin: what they mean and what can be done.
_CODE = re.compile(r"\b5\.(\d{1,3}\.\d{1,3})\b")
# A server's answer names a code; what stopped a letter before any server was asked does not.
_ANSWER = re.compile(r"\b[245]\d\d\b|\b[245]\.\d{1,3}\.\d{1,3}\b")
_MEANT: dict[str, str | Promise] = {
    "1.": _("Nobody has this address: check how it is spelled."),
    "2.1": _("Their mailbox is switched off: reach them another way."),
    "2.2": _("Their mailbox is full: try again later, or reach them another way."),
    "2.3": _("The letter is too large for them: send fewer or smaller files."),
    "3.4": _("The letter is too large for them: send fewer or smaller files."),
    "7.": _("Their server does not trust our mail: look at “Proof of sender” of the channel."),
}


@dataclass(frozen=True)
class Refusal:
    """Why one recipient does not have it: what their server said, or what stopped it here."""

    address: str
    words: str
    state: str
    next_try_at: datetime | None

    @property
    def is_theirs(self) -> bool:
        """Say whether the words are those of a mail server, and not ours."""
        return bool(_ANSWER.search(self.words))

    @property
    def meaning(self) -> str:
        """What a final refusal means and what to do, by its code; `""` when it has none that is known."""
        code = _CODE.search(self.words) if self.state == Delivery.State.FAILED else None
        return next((str(_MEANT[each]) for each in _MEANT if code and code[1].startswith(each)), "")


@dataclass(frozen=True)
class Acceptance:
    """When one recipient's server took it, and the server's own words."""

    address: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """How an answer fared: its worst state, whatever somebody said against it, and who took it."""

    state: str
    refusals: list[Refusal]
    acceptances: list[Acceptance]


def outcome_of(deliveries: Iterable[Delivery]) -> Outcome | None:
    """Sum up the deliveries of one message; `None` while there are none yet."""
    by_state = sorted(deliveries, key=lambda each: _WORST_FIRST.index(Delivery.State(each.state)))
    if not by_state:
        return None
    refusals = [
        Refusal(each.address, each.words, each.state, each.next_try_at)
        for each in by_state
        if each.state in _WITH_REASON
    ]
    acceptances = [
        Acceptance(each.address, each.words, each.updated_at)
        for each in by_state
        if each.state == Delivery.State.SENT
    ]
    return Outcome(by_state[0].state, refusals, acceptances)
