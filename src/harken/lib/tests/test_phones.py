import pytest

from harken.lib.phones import normalise_phone


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+44 (113) 000-0000", "+441130000000"),
        ("0044 113 000 0000", "+441130000000"),
        ("113 000", "113000"),
        ("٠١١٢٣٤", "011234"),
        ("\u202a+44 113\u202c", "+44113"),
        ("*100#", "*100#"),
    ],
)
def test_two_spellings_of_a_number_are_one(typed, number):
    assert normalise_phone(typed) == number


@pytest.mark.parametrize("typed", ["", "12", "hello", "+44 ann", "1" * 40, "ann@crumb.example"])
def test_what_is_no_number_is_none(typed):
    assert normalise_phone(typed) == ""
