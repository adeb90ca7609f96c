"""Lists of people and companies narrowed by what was answered to the workspace's own fields.

In the address it is `own_` with the field's key: words that an answer has, a number or day that it is, an option's key,
`yes` or `no`; `-` where there are choices: nothing was answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from harken.contacts.models.answer import values_of
from harken.fields.answers import NO, YES, understood
from harken.fields.errors import Unfit
from harken.fields.models import Field
from harken.lib.text import clean

OWN = "own_"
NOTHING = "-"
MOST_ASKED = 20
LONGEST_ASKED = 200

Asked = tuple[tuple[str, str], ...]
Kind = Field.Kind


@dataclass(frozen=True)
class OwnFilter:
    """A control of a list that narrows it by one field; without `choices` something is typed into it."""

    name: str
    label: str
    value: str
    type: str
    choices: list[tuple[str, str]]


def asked_in(query: Any) -> Asked:
    """Return what an address of a list asks of own fields: names of controls and what was typed."""
    asked = ((name, clean(query.get(name, "")).strip()) for name in sorted(query) if name.startswith(OWN))
    return tuple((name[:LONGEST_ASKED], said[:LONGEST_ASKED]) for name, said in asked if said)[:MOST_ASKED]


def filters_of(fields: Iterable[Field], asked: Asked) -> list[OwnFilter]:
    """Return a control for each field, with what it says now."""
    said = dict(asked)
    return [
        OwnFilter(
            f"{OWN}{field.key}", field.name, said.get(f"{OWN}{field.key}", ""), _type(field), _choices(field)
        )
        for field in fields
    ]


def narrowed(rows: Any, fields: Sequence[Field], asked: Asked) -> Any:
    """Return those of the rows that were asked for; a field that is not asked of anybody narrows nothing."""
    by_name = {f"{OWN}{field.key}": field for field in fields}
    for name, said in asked:
        if name in by_name:
            rows = _narrowed(rows, by_name[name], said)
    return rows


def _narrowed(rows: Any, field: Field, said: str) -> Any:
    answered = {"answers__workspace": field.workspace_id, "answers__key": field.key}
    if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
        # Named apart from the column: a key may read like a lookup of Django's, such as `contains`.
        words = f"own_answer_{field.pk}"
        rows = rows.filter(**answered).alias(**{words: KeyTextTransform(field.key, "fields")})
        return rows.filter(**{f"{words}__icontains": said})
    if said == NOTHING:
        return rows.exclude(answers__key=field.key)
    values = _sought(field, said)
    for value in values:
        rows = rows.filter(**answered, answers__value=value)
    return rows if values else rows.none()


def _sought(field: Field, said: str) -> list[str]:
    """Return all that must have been answered; nothing for what cannot be an answer."""
    try:
        return values_of(understood(field, said))
    except Unfit:
        return []


def _type(field: Field) -> str:
    return "date" if field.kind == Kind.DATE else "search"


def _choices(field: Field) -> list[tuple[str, str]]:
    if field.kind == Kind.YES_NO:
        return [(YES, _("Yes")), (NO, _("No")), (NOTHING, _("nothing said"))]
    if not field.has_options:
        return []
    return [*((option["key"], option["name"]) for option in field.options), (NOTHING, _("nothing said"))]
