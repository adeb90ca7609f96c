"""Forms over something that two people may change at once: the second is told, and nothing they typed is lost."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANGED = _("This was changed while you had it open. Nothing of yours is saved yet: look, then save again.")


@dataclass(frozen=True)
class Missed:
    """A field that somebody else has changed meanwhile, and what it holds now, in words."""

    label: str | Promise
    now: str


class SharedForm(forms.Form):
    """A form that remembers what its reader saw. Give what is kept now as `current`; call `is_valid` as ever.

    The page carries `form.now_seen` in a hidden field `seen`. Without it nothing is compared.
    """

    def __init__(self, data: QueryDict | None = None, *, current: dict[str, Any]) -> None:
        super().__init__(data, initial=current)
        self.current = {name: _text(current.get(name)) for name in self.fields}
        self.missed: list[Missed] = []
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
            mine = _text(typed.getlist(name) if self._is_many(name) else typed.get(name))
            if mine == seen[name]:
                typed.setlist(
                    name, self.current[name].split("\n") if self._is_many(name) else [self.current[name]]
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


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "on" if value is True else "" if value in (None, False) else str(value).replace("\r\n", "\n")


def _read(seen: str) -> dict[str, str]:
    try:
        told = json.loads(seen)
    except ValueError:
        return {}
    return {str(name): _text(value) for name, value in told.items()} if isinstance(told, dict) else {}
