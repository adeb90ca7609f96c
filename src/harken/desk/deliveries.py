"""What became of an answer, in words, from its deliveries to each recipient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True)
class Refusal:
    """What one recipient's server said."""

    address: str
    words: str
    state: str
    next_try_at: datetime | None


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
