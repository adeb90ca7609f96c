"""Phone numbers: recognised, compared, dialled. No country is guessed: a number stays as long as it was given."""

import re

FEWEST_DIGITS, MOST_DIGITS = 3, 20

_FILLING = re.compile(r"[\s\u00a0\u202a-\u202e\u2066-\u2069\u200e\u200f().\-\u2010-\u2015/]+")
_NUMBER = re.compile(rf"\+?[0-9*#]{{{FEWEST_DIGITS},{MOST_DIGITS}}}")


def normalise_phone(text: str) -> str:
    """Return the form two spellings of one number share, such as `+441130000000`; `""` for what is no number.

    `00` in front is the same as `+`. Digits of other scripts are read too.
    """
    plain = _FILLING.sub("", "".join(_digit(letter) for letter in text[:100]))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    return plain if _NUMBER.fullmatch(plain) else ""


def _digit(letter: str) -> str:
    return str(int(letter)) if letter.isdecimal() else "+" if letter == "\uff0b" else letter
