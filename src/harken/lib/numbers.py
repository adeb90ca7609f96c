"""Whole numbers that come as text: ids, positions and counts in addresses and forms."""

from collections.abc import Iterable

# Every number of so many digits fits into a bigint.
MOST_DIGITS = 18
# And these into an integer, as positions in a thread are kept.
DIGITS_OF_POSITION = 9


def whole_number(text: str, *, most_digits: int = MOST_DIGITS) -> int | None:
    """Return the number that a text of ASCII digits alone is; `None` for any other text, and for a longer one."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= most_digits
    return int(text) if is_one else None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Return those of the texts that are whole numbers."""
    return [number for text in texts if (number := whole_number(text)) is not None]
