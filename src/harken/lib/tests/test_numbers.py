from datetime import UTC, datetime

import pytest

from harken.lib.moments import micros_of, moment_in
from harken.lib.numbers import whole_number, whole_numbers


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("812", 812), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " 7", "-7", "+7", "7.0", "1_000", "\u0667", "\u00b2", "9" * 19, "9" * 5_000]
)
def test_anything_else_is_none(text):
    assert whole_number(text) is None


def test_of_many_the_numbers_are_left():
    assert whole_numbers(["3", "x", "", "1"]) == [3, 1]


def test_a_moment_comes_back_from_an_address_to_the_microsecond():
    at = datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
    assert moment_in(str(micros_of(at))) == at


@pytest.mark.parametrize("text", ["", "1.5", "-1", "9" * 18, "now"])
def test_what_is_no_moment_is_none(text):
    assert moment_in(text) is None
