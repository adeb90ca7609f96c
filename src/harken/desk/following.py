"""What follows a press on "Send": closed, set aside, or not sent before a time."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.lib import later
from harken.ui.forms import Form

CLOSE, ASIDE, LATER = "close", "aside", "later"
UNTIL_THEY_WRITE = "written"
CUSTOM = "custom"
TOO_OLD = _("Nothing was sent: this page is older than what it asked for. Load it again; your text is kept.")


@dataclass(frozen=True)
class Unsaid:
    """How a form refuses when no moment was chosen, or one that is none."""

    nothing: Any
    no_day: Any
    no_time: Any


NOT_SENT = Unsaid(
    nothing=_("Nothing was sent: choose a day first. Your text is kept."),
    no_day=_("Nothing was sent: that is no day. Your text is kept."),
    no_time=_("Nothing was sent: that is no time of day. Your text is kept."),
)


def day_field(unsaid: Unsaid) -> forms.DateField:
    """The day of a moment of one's own."""
    return forms.DateField(required=False, error_messages={"invalid": unsaid.no_day})


def clock_field(unsaid: Unsaid) -> forms.TimeField:
    """The time of day of a moment of one's own."""
    return forms.TimeField(required=False, error_messages={"invalid": unsaid.no_time})


def act_in(then: str) -> str:
    """Return what `aside-tomorrow` asks for. Raises ValidationError for what no page offers."""
    act = then.partition("-")[0]
    if act not in ("", CLOSE, ASIDE, LATER):
        raise ValidationError(TOO_OLD)
    return act


def moment_in(then: str, day: date | None, clock: time | None) -> datetime | None:
    """Return the moment of `aside-tomorrow`, of `later-custom` by day and time of day, in the reader's zone.

    `None` where nothing of the kind is asked for, and for `aside-written`. Raises ValidationError with words.
    """
    act, _dash, name = then.partition("-")
    if act not in (ASIDE, LATER) or (act, name) == (ASIDE, UNTIL_THEY_WRITE):
        return None
    return moment_called(name, day, clock, NOT_SENT)


def moment_called(name: str, day: date | None, clock: time | None, unsaid: Unsaid) -> datetime:
    """Return the moment that is offered by this name, else the one of day and time of day, in the reader's zone.

    Raises ValidationError in the words of `unsaid`.
    """
    for each in later.offered(timezone.localtime()):
        if each.name == name:
            return each.at
    if day is None:
        raise ValidationError(unsaid.nothing)
    try:
        return later.at(day, clock or later.MORNING, timezone.get_current_timezone())
    except OverflowError:
        raise ValidationError(unsaid.no_day) from None


class Following(Form):
    """What a form says that something follows: `then` is `close`, or when: `aside-tomorrow`, `later-custom`."""

    # No hand types what these are said of.
    says = dict.fromkeys(("required", "invalid", "invalid_choice", "min_value", "max_value"), TOO_OLD)

    then = forms.CharField(max_length=20, required=False, error_messages={"max_length": TOO_OLD})
    day = day_field(NOT_SENT)
    clock = clock_field(NOT_SENT)
    # Its writer has seen what was not filled in, and sends it, or sends and closes.
    as_it_stands = forms.CharField(max_length=20, required=False, error_messages={"max_length": TOO_OLD})

    def clean(self) -> dict[str, Any]:
        """Find what follows, and when: `then` becomes `close`, `aside`, `later` or `""`, and `at` a moment."""
        given = super().clean() or {}
        again = given.get("as_it_stands", "")
        then = given.get("then") or ("" if again == "send" else again)
        if not self.errors:
            given["then"] = act_in(then)
            given["at"] = moment_in(then, given["day"], given["clock"])
        return given
