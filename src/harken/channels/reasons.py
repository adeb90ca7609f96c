"""Why a letter went where it went: rules and the sentences that tell them, filled in from the evidence."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from harken.channels.contract import Unread


class Rule(models.TextChoices):
    """What decided over a letter. The label is the sentence; `%(name)s` stands for a detail of the evidence."""

    NEW = "new", _("It answers nothing that this desk knows.")
    SIGNED_ADDRESS = "signed-address", _("It came to the signed reply address of this request.")
    KNOWN_MESSAGE = "known-message", _("It answers a message of this request: <%(answers)s>.")
    OWN_MESSAGE = "own-message", _("It answers our message <%(answers)s>.")
    OWN_EARLIER = "own-earlier", _("It follows its sender's own earlier letter: <%(answers)s>.")
    MOVED = "moved", _("It answers <%(answers)s>, which a colleague moved to this request.")
    FOREIGN_NUMBER = (
        "foreign-number",
        _("Its subject has their number %(words)s, which the same sender brought to this request."),
    )
    GONE = "gone", _("It answers a message of ours that is no longer here: <%(answers)s>.")
    STRANGER = "stranger", _("It answers %(number)s, but its sender takes no part in that request.")
    FAILED_SENDER = (
        "failed-sender",
        _(
            "It answers %(number)s, but the check of its sender failed: somebody else may have used their address."
        ),
    )
    COLLEAGUE_ANSWER = "colleague-answer", _("%(agent)s answered from their mail program.")
    COLLEAGUE_NOTE = (
        "colleague-note",
        _("%(agent)s wrote to somebody else about this request: kept as a note."),
    )
    COLLEAGUE_TO_COLLEAGUES = (
        "colleague-to-colleagues",
        _("%(agent)s answered a letter that told them what a colleague wrote: kept as a note."),
    )
    COLLEAGUE_AWAY = "colleague-away", _("An automatic answer of %(agent)s's mailbox. It changed nothing.")
    COLLEAGUE_UNSEEN = (
        "colleague-unseen",
        _(
            "%(agent)s had not seen what arrived before this answer. It is their draft now, and they were told."
        ),
    )
    COLLEAGUE_UNVERIFIED = (
        "colleague-unverified",
        _("It says it is from %(agent)s, which is not proved. It is their draft now, and they were told."),
    )
    COLLEAGUE_UNPROVED = (
        "colleague-unproved",
        _(
            "It says it is from %(agent)s, which is not proved, and a draft of theirs waits there. It was kept apart."
        ),
    )
    COLLEAGUE_FAILED = (
        "colleague-failed",
        _("It says it is from %(agent)s, and its sender check failed."),
    )
    COLLEAGUE_AGAIN = (
        "colleague-again",
        _("A letter of %(agent)s's with this Message-ID became a message before, in other words."),
    )
    COLLEAGUE_REFUSED = (
        "colleague-refused",
        _(
            "%(agent)s answered from their mail program, and there was nothing to send,"
            " too much, or nobody to send it to."
        ),
    )
    DUPLICATE = "duplicate", _("The same letter came before.")
    TAKEN_ELSEWHERE = "taken-elsewhere", _("It was taken in by the workspace it belongs to.")
    OUR_OWN = "our-own", _("It is a letter of this desk that came back to it.")
    BOUNCE = "bounce", _("It reports the failure of our message, by that message's id.")
    DELAY = "delay", _("It reports a delay of our message; the far server tries on.")
    BOUNCE_BY_ADDRESS = (
        "bounce-by-address",
        _("It reports a failure for %(recipient)s and holds the signed reply address of this request."),
    )
    BOUNCE_BY_WORDS = (
        "bounce-by-words",
        _("It reports a failure for %(recipient)s and repeats the words of our message."),
    )
    COMPLAINT = (
        "complaint",
        _("%(recipient)s reported our message as unwanted; they get no automatic mail now."),
    )
    UNKNOWN_COMPLAINT = "unknown-complaint", _("A complaint about a letter that this desk does not know.")
    LOOP_EXCHANGE = (
        "loop-exchange",
        _("A robot at %(sender)s answers our automatic mail; the loop was stopped on %(number)s."),
    )
    LOOP_FLOOD = (
        "loop-flood",
        _(
            "%(count)s letters like it came from %(sender)s within minutes; they are kept together on %(number)s."
        ),
    )
    UNKNOWN_BOUNCE = "unknown-bounce", _("A delivery failure of a letter that this desk does not know.")
    NO_MAILBOX = "no-mailbox", _("No mailbox of this installation has the address it was sent to.")
    BROKEN_OFF = "broken-off", _("Reading it was broken off %(attempts)s times.")
    TROUBLED = (
        "troubled",
        _(
            "This machine could not take it in (%(error)s), %(count)s times over hours in which others went well."
            " Its log says more."
        ),
    )
    SPAM_VERDICT = "spam-verdict", _("The mail server before this desk marked it as spam: %(header)s.")
    SPAM_SENDER = (
        "spam-sender",
        _(
            "%(agent)s called a request of %(sender)s spam (%(number)s): letters from there are taken for spam."
        ),
    )
    HEARTBEAT = "heartbeat", _("A test letter of this desk came back: the mailbox works.")
    HEARTBEAT_BOUNCE = "heartbeat-bounce", _("It reports the failure of a test letter of this desk.")
    TOO_LARGE = (
        "too-large",
        _("It has %(size)s MB. Only its head was taken; the letter lies in the mailbox, unread."),
    )
    PAST = "past", _("It was imported and begins a conversation.")
    PAST_THREAD = "past-thread", _("It was imported and belongs to a conversation that is here.")
    BY_HAND = "by-hand", _("%(agent)s opened it.")
    SPAM_BY_HAND = "spam-by-hand", _("%(agent)s called it spam.")
    UNREADABLE = "unreadable", _("It could not be read.")
    TOO_MANY_PARTS = "too-many-parts", _("It could not be read: it has more than %(most)s parts.")
    NESTED_TOO_DEEP = (
        "nested-too-deep",
        _("It could not be read: its parts are nested more than %(most)s deep."),
    )
    HEAD_TOO_LARGE = (
        "head-too-large",
        _("It could not be read: its headers are longer than %(most)s MB."),
    )
    TOO_MANY_HEADERS = (
        "too-many-headers",
        _("It could not be read: it has more than %(most)s headers."),
    )
    TOO_MUCH_MEMORY = (
        "too-much-memory",
        _("It could not be read: it needs more memory than reading a mail is given."),
    )
    TAKES_TOO_LONG = (
        "takes-too-long",
        _("It could not be read: it takes more than %(most)s seconds."),
    )
    STOPS_THE_READER = (
        "stops-the-reader",
        _("It could not be read: it stops the process that reads mail."),
    )


# What a later version of Harken may judge otherwise.
RETRYABLE = (*map(Rule, Unread), Rule.BROKEN_OFF, Rule.TROUBLED, Rule.UNKNOWN_BOUNCE)


class Allowed(models.TextChoices):
    """As whom a sender was let into a ticket: `allowed_as` of the evidence."""

    REQUESTER = "requester", _("the requester")
    PARTICIPANT = "participant", _("somebody who takes part")
    OTHER_ADDRESS = "other-address", _("somebody who takes part by another address of theirs")
    COLLEAGUE = "colleague", _("a colleague")


class Proof(models.TextChoices):
    """What made a colleague's letter theirs: `proof` of the evidence."""

    OWN_ADDRESS = "own-address", _("an address given to them alone")
    SENDER_CHECK = "sender-check", _("their domain")


def sentence(rule: str, evidence: Mapping[str, Any], words: str = "") -> str:
    """Return the reason in the reader's language; `words`, where something else gave them, are the reason itself."""
    if words:
        return gettext(words)
    # Of a later version's rule, after a step back, there is nothing to say here.
    if rule not in Rule.values:
        return ""
    return str(Rule(rule).label) % evidence
