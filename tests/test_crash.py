"""kill -9 at every named step of the mail path, and of every process: afterwards nothing lost, nothing doubled."""

from collections.abc import Iterator

import pytest

from harken.channels.steps import Step
from tests.servers.dovecot import Dovecot
from tests.servers.harken import until
from tests.world import World, assert_conserved, open_world, wait_for_all

pytestmark = [pytest.mark.mail_servers, pytest.mark.timeout(600)]

DEATH = "it is started again"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        Dovecot() as mail,
        open_world(
            lambda raw: mail.append("help", raw),
            mail.port,
            mail.password,
            security="starttls",
            SSL_CERT_FILE=str(mail.ca_file),
        ) as world,
    ):
        yield world


def test_a_kill_at_any_step_loses_and_doubles_nothing(world: World):
    world.write_by_smtp("the first")
    until(lambda: "the first" in world.tickets(), 30)
    steps = list(Step)
    # A letter may be broken off three times before it is held: so many steps, then everybody gets well again.
    for some in (steps[at : at + 3] for at in range(0, len(steps), 3)):
        for step in some:
            _die_at(world, step)
        _get_well(world)
    for part in ("web", "worker", "smtp"):
        world.harken.kill(part)
        world.write_by_smtp(f"smtp, {part} killed")
        world.harken.wait_until_ready()
        world.answer(world.tickets()["the first"], f"answer, {part} killed")
    wait_for_all(world)

    assert_conserved(world)


def _die_at(world: World, step: Step) -> None:
    """Kill whatever passes this step as often as it passes it, in the middle of work, and then everything at once."""
    world.harken.kill("up")
    world.harken.start(HARKEN_FAIL_AT=step)
    deaths = world.harken.log.count(DEATH)
    world.write_by_imap(f"imap, {step}")
    if step not in (Step.RAW_WRITTEN, Step.ARRIVAL_STORED):
        world.write_by_smtp(f"smtp, {step}")
    if step is not Step.DELIVERIES_QUEUED:
        world.answer(world.tickets()["the first"], f"answer, {step}")
    else:
        assert not world.try_to_answer(world.tickets()["the first"], f"answer, {step}")
    until(lambda: world.harken.log.count(DEATH) > deaths, 60, f"somebody dies at {step}")


def _get_well(world: World) -> None:
    world.harken.kill("up")
    world.harken.start()
    for words in world.refused:
        world.answer(world.tickets()["the first"], words)
    world.refused.clear()
    wait_for_all(world)
