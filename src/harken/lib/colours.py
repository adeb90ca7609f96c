"""Colours as people choose them (#rrggbb) and as eyes see them (OKLCH), and how well two of them can be told apart.

OKLab: Björn Ottosson, 2020. Contrast: WCAG 2.2, 1.4.3.
"""

import math
import re
from typing import NamedTuple

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_SMALLEST_STEP = 0.005


class Seen(NamedTuple):
    """A colour in OKLCH: lightness 0 to 1, chroma from 0, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float) -> "Seen":
        """The same hue, lighter or darker."""
        return self._replace(lightness=min(max(lightness, 0.0), 1.0))


def is_colour(text: str) -> bool:
    """Say whether a text is a colour as `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def seen(colour: str) -> Seen:
    """Return what eyes see of `#rrggbb`."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Seen(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def shown(colour: Seen) -> str:
    """Return the nearest `#rrggbb` of that lightness and hue: paler where no screen shows it as strong."""
    light = _light(colour)
    while not all(-0.0005 <= each <= 1.0005 for each in light) and colour.chroma > 0:
        colour = colour._replace(chroma=max(colour.chroma - _SMALLEST_STEP, 0.0))
        light = _light(colour)
    return "#" + "".join(f"{_byte(each):02x}" for each in light)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: 1 for the same, 21 for black and white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(ground: str, colour: Seen, *, darker: bool, contrast_wanted: float) -> Seen:
    """Return the colour, darker or lighter by as little as it takes to be read on `ground`."""
    step = -_SMALLEST_STEP if darker else _SMALLEST_STEP
    while contrast(shown(colour), ground) < contrast_wanted and 0 < colour.lightness + step < 1:
        colour = colour.at(colour.lightness + step)
    return colour


def _light(colour: Seen) -> tuple[float, float, float]:
    angle = math.radians(colour.hue)
    a, b = colour.chroma * math.cos(angle), colour.chroma * math.sin(angle)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _unbent(red), _unbent(green), _unbent(blue)


def _unbent(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _byte(part: float) -> int:
    part = min(max(part, 0.0), 1.0)
    bent = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return round(bent * 255)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
