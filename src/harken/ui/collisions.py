"""Forms over something that two people may change at once: the second is told, and nothing they typed is lost."""

import json
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.ui.forms import Form, ModelForm, Worded

CHANGED = _("This was changed while you had it open. Nothing of yours is saved yet: look, then save again.")


@dataclass(frozen=True)
class Missed:
    """A field that somebody else has changed meanwhile, and what it holds now, in words."""

    label: str | Promise
    now: str


class _Shared(Worded):
    """What a form of any kind does that remembers what its reader saw.

    The page carries `form.now_seen` in a hidden field `seen`. Without it nothing is compared.
    """

    current: dict[str, str]
    missed: list[Missed]

    def _remember(self, current: dict[str, Any], data: QueryDict | None) -> None:
        """Know what is kept now, and compare what was typed with it. What is secret never travels to be compared."""
        shown = (
            name for name, field in self.fields.items() if not isinstance(field.widget, forms.PasswordInput)
        )
        self.current = {name: _text(current.get(name)) for name in shown}
        self.missed = []
        if data is not None:
            self._compare(data.copy(), _read(data.get("seen", "")))

    @property
    def now_seen(self) -> str:
        """What whoever reads the page now has seen, for the hidden field."""
        return json.dumps(self.current, ensure_ascii=False)

    def clean(self) -> dict[str, Any] | None:
        if self.missed:
            raise forms.ValidationError(CHANGED, code="changed")
        return super().clean()

    def _compare(self, typed: QueryDict, seen: dict[str, str]) -> None:
        # What its writer left alone shows what it is now; what they typed stays.
        changed = [name for name, value in seen.items() if self.current.get(name, value) != value]
        for name in changed:
            at = self.add_prefix(name)
            mine = _text(typed.getlist(at) if self._is_many(name) else typed.get(at))
            if mine == seen[name]:
                typed.setlist(
                    at, self.current[name].split("\n") if self._is_many(name) else [self.current[name]]
                )
            if mine != self.current[name]:
                self.missed.append(Missed(self.fields[name].label or name, self._words(name)))
        self.data = typed

    def _is_many(self, name: str) -> bool:
        return getattr(self.fields[name].widget, "allow_multiple_selected", False)

    def _words(self, name: str) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        values = self.current[name].split("\n") if self._is_many(name) else [self.current[name]]
        return ", ".join(str(choices.get(value, value)) for value in values)


class SharedForm(_Shared, Form):
    """A form over something two may change at once. Give what is kept now as `current`; call `is_valid` as ever."""

    def __init__(self, data: QueryDict | None = None, *, current: dict[str, Any], **options: Any) -> None:
        super().__init__(data, initial=current, **options)
        self._remember(current, data)


class SharedModelForm(_Shared, ModelForm):
    """The same over a row of ours, read anew for each request; `current` says what is kept outside of it."""

    def __init__(
        self, data: QueryDict | None = None, *, instance: Any, current: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, instance=instance, initial=current)
        self._remember(dict(self.initial), data)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "on" if value is True else "" if value in (None, False) else str(value).replace("\r\n", "\n")


def _read(seen: str) -> dict[str, str]:
    try:
        told = json.loads(seen)
    except (ValueError, RecursionError):
        return {}
    return {str(name): _text(value) for name, value in told.items()} if isinstance(told, dict) else {}
