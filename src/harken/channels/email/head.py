"""The header block of a raw letter, field by field as it stands: for what goes by bytes and not by meaning."""

import re

LONGEST_HEAD = 256 * 1024
MOST_FIELDS = 2_000

_FIELD_END = re.compile(rb"\n(?![ \t])")


def head_of(letter: bytes, longest: int = LONGEST_HEAD) -> bytes:
    """Return the header block with bare line feeds, as much of it as is looked at."""
    return letter[:longest].replace(b"\r\n", b"\n").partition(b"\n\n")[0]


def fields_of(letter: bytes) -> list[tuple[str, bytes]]:
    """Return the header fields from the top down: names in lower case, values with their folds."""
    lines = _FIELD_END.split(head_of(letter))[:MOST_FIELDS]
    pairs = (line.partition(b":") for line in lines)
    return [(name.strip().lower().decode("ascii", "replace"), value) for name, colon, value in pairs if colon]
