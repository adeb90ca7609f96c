"""What a letter is besides a person's words: a failure, a complaint, a robot's, a list's, or spam."""

import re
from typing import Any

from harken.channels.contract import Address
from harken.channels.email import bounces, complaints, lists, robots, spam
from harken.channels.email.headers import Headers
from harken.channels.email.mime import Part
from harken.lib.text import one_line

LOOP_HEADER = "X-Harken-Loop"
MOST_SEARCHED = 256 << 10
MOST_MARKS = 20
LONGEST_MARK = 200

_SIGNED = re.compile(rb"[\w.-]{1,64}\+[A-Za-z2-7]{30,60}@[A-Za-z0-9.-]{1,253}", re.ASCII)


def signs(root: Part, sender: Address, subject: str, text: str) -> dict[str, Any]:
    """Return the fields of an Incoming that say so."""
    found = root.headers
    about = _about_ours(root, sender, subject, text)
    robot = None if about.get("bounce") else robots.automatic(root, subject)
    return {
        "auto_reply": robot is not None,
        "automatic_by": robot.by if robot else "",
        "auto_answer": robot is not None and robot.is_answer,
        "bulk_by": lists.bulk_sign(found),
        "spam_by": spam.verdict(found),
        "lists": lists.posting_addresses(found),
        "loop_marks": _loop_marks(found),
        **about,
    }


def _about_ours(root: Part, sender: Address, subject: str, text: str) -> dict[str, Any]:
    """A report about a letter of ours: somebody's complaint, or that it failed."""
    complaint = complaints.complaint(root, text)
    if complaint:
        return {
            "complaint": True,
            "bounced_ids": complaint.ids,
            "bounced_recipients": complaint.recipients,
            "bounced_reply_to": _signed_addresses(root),
        }
    failure = bounces.failure(root, sender, subject, text)
    if not failure:
        return {}
    return {
        "bounce": True,
        "bounced_ids": failure.ids,
        "bounced_recipients": failure.recipients,
        "delayed_recipients": failure.delayed,
        "bounced_statuses": failure.statuses,
        "bounced_words": one_line(failure.words, LONGEST_MARK),
        "bounced_reply_to": _signed_addresses(root),
    }


def _signed_addresses(root: Part) -> tuple[str, ...]:
    """Addresses with a token, wherever they stand: a relay may have changed the id of ours, not our Reply-To."""
    found = _SIGNED.findall(root.buffer[root.start : min(root.end, root.start + MOST_SEARCHED)])
    return tuple(dict.fromkeys(each.decode("ascii") for each in found))[:MOST_MARKS]


def _loop_marks(found: Headers) -> tuple[str, ...]:
    values = found.all_raw(LOOP_HEADER.lower())[:MOST_MARKS]
    return tuple(value.decode("ascii", "replace").strip()[:LONGEST_MARK] for value in values)
