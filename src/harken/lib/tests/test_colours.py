import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harken.lib.colours import contrast, is_colour, seen, shown

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
@settings(max_examples=100)
def test_a_colour_comes_back_as_it_went(colour: str):
    there = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    back = [int(shown(seen(colour))[place : place + 2], 16) for place in (1, 3, 5)]

    assert all(abs(one - other) <= 4 for one, other in zip(there, back, strict=True))


def test_contrast_is_as_the_web_defines_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["", "#", "#12345", "red", "#1234567", "#12345g", "#123456\n"])
def test_only_six_digits_are_a_colour(text: str):
    assert not is_colour(text)
