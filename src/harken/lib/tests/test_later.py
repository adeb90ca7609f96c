"""Times to put something off to, by the clocks on the wall."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from harken.lib.later import at, offered

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def names(now):
    return [each.name for each in offered(now)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 18, 10, tzinfo=STOCKHOLM), ["hour", "evening", "tomorrow", "monday"]),
        (datetime(2026, 11, 18, 17, tzinfo=STOCKHOLM), ["hour", "tomorrow", "monday"]),
        (datetime(2026, 11, 22, 10, tzinfo=STOCKHOLM), ["hour", "evening", "tomorrow"]),
        (datetime(2026, 11, 23, 10, tzinfo=STOCKHOLM), ["hour", "evening", "tomorrow", "monday"]),
    ],
)
def test_what_is_offered_is_later_and_said_once(now, expected):
    assert names(now) == expected
    moments = [each.at for each in offered(now)]
    assert moments == sorted(set(moments))
    assert all(moment > now for moment in moments)


def test_mornings_are_mornings_on_both_sides_of_the_change_of_clocks():
    before = datetime(2026, 10, 24, 12, tzinfo=STOCKHOLM)

    tomorrow = {each.name: each.at for each in offered(before)}["tomorrow"]

    assert tomorrow == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert tomorrow.astimezone(STOCKHOLM).time() == time(9)


def test_in_an_hour_is_an_hour_also_when_the_clocks_change():
    now = datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM)

    (hour, *_rest) = offered(now)

    assert (hour.at - now.astimezone(UTC)).total_seconds() == 3600


def test_an_hour_that_is_left_out_is_the_one_after_it():
    left_out = at(date(2026, 3, 29), time(2, 30), STOCKHOLM)

    assert left_out == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert left_out.astimezone(STOCKHOLM).time() == time(3, 30)


def test_of_an_hour_that_comes_twice_it_is_the_first():
    assert at(date(2026, 10, 25), time(2, 30), STOCKHOLM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
