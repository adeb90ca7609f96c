from datetime import date, timedelta

import pytest
import time_machine
from pytest_django import Settings

from harken.files.addresses import opened_by, sign

NOON = "2026-11-22T12:00:00Z"


def test_an_address_opens_what_it_was_made_for():
    assert opened_by(sign(3, 41)) == (3, 41)


@time_machine.travel(NOON, tick=False)
def test_an_address_is_the_same_all_day():
    assert sign(3, 41) == sign(3, 41)


@pytest.mark.parametrize(
    ("hours", "opens"), [(0, True), (24, True), (35, True), (36, False), (24 * 365, False)]
)
def test_an_address_opens_until_the_end_of_tomorrow(hours: int, opens: bool):
    with time_machine.travel(NOON, tick=False) as clock:
        token = sign(3, 41)
        clock.shift(timedelta(hours=hours))

        assert (opened_by(token) is not None) == opens


@pytest.mark.parametrize(("days", "opens"), [(0, True), (90, True), (91, False)])
def test_an_address_in_a_letter_opens_to_the_end_of_its_last_day(days: int, opens: bool):
    with time_machine.travel(NOON, tick=False) as clock:
        token = sign(3, 41, until=date(2027, 2, 20))
        clock.shift(timedelta(days=days))

        assert (opened_by(token) is not None) == opens


def test_no_part_of_an_address_can_be_changed():
    workspace, file, day, signature = sign(3, 41).split("-", 3)

    assert opened_by(f"4-{file}-{day}-{signature}") is None
    assert opened_by(f"{workspace}-42-{day}-{signature}") is None
    assert opened_by(f"{workspace}-{file}-{int(day) + 1}-{signature}") is None
    assert opened_by(f"{workspace}-{file}-{day}-{'A' * 32}") is None
    assert opened_by(f"{workspace}-{file}-{day}-") is None


@pytest.mark.parametrize(
    "garbage", ["", "-", "---", "1-2-3", "\0", "1-2-3-" + "é" * 32, "٣-1-1-" + "A" * 32, "9" * 5000]
)
def test_garbage_opens_nothing(garbage: str):
    assert opened_by(garbage) is None


def test_another_installations_key_opens_nothing(settings: Settings):
    token = sign(3, 41)
    settings.SECRET_KEY = "another installation"

    assert opened_by(token) is None
