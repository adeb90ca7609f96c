"""What the order and the threads of old letters need of each header: ids and a date, read by pattern alone.

Pure and cheap: a source of a hundred thousand letters is looked through before the first is taken in.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from harken.channels.email import head
from harken.channels.email.dates import moment

# The header of a letter is looked for in this many bytes.
LONGEST_HEAD = 128 * 1024
MOST_IDS = 200

_FIELD = re.compile(
    rb"^(message-id|in-reply-to|references|date|received):((?:.*\n?)(?:[ \t].*\n?)*)", re.I | re.MULTILINE
)
_ID = re.compile(r"<\s*([^<>\s]{1,990})\s*>")


@dataclass(frozen=True)
class Head:
    """The ids a letter goes by and refers to (without brackets, its own first), and when it was sent."""

    ids: tuple[str, ...]
    sent_at: datetime | None


def head_of(raw: bytes) -> Head:
    """Return what the first bytes of a letter say of its thread and its time; never fails."""
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(head.head_of(raw, LONGEST_HEAD)):
        fields.setdefault(name.decode().lower(), []).append(value.decode("utf-8", "replace"))
    ids = [
        each
        for name in ("message-id", "in-reply-to", "references")
        for value in fields.get(name, [])
        for each in _ID.findall(value)
    ]
    return Head(tuple(dict.fromkeys(ids))[:MOST_IDS], _sent_at(fields))


def _sent_at(fields: dict[str, list[str]]) -> datetime | None:
    """The Date the sender wrote, else the day on the stamp of the last server (RFC 5321, 4.4)."""
    stamps = [value.rpartition(";")[2] for value in fields.get("received", [])]
    for value in (*fields.get("date", [])[:1], *stamps[:1]):
        at = moment(" ".join(value.split()))
        if at:
            return at
    return None
