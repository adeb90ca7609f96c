"""Fields of forms that rooms share."""

from typing import Any

from django import forms

from harken.lib.text import one_line


class Line(forms.CharField):
    """One line of words: no controls, and nothing that only looks like nothing."""

    def to_python(self, value: Any) -> str:
        typed = str(value or "")
        return one_line(typed, len(typed) + 1)
