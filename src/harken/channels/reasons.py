"""Why a letter went where it went: rules and the sentences that tell them, filled in from the evidence."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    """What decided over a letter. The label is the sentence; `%(name)s` stands for a detail of the evidence."""

    NEW = "new", _("It answers nothing that this desk knows.")
    SIGNED_ADDRESS = "signed-address", _("It came to the signed reply address of this request.")
    KNOWN_MESSAGE = "known-message", _("It answers a message of this request: <%(answers)s>.")
    STRANGER = "stranger", _("It answers %(number)s, but its sender takes no part in that request.")
    DUPLICATE = "duplicate", _("The same letter came before.")
    TAKEN_ELSEWHERE = "taken-elsewhere", _("It was taken in by the workspace it belongs to.")
    OUR_OWN = "our-own", _("It is a letter of this desk that came back to it.")
    BOUNCE = "bounce", _("It reports the failure of our message, by that message's id.")
    DELAY = "delay", _("It reports a delay of our message; the far server tries on.")
    UNKNOWN_BOUNCE = "unknown-bounce", _("A delivery failure of a letter that this desk does not know.")
    NO_MAILBOX = "no-mailbox", _("No mailbox of this installation has the address it was sent to.")
    BROKEN_OFF = "broken-off", _("Reading it was broken off %(attempts)s times.")
    GIVEN_UP = "given-up", _("Taking it in failed again and again; the log says why.")
    SPAM_VERDICT = "spam-verdict", _("The mail server before this desk marked it as spam: %(header)s.")
    HEARTBEAT = "heartbeat", _("A test letter of this desk came back: the mailbox works.")
    HEARTBEAT_BOUNCE = "heartbeat-bounce", _("It reports the failure of a test letter of this desk.")
    TOO_LARGE = (
        "too-large",
        _("It has %(size)s MB. Only its head was taken; the letter lies in the mailbox, unread."),
    )
    PAST = "past", _("It was imported and begins a conversation.")
    PAST_THREAD = "past-thread", _("It was imported and belongs to a conversation that is here.")
    UNREADABLE = "unreadable", _("It could not be read.")


def sentence(rule: str, evidence: Mapping[str, Any], words: str = "") -> str:
    """Return the reason in the reader's language; `words`, where something else gave them, are the reason itself."""
    if words or not rule:
        return gettext(words) if words else ""
    return str(Rule(rule).label) % evidence
