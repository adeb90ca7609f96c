"""Mails built to be too much, through the whole path: each is answered in time and room, and delays nobody.

The quick ones in every run, those that are large as well with `--long`.
"""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from harken.channels.arriving import intake
from harken.channels.arriving.receive import settle
from harken.channels.email import channel as email
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import letter
from harken.tickets.models import Message
from harken.workspaces.factories import make_workspace
from tests import hostile

pytestmark = pytest.mark.django_db

SECONDS, SECONDS_FOR_THE_NEXT, MEBIBYTES = 10, 5, 300
FINAL = {Arrival.State.OPENED, Arrival.State.JOINED, Arrival.State.HELD, Arrival.State.BOUNCED}
EACH = [pytest.param(name, marks=[pytest.mark.long] * (name in hostile.LONG)) for name in hostile.names()]
QUICK = [name for name in hostile.names() if name not in hostile.LONG]


@pytest.fixture(autouse=True)
def mailboxes() -> None:
    workspace = make_workspace()
    make_channel(workspace, address="help@acme.example")
    make_channel(workspace, address="help@fennel.example")


def settled(raw: bytes) -> tuple[Arrival, float]:
    """What becomes of a mail, and how many seconds that took."""
    begun = time.monotonic()
    arrival = settle(intake.store(raw, source=Arrival.Source.DELIVER))
    return arrival, time.monotonic() - begun


def most_memory() -> int:
    """The most that the reading process ever held, in MiB; 0 when its last mail ended it."""
    process = email._reader._process
    status = Path(f"/proc/{process.pid}/status") if process else None
    if status is None or not status.exists():
        return 0
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) >> 10


def all_settled(names: Sequence[str]) -> Counter[str]:
    """How many rows are in each state after hostile mails and Ann's came by turns."""
    for name in names:
        settled(hostile.make(name))
        settled(letter(f"An honest question after {name}."))
    return Counter(Arrival.objects.values_list("state", flat=True))


@pytest.mark.parametrize("name", EACH)
def test_each_is_read_or_held_in_time_and_room_and_the_next_is_not_delayed(name: str):
    arrival, seconds = settled(hostile.make(name))
    memory = most_memory()
    following, seconds_for_the_next = settled(letter())

    assert arrival.state in FINAL
    assert arrival.state != Arrival.State.HELD or arrival.reason
    assert seconds < SECONDS
    assert memory < MEBIBYTES
    assert following.state == Arrival.State.OPENED
    assert seconds_for_the_next < SECONDS_FOR_THE_NEXT


def test_what_came_is_what_was_opened_and_held():
    names = QUICK[:12]

    states = all_settled(names)

    assert states.total() == 2 * len(names)
    assert set(states) <= FINAL
    assert Message.objects.count() == states["opened"] + states["joined"]


@pytest.mark.long
def test_what_came_is_what_was_opened_and_held_of_all():
    states = all_settled(hostile.names())

    assert states.total() == 2 * len(hostile.names())
    assert set(states) <= FINAL
    assert Message.objects.count() == states["opened"] + states["joined"]
