"""Mail servers that fail at every step while processes are killed: nothing lost, nothing doubled.

The long form (`./harken test --long`) takes 2,000 letters in and sends 1,000 out through 300 kills and 1,000 faults.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.servers.harken import until
from tests.servers.scripted import DROP_IN_LITERAL, HANG_UP, SILENCE, ScriptedImap
from tests.servers.smtp_sink import HANG_UP as HANG_UP_AFTER_TEXT
from tests.world import World, assert_conserved, open_world, wait_for_all

IMAP_FAULTS = (
    *((step, HANG_UP) for step in ("CONNECT", "SELECT", "SEARCH", "FETCH", "STORE", "IDLE")),
    *((step, "BYE going down") for step in ("LOGIN", "FETCH", "STORE")),
    ("FETCH", DROP_IN_LITERAL),
    ("FETCH", "NO [SERVERBUG] not now"),
    ("STORE", "NO [NOPERM] Read-only folder"),
    ("SELECT", "NO [INUSE] Mailbox in use"),
    ("LOGIN", "NO [UNAVAILABLE] Try later"),
)
SMTP_FAULTS = (
    ("MAIL", "421 4.3.2 Shutting down"),
    ("RCPT", "450 4.2.0 Greylisted"),
    ("RCPT", "451 4.3.0 Local error"),
    ("TEXT", HANG_UP_AFTER_TEXT),
    ("END", "451 4.3.0 Disk full"),
    ("END", HANG_UP_AFTER_TEXT),
)


@dataclass(frozen=True)
class Scale:
    """How much happens: letters in and answers out, kills and faults between them."""

    letters: int
    answers: int
    kills: int
    faults: int
    seconds: int


MOST_PATIENT_SECONDS = 5
SHORT = Scale(letters=40, answers=20, kills=6, faults=24, seconds=240)
LONG = Scale(letters=2000, answers=1000, kills=300, faults=1000, seconds=3600)

_HURRY = """
from django.db import connection
from django.utils import timezone
from harken.channels.models import Delivery
from harken.workspaces import wall
from harken.workspaces.models import Workspace
with wall.inside(Workspace.objects.get().pk):
    Delivery.objects.filter(next_try_at__gt=timezone.now()).update(next_try_at=timezone.now())
with connection.cursor() as cursor:
    cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
"""
_SEND_AGAIN = """
from harken.agents.models import Agent
from harken.channels.send_again import send_again
from harken.tickets.models import Message
from harken.workspaces import wall
from harken.workspaces.models import Workspace
with wall.inside(Workspace.objects.get().pk):
    for message in Message.objects.filter(text__in={missed}, deliveries__state="unknown"):
        send_again(message, by=Agent.objects.get())
"""


@pytest.fixture
def mail() -> Iterator[ScriptedImap]:
    with ScriptedImap() as server:
        yield server


@pytest.fixture
def world(mail: ScriptedImap) -> Iterator[World]:
    with open_world(mail.append, mail.port, "open-sesame", security="none") as world:
        yield world


@pytest.mark.timeout(600)
def test_faults_and_kills_lose_and_double_nothing(world: World, mail: ScriptedImap):
    _suffer(world, mail, SHORT)


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_a_thousand_faults_and_three_hundred_kills_lose_and_double_nothing(world: World, mail: ScriptedImap):
    _suffer(world, mail, LONG)


@pytest.mark.timeout(120)
def test_a_server_that_says_nothing_for_a_while_is_given_up_and_asked_again(world: World, mail: ScriptedImap):
    mail.fail("FETCH", SILENCE)
    world.write_by_imap("behind the silence")

    wait_for_all(world, 100)


@pytest.mark.timeout(240)
def test_a_folder_numbered_anew_doubles_nothing(world: World, mail: ScriptedImap):
    for number in range(5):
        world.write_by_imap(f"before {number}")
    wait_for_all(world)

    mail.letters = {uid + 100: raw for uid, raw in mail.letters.items()}
    mail.uidvalidity += 1
    mail.hang_up_on_all()
    world.write_by_imap("after")
    wait_for_all(world)

    assert_conserved(world)


def _suffer(world: World, mail: ScriptedImap, scale: Scale) -> None:
    chance = random.Random(scale.letters)
    world.write_by_smtp("the first")
    number = until(lambda: world.tickets().get("the first"), 60)
    deeds = ["letter"] * scale.letters + ["answer"] * scale.answers
    deeds += ["kill"] * scale.kills + ["fault"] * scale.faults
    chance.shuffle(deeds)
    for count, deed in enumerate(deeds):
        if deed == "letter":
            write = chance.choice([world.write_by_imap, world.write_by_smtp])
            write(f"letter {count}")
        elif deed == "answer":
            world.answer(number, f"answer {count}")
        elif deed == "kill":
            _kill(world, chance)
        else:
            _break(world, mail, chance)
    _wait_in_a_hurry(world, scale.seconds)
    assert_conserved(world)


def _kill(world: World, chance: random.Random) -> None:
    world.harken.wait_until_ready()
    # What died often of late is started again after a pause: meanwhile something else dies.
    living = [part for part in ("worker", "worker", "worker", "web", "smtp") if world.harken.is_running(part)]
    part = chance.choice([*living, "up"])
    world.harken.kill(part)
    if part == "up":
        world.harken.start()


def _break(world: World, mail: ScriptedImap, chance: random.Random) -> None:
    """Let one of the servers fail next; if it can be after it has worked again, or the pauses grow without end."""
    deadline = time.monotonic() + MOST_PATIENT_SECONDS
    while not (mail.is_well or world.sink.is_well) and time.monotonic() < deadline:
        time.sleep(0.1)
    if mail.is_well and chance.random() < 0.7:
        mail.fail(*chance.choice(IMAP_FAULTS))
    else:
        world.sink.fail(*chance.choice(SMTP_FAULTS))


def _wait_in_a_hurry(world: World, seconds: float) -> None:
    """Let the pauses between attempts pass at once, again and again, until all is settled.

    What fell silent twice is sent by nobody any more but by a colleague, who knows that it did not come.
    """
    deadline = time.monotonic() + seconds
    while missing := world.missing():
        assert time.monotonic() < deadline, f"{len(missing)} are missing: {sorted(missing)[:5]}"
        world.harken.run("manage", "shell", "--no-imports", "--command", _HURRY)
        time.sleep(3)
        if not world.is_sending():
            missed = json.dumps(sorted(world.missing() & set(world.answered)))
            world.harken.run(
                "manage", "shell", "--no-imports", "--command", _SEND_AGAIN.format(missed=missed)
            )
