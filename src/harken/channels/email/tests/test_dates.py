"""Dates as mailers write them, and days that cannot be true."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.dates import moment


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 23 Nov 2026 10:11:12 +0300",
        "23 Nov 2026 07:11:12 GMT",
        "Mon, 23 Nov 2026 10:11:12 +0300 (MSK)",
        "Mon Nov 23 07:11:12 2026",
        "2026-11-23T10:11:12+03:00",
        "2026-11-23 07:11:12",
        "Mon, 23 Nov 26 07:11:12 -0000",
    ],
)
def test_every_form_names_its_moment(written: str):
    assert moment(written) == datetime(2026, 11, 23, 7, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Mon, 23 Nov 2199 10:11:12 +0300",
        "99 Foo 2026",
        "0000-00-00 00:00",
    ],
)
def test_a_day_that_cannot_be_true_is_no_day(written: str):
    assert moment(written) is None


def test_an_impossible_zone_does_not_lose_the_day():
    assert moment("Mon, 23 Nov 2026 07:11:12 +9999") is not None


@given(st.text(max_size=60))
def test_any_date_is_read_or_none(written: str):
    found = moment(written)

    assert found is None or found.tzinfo is UTC
