"""Fields of forms that rooms share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from harken.lib.text import one_line


class Line(forms.CharField):
    """One line of words: no controls, and nothing that only looks like nothing."""

    def to_python(self, value: Any) -> str:
        typed = str(value or "")
        return one_line(typed, len(typed) + 1)


class RowChoice(forms.ModelChoiceField):
    """One of several rows of the database."""

    def validate_no_null_characters(self, value: Any) -> None:
        # Django says it in words of its own, which no message of a field replaces.
        if "\0" in str(value):
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value})
