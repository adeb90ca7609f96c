"""Quiet hours go by the clock on somebody's wall, also on the days on which it jumps."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from harken.notifications.quiet import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(BERLIN, time(22), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "told_at"),
    [
        ("2026-11-20 12:00", "2026-11-20 12:00"),
        ("2026-11-20 20:59", "2026-11-20 20:59"),
        ("2026-11-20 21:00", "2026-11-21 06:00"),
        ("2026-11-21 03:00", "2026-11-21 06:00"),
        ("2026-11-21 06:00", "2026-11-21 06:00"),
        # 29 March: the night is an hour shorter, and ends at seven by the clock all the same.
        ("2026-03-28 21:30", "2026-03-29 05:00"),
        ("2026-03-29 00:30", "2026-03-29 05:00"),
        # 25 October: it is an hour longer.
        ("2026-10-24 20:30", "2026-10-25 06:00"),
        ("2026-10-25 00:30", "2026-10-25 06:00"),
        ("2026-10-25 01:30", "2026-10-25 06:00"),
    ],
)
def test_a_night_ends_at_seven_by_the_clock_on_the_wall(at: str, told_at: str):
    assert NIGHT.after(utc(at)) == utc(told_at)


@pytest.mark.parametrize(
    ("ends", "at", "told_at"),
    [
        # There is no half past two on 29 March: as long after the jump.
        (time(2, 30), "2026-03-29 00:10", "2026-03-29 01:30"),
        # There are two on 25 October: the first one ends the quiet.
        (time(2, 30), "2026-10-25 00:10", "2026-10-25 00:30"),
        (time(2, 30), "2026-10-25 01:10", "2026-10-25 01:10"),
    ],
)
def test_an_end_inside_the_jump_is_found_too(ends: time, at: str, told_at: str):
    assert QuietHours(BERLIN, time(22), ends).after(utc(at)) == utc(told_at)


def test_quiet_days_and_nights_follow_each_other():
    weekend = QuietHours(BERLIN, time(22), time(7), frozenset({5, 6}))

    friday_night = utc("2026-11-20 22:00")

    assert weekend.after(friday_night) == utc("2026-11-23 06:00")


def test_a_span_within_one_day_and_none_at_all():
    noon = QuietHours(BERLIN, time(12), time(14))

    assert noon.after(utc("2026-11-20 11:30")) == utc("2026-11-20 13:00")
    assert not QuietHours(BERLIN).holds_at(utc("2026-11-20 02:00"))
    assert not QuietHours(BERLIN, time(8), time(8)).holds_at(utc("2026-11-20 07:00"))


def test_somebody_on_the_other_side_of_the_world_has_their_own_night():
    tokyo = QuietHours(ZoneInfo("Asia/Tokyo"), time(22), time(7))

    assert tokyo.after(utc("2026-11-20 14:00")) == utc("2026-11-20 22:00")
