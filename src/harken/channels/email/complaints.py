"""Complaints: a provider reports that one of its readers called our letter unwanted (ARF, RFC 5965)."""

import re
from dataclasses import dataclass

from harken.channels.email import headers
from harken.channels.email.bounces import all_parts, ids_of_what_came_back, own_parts
from harken.channels.email.mime import Part
from harken.lib import addresses
from harken.lib.text import clean

_REPORT = "message/feedback-report"
_FIELD = re.compile(r"^([A-Za-z-]{1,40})[ \t]*:[ \t]*(.*)$", re.M)
# "not-spam" is the opposite of a complaint, "dmarc" and "auth-failure" are reports for whoever runs the mail.
_COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "complaint", ""}


@dataclass(frozen=True, slots=True)
class Complaint:
    """The letters it is about, and whose complaint it is, where the provider says so."""

    ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def complaint(root: Part, text: str) -> Complaint | None:
    """Return what was complained about, or None when this mail is no complaint."""
    entities = list(all_parts(root))
    reports = [part for part in own_parts(root) if part.media_type == _REPORT]
    if not reports:
        return None
    fields = [
        (name.lower(), value.strip())
        for report in reports
        for name, value in _FIELD.findall(headers.unfold_block(report.content))
    ]
    kind = headers.token(next((value for name, value in fields if name == "feedback-type"), ""))
    if kind not in _COMPLAINTS:
        return None
    # Yahoo and others blot the recipient out: then the letter's own id is all there is.
    named = [addresses.find(clean(value)) for name, value in fields if name == "original-rcpt-to"]
    return Complaint(ids_of_what_came_back(root, entities, text), tuple(each for each in named if each))
