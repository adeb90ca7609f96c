"""The header block of a raw letter, field by field as it stands: for what goes by bytes and not by meaning."""

import re

LONGEST_HEAD = 256 * 1024
MOST_FIELDS = 2_000

_FIELD_END = re.compile(rb"\n(?![ \t])")


def head_of(letter: bytes) -> bytes:
    """Return the header block with bare line feeds, as much of it as is looked at."""
    start = letter[:LONGEST_HEAD].replace(b"\r\n", b"\n")
    return start[: start.find(b"\n\n")] if b"\n\n" in start else start


def fields_of(letter: bytes) -> list[tuple[str, bytes]]:
    """Return the header fields from the top down: names in lower case, values with their folds."""
    lines = _FIELD_END.split(head_of(letter))[:MOST_FIELDS]
    pairs = (line.partition(b":") for line in lines)
    return [(name.strip().lower().decode("ascii", "replace"), value) for name, colon, value in pairs if colon]
