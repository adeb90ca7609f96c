"""Forms whose errors are ours: what happened, what is safe, what to do, in every language of the interface.

Django's own words know neither the second nor all of our languages. Every form of the product is one of these: a new
one by `Form` or `ModelForm`, one of a library's with `Worded` in front of its class.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

OUTDATED = _("Nothing was changed: this page is older than what it asked for. Load it again.")
_EMPTY = _("This is empty. Nothing was changed; fill it in.")
_NOTHING_CHOSEN = _("Nothing is chosen here. Nothing was changed; choose one.")
_NO_CHOICE = _("This cannot be chosen any more. Nothing was changed; choose something else.")
_NO_FILE = _("No file was chosen. Nothing was changed; choose one.")

# By kind of field and by code of the error; a kind says what those it is made from say, unless it knows better.
_SAID: Mapping[type[forms.Field], Mapping[str, Any]] = {
    forms.Field: {
        "required": _EMPTY,
        # Said by a row of the database.
        "blank": _EMPTY,
        "null": _EMPTY,
        "unique": _("This is there already. Nothing was changed; choose something else."),
    },
    forms.CharField: {
        "max_length": ngettext_lazy(
            "This has %(show_value)d characters; at most %(limit_value)d fits. Nothing was changed; shorten it.",
            "This has %(show_value)d characters; at most %(limit_value)d fit. Nothing was changed; shorten it.",
            "limit_value",
        ),
        "null_characters_not_allowed": _(
            "This holds a character that nobody can see and we cannot keep. Nothing was changed; type it by hand."
        ),
    },
    forms.IntegerField: {
        "invalid": _("This is no whole number. Nothing was changed; write digits alone, such as 12."),
        "min_value": _(
            "The smallest number here is %(limit_value)s. Nothing was changed; write a larger one."
        ),
        "max_value": _(
            "The largest number here is %(limit_value)s. Nothing was changed; write a smaller one."
        ),
    },
    forms.DateField: {"invalid": _("This is no day. Nothing was changed; write it like 2026-11-22.")},
    forms.TimeField: {"invalid": _("This is no time of day. Nothing was changed; write it like 08:30.")},
    forms.EmailField: {
        "invalid": _("This is not a mail address. Nothing was changed; write it like ann@example.com.")
    },
    forms.URLField: {
        "invalid": _("This is not a web address. Nothing was changed; write it like https://example.com/.")
    },
    forms.ChoiceField: {"required": _NOTHING_CHOSEN, "invalid_choice": _NO_CHOICE},
    forms.MultipleChoiceField: {"invalid_list": OUTDATED},
    # What no hand types.
    forms.RegexField: {"invalid": OUTDATED},
    forms.UUIDField: {"invalid": OUTDATED},
    forms.JSONField: {"invalid": OUTDATED},
    forms.FileField: {
        "required": _NO_FILE,
        "missing": _NO_FILE,
        "invalid": _NO_FILE,
        "empty": _("The file is empty. Nothing was changed; choose another one."),
    },
}


class Worded(forms.BaseForm):
    """What makes a form of any kind say its errors in our words, and begin at the first field that has one."""

    # What this form says in place of that, by code of the error. What a field was given itself stands above both.
    says: ClassVar[Mapping[str, Any]] = {}

    def full_clean(self) -> None:
        if self.is_bound:
            for field in self.fields.values():
                say_in_our_words(field, self.says)
        super().full_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        wrong = (name for name in self.fields if name in self.errors)
        self.begin_at(next(filter(self._can_hold_the_cursor, wrong), ""))

    def begin_at(self, name: str) -> None:
        """Let whoever opens the page begin in this field; a name that is none changes nothing."""
        if name not in self.fields:
            return
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.fields[name].widget.attrs["autofocus"] = True

    def _can_hold_the_cursor(self, name: str) -> bool:
        # Of boxes to tick each would ask for it.
        widget = self.fields[name].widget
        return not widget.is_hidden and not isinstance(widget, forms.RadioSelect)


class Form(Worded, forms.Form):
    """A form of ours."""


class ModelForm(Worded, forms.ModelForm):
    """A form of ours over a row."""


def say_in_our_words(field: forms.Field, own: Mapping[str, Any]) -> None:
    """Let a field refuse in our words, or a form's `own`, wherever it was given none itself."""
    kind: Any = type(field)
    theirs = _words_of_django(kind)
    for code, words in {**_words_for(kind), **own}.items():
        if field.error_messages.get(code) is theirs.get(code):
            field.error_messages[code] = words


@cache
def _words_for(kind: type[forms.Field]) -> dict[str, Any]:
    return {code: words for each in reversed(kind.__mro__) for code, words in _SAID.get(each, {}).items()}


@cache
def _words_of_django(kind: type[forms.Field]) -> dict[str, Any]:
    said = (vars(each).get("default_error_messages", {}) for each in reversed(kind.__mro__))
    return {code: words for each in said for code, words in each.items()}
