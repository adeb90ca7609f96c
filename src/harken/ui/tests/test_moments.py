from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone, translation

from harken.ui import moments

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sunday_afternoon():
    with time_machine.travel(NOW, tick=False), translation.override("en"), timezone.override("UTC"):
        yield


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 22, 9, 12, tzinfo=UTC), "09:12"),
        (datetime(2026, 11, 18, 9, 12, tzinfo=UTC), "Wed"),
        (datetime(2026, 11, 15, 23, 0, tzinfo=UTC), "15 Nov"),
        (datetime(2026, 11, 6, 9, 12, tzinfo=UTC), "6 Nov"),
        (datetime(2025, 11, 6, 9, 12, tzinfo=UTC), "6 Nov 2025"),
        (datetime(2026, 11, 23, 9, 12, tzinfo=UTC), "23 Nov"),
    ],
)
def test_a_moment_is_as_short_as_it_can_be_and_never_ambiguous(moment, words):
    assert moments.when(moment) == words


def test_today_is_the_readers_today():
    with timezone.override("Asia/Tokyo"):
        assert moments.when(datetime(2026, 11, 22, 14, 59, tzinfo=UTC)) == "23:59"
        assert moments.when(datetime(2026, 11, 22, 15, 1, tzinfo=UTC)) == "23 Nov"


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "6 нояб."), ("ja", "11月6日"), ("ar", "6 نوفمبر"), ("yo", "6 Oṣù Bélú")]
)
def test_a_day_is_said_in_the_readers_language(language, words):
    with translation.override(language):
        assert moments.when(datetime(2026, 11, 6, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 min"),
        (-5, "1 min"),
        (46 * 60 + 59, "46 min"),
        (3600, "1 hr"),
        (47 * 3600, "1 day"),
        (48 * 3600, "2 days"),
    ],
)
def test_a_span_is_said_in_its_largest_whole_unit(seconds, words):
    assert moments.lasting(seconds) == words


def test_a_moment_tells_machines_the_exact_time():
    html = moments.moment(datetime(2026, 11, 22, 9, 12, tzinfo=UTC))

    assert html == '<time datetime="2026-11-22T09:12:00+00:00" title="22 November 2026, 09:12">09:12</time>'


def test_an_unknown_language_is_no_reason_to_fail():
    assert moments.locale_for("xx-nonsense").language == "en"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "6 November 2026, 09:12"),
        ("ru", "6 ноября 2026\u202fг., 09:12"),
        ("ja", "2026年11月6日 09:12"),
        ("ar", "6 نوفمبر 2026، 09:12"),
        ("yo", "6 Oṣù Bélú 2026 09:12"),
    ],
)
def test_day_and_time_stand_in_the_order_of_the_language(language, words):
    with translation.override(language):
        said = moments.in_full(datetime(2026, 11, 6, 9, 12, tzinfo=UTC))

    assert said == words
