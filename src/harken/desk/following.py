"""What follows a press on "Send": closed, set aside, or not sent before a time."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.lib import later

CLOSE, ASIDE, LATER = "close", "aside", "later"
UNTIL_THEY_WRITE = "written"
CUSTOM = "custom"


def act_in(then: str) -> str:
    """Return what `aside-tomorrow` asks for. Raises ValidationError for what no page offers."""
    act = then.partition("-")[0]
    if act not in ("", CLOSE, ASIDE, LATER):
        raise ValidationError(
            _(
                "Nothing was sent: this page is older than what it asked for. Load it again; your text is kept."
            )
        )
    return act


def moment_in(then: str, day: date | None, clock: time | None) -> datetime | None:
    """Return the moment of `aside-tomorrow`, of `later-custom` by day and time of day, in the reader's zone.

    `None` where nothing of the kind is asked for, and for `aside-written`. Raises ValidationError with words.
    """
    act, _dash, name = then.partition("-")
    if act not in (ASIDE, LATER) or (act, name) == (ASIDE, UNTIL_THEY_WRITE):
        return None
    for each in later.offered(timezone.localtime()):
        if each.name == name:
            return each.at
    if day is None:
        raise ValidationError(_("Nothing was sent: choose a day first. Your text is kept."))
    try:
        return later.at(day, clock or later.MORNING, timezone.get_current_timezone())
    except OverflowError:
        raise ValidationError(NO_DAY) from None


NO_DAY = _("Nothing was sent: that is no day. Your text is kept.")
NO_TIME = _("Nothing was sent: that is no time of day. Your text is kept.")


class Following(forms.Form):
    """What a form says that something follows: `then` is `close`, or when: `aside-tomorrow`, `later-custom`."""

    then = forms.CharField(max_length=20, required=False)
    # The day and the time of day of a moment of one's own.
    day = forms.DateField(required=False, error_messages={"invalid": NO_DAY})
    clock = forms.TimeField(required=False, error_messages={"invalid": NO_TIME})
    # Its writer has seen what was not filled in, and sends it, or sends and closes.
    as_it_stands = forms.CharField(max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """Find what follows, and when: `then` becomes `close`, `aside`, `later` or `""`, and `at` a moment."""
        given = super().clean() or {}
        again = given.get("as_it_stands", "")
        then = given.get("then") or ("" if again == "send" else again)
        if not self.errors:
            given["then"] = act_in(then)
            given["at"] = moment_in(then, given["day"], given["clock"])
        return given
