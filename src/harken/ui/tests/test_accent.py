import re

from hypothesis import given, settings
from hypothesis import strategies as st

from harken.lib.colours import contrast
from harken.ui.accent import DARK_GROUND, LIGHT_GROUND, means_danger, readable, style_of

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def tokens(colour: str) -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style_of(colour))
    return {name: (light, dark) for name, light, dark in found}


@given(COLOURS)
@settings(max_examples=150, deadline=None)
def test_every_colour_can_be_read_in_both_lights(colour: str):
    made = tokens(colour)

    light, dark = made["accent"]
    assert contrast(light, LIGHT_GROUND) >= 4.5
    assert contrast(dark, DARK_GROUND) >= 4.5
    for theme in (0, 1):
        assert contrast(made["accent-fill"][theme], made["on-accent"][theme]) >= 4.5
        assert contrast(made["accent-hover"][theme], made["on-accent"][theme]) >= 4.5
        assert contrast(made["accent"][theme], made["accent-soft"][theme]) >= 4.5


def test_what_can_be_read_stays_as_it_was_chosen():
    assert readable("#006275") == "#006275"
    assert readable("#ffd400") != "#ffd400"


def test_red_means_danger_and_orange_does_not():
    assert means_danger("#e2001a")
    assert not means_danger("#ff8c00")
    assert not means_danger("#5a4a48")
