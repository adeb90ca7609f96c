"""A glance at a letter's header: whom it says it is from and its subject, for lists. Never proof, and never fails."""

import re
from dataclasses import dataclass

from harken.channels.contract import Incoming
from harken.channels.email.head import head_of
from harken.channels.email.headers import decode_words, unfold
from harken.channels.models import Arrival
from harken.files.errors import FilesError
from harken.lib.addresses import find_all
from harken.lib.text import clean, one_line

LONGEST = 500
_LONGEST_VALUE = 4000
_FIELD = re.compile(rb"^(from|subject):((?:.*\n?)(?:[ \t].*\n?)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Glance:
    """What a header says at first sight; `""` where it says nothing."""

    sender: str = ""
    subject: str = ""


def glance(raw: bytes) -> Glance:
    """Return what the first kilobytes of a letter say, however broken it is."""
    found = _FIELD.findall(head_of(raw))
    fields = {name.lower(): value[:_LONGEST_VALUE] for name, value in reversed(found)}
    addresses = find_all(_line(fields.get(b"from", b"")))
    return Glance(addresses[-1][:LONGEST] if addresses else "", _line(fields.get(b"subject", b"")))


def note_head(arrival: Arrival, letter: object) -> None:
    """Set on a row whom its letter is from and its subject: as read, or at a glance when it could not be."""
    if isinstance(letter, Incoming):
        seen = Glance(letter.sender.email, letter.subject)
    else:
        seen = _at_a_glance(arrival)
    arrival.sender = one_line(clean(seen.sender or arrival.envelope_from), LONGEST)
    arrival.subject = one_line(clean(seen.subject), LONGEST)


def _at_a_glance(arrival: Arrival) -> Glance:
    try:
        return glance(arrival.raw.content)
    except FilesError:
        return Glance()


def _line(value: bytes) -> str:
    return one_line(clean(decode_words(unfold(value))), LONGEST)
