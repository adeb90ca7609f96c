"""What was answered to a workspace's fields: checked, told apart, and said in words.

Answers lie in one column of what they are about, as JSON by the field's key: texts, numbers, `true` and `false`,
days as `2026-11-22`, options by their keys. A field that was not answered has no key there.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.fields.apps import CUSTOMISING
from harken.fields.errors import Unfit, UnknownField
from harken.fields.models import Field
from harken.lib.text import clean, one_line
from harken.workspaces.models import Workspace

LONGEST_TEXT = 500
LONGEST_LONG_TEXT = 20_000
# What a double tells apart, and more than anybody counts.
MOST_DIGITS = 15
# What an answer is found by is no longer than that.
LONGEST_FOUND_BY = 200

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_EUROPEAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
YES, NO = "yes", "no"
# What stands between several options in one cell of a file.
BETWEEN = "; "

Values = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A field and what was answered, `None` where nothing was; `words` are to be shown."""

    field: Field
    value: Any
    words: str


def fields_about(workspace: Workspace, about: str) -> list[Field]:
    """Return the fields asked of tickets, contacts, companies or sites, in order; none where it is switched off."""
    if not workspace.has(CUSTOMISING):
        return []
    return list(Field.objects.filter(workspace=workspace, about=about).living().in_order())


def missing_to_close(workspace: Workspace, values: Values) -> list[Field]:
    """Return the fields that a ticket with these answers needs yet before somebody closes it, in order."""
    asked = fields_about(workspace, Field.About.TICKET)
    return [field for field in asked if field.is_needed_to_close and field.key not in values]


def answers_to(fields: Iterable[Field], values: Values) -> list[Answer]:
    """Return every field with what was answered to it."""
    return [Answer(field, values.get(field.key), in_words(field, values.get(field.key))) for field in fields]


def changed(fields: Sequence[Field], values: Values, given: Values) -> Values:
    """Return the answers after those that are given, `None` for none any more; others stay as they are.

    What was not changed is not judged again: an option that is gone may go on standing. Raises UnknownField, Unfit.
    """
    by_key = {field.key: field for field in fields}
    result = dict(values)
    for key, said in given.items():
        if key not in by_key:
            raise UnknownField(key=key[:60])
        value = checked(by_key[key], said, standing=values.get(key))
        result.pop(key, None)
        if value is not None:
            result[key] = value
    return result


def checked(field: Field, said: Any, *, standing: Any = None) -> Any:
    """Return what somebody said as it is kept, `None` where they said nothing. Raises Unfit.

    `standing` is what was answered before; what is gone from the options may be said again where it stands.
    """
    if said is None or said in ("", []):
        return None
    try:
        return _READ[Field.Kind(field.kind)](field, said, standing)
    except ValueError as error:
        raise Unfit(field.key, field.name, str(error)) from error


def understood(field: Field, said: Any) -> Any:
    """Return what somebody said as `checked` does, what is gone from the options included: it may stand there."""
    options = [{**option, "gone": False} for option in field.options]
    return checked(Field(key=field.key, name=field.name, kind=field.kind, options=options), said)


def in_words(field: Field, value: Any) -> str:
    """Say an answer as people read it; `""` where there is none."""
    if value is None:
        return ""
    match field.kind:
        case Field.Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Field.Kind.DATE:
            return date_format(date.fromisoformat(value), "j M Y")
        case Field.Kind.ONE_OF:
            return _names(field, [value])[0]
        case Field.Kind.SEVERAL_OF:
            return ", ".join(_names(field, value))
        case Field.Kind.NUMBER:
            return _in_digits(value)
    return str(value)


def as_typed(field: Field, value: Any) -> str:
    """Write an answer as it can be typed again, in a form or a file."""
    if value is None:
        return ""
    if field.kind == Field.Kind.YES_NO:
        return YES if value else NO
    if field.kind == Field.Kind.DATE:
        return str(value)
    if field.kind == Field.Kind.SEVERAL_OF:
        # A name that reads like two is told apart by its key.
        names = zip(value, _names(field, value), strict=True)
        return BETWEEN.join(key if BETWEEN.strip() in name else name for key, name in names)
    return in_words(field, value)


def in_a_form(field: Field, value: Any) -> list[str]:
    """Return an answer as a form sends it: options by their keys."""
    return (
        [*value]
        if field.kind == Field.Kind.SEVERAL_OF
        else [value if field.has_options else as_typed(field, value)]
    )


def found_by(field: Field, value: Any) -> list[str]:
    """Return what a filter finds an answer by, each folded and short; options by their keys."""
    if value is None:
        return []
    if field.kind == Field.Kind.SEVERAL_OF:
        return list(value)
    if field.kind == Field.Kind.YES_NO:
        return [YES if value else NO]
    return [one_line(str(value), LONGEST_FOUND_BY).casefold()]


def sought(field: Field, said: str) -> str:
    """Return by what to look for the answer that somebody means in a filter. Raises Unfit."""
    return found_by(field, checked(field, said))[0]


def _text(field: Field, said: Any, _standing: Any) -> str | None:
    text = _string(said)
    line = one_line(text, len(text) + 1)
    if len(line) > LONGEST_TEXT:
        raise ValueError(_too_long(LONGEST_TEXT))
    return line or None


def _long_text(field: Field, said: Any, _standing: Any) -> str | None:
    text = clean(_string(said)).strip()
    if len(text) > LONGEST_LONG_TEXT:
        raise ValueError(_too_long(LONGEST_LONG_TEXT))
    return text if one_line(text, 100) else None


def _too_long(most: int) -> str:
    told = ngettext(
        "that is longer than %(most)s character. Nothing was saved; say it shorter.",
        "that is longer than %(most)s characters. Nothing was saved; say it shorter.",
        most,
    )
    return told % {"most": most}


def _number(field: Field, said: Any, _standing: Any) -> int | float:
    if isinstance(said, int | float) and not isinstance(said, bool):
        said = format(said, "f") if isinstance(said, float) and abs(said) < 1e15 else str(said)
    plain = _digits(_string(said))
    if not _NUMBER.fullmatch(plain):
        raise ValueError(_("“%(text)s” is no number. Write it like 12 or 12.5.") % {"text": _short(said)})
    if (
        sum(letter.isdigit() for letter in plain.lstrip("+-0").rstrip("0" if "." in plain else ""))
        > MOST_DIGITS
    ):
        raise ValueError(
            ngettext(
                "“%(text)s” has more than %(most)s digit. Keep it as text instead.",
                "“%(text)s” has more than %(most)s digits. Keep it as text instead.",
                MOST_DIGITS,
            )
            % {"text": _short(said), "most": MOST_DIGITS}
        )
    number = float(plain)
    return int(plain.partition(".")[0]) if number.is_integer() else number


def _digits(text: str) -> str:
    """A number in ASCII, with a point: other scripts' digits, blanks between thousands and a comma are understood."""
    plain = "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in text
        if not letter.isspace()
    ).replace("٫", ".")
    return plain.replace(",", ".") if "." not in plain and plain.count(",") == 1 else plain


def _date(field: Field, said: Any, _standing: Any) -> str:
    text = _string(said).strip()
    parts = _DAY.fullmatch(text)
    european = None if parts else _EUROPEAN_DAY.fullmatch(text)
    numbers = parts.groups() if parts else european.groups()[::-1] if european else ()
    try:
        return date(*map(int, numbers)).isoformat()
    except (TypeError, ValueError):
        raise ValueError(
            _("“%(text)s” is no day. Write it like 2026-11-22.") % {"text": _short(text)}
        ) from None


def _yes_no(field: Field, said: Any, _standing: Any) -> bool:
    if isinstance(said, bool):
        return said
    folded = _string(said).strip().casefold()
    for value, words in (
        (True, {YES, "true", _("Yes").casefold()}),
        (False, {NO, "false", _("No").casefold()}),
    ):
        if folded in words:
            return value
    raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": _short(said)})


def _one_of(field: Field, said: Any, standing: Any) -> str:
    return _option(field, _string(said), {standing})


def _several_of(field: Field, said: Any, standing: Any) -> list[str] | None:
    parts = said if isinstance(said, list) else _string(said).split(BETWEEN.strip())
    keys = [_option(field, _string(part), {*(standing or ())}) for part in parts if part != ""]
    ordered = [each["key"] for each in field.options if each["key"] in keys]
    return ordered or None


def _option(field: Field, said: str, standing: set[Any]) -> str:
    option = field.option_named(said)
    if option is None:
        known = ", ".join(each["name"] for each in field.offered[:10])
        raise ValueError(
            _("there is no “%(text)s” to choose. There is: %(known)s.")
            % {"text": _short(said), "known": known}
        )
    if option.get("gone") and option["key"] not in standing:
        raise ValueError(_("“%(name)s” cannot be chosen any more.") % {"name": option["name"]})
    key: str = option["key"]
    return key


def _string(said: Any) -> str:
    if not isinstance(said, str | int | float) or isinstance(said, bool):
        raise ValueError(_("that is not what this field takes."))
    return str(said)


def _names(field: Field, keys: Iterable[str]) -> list[str]:
    names = {option["key"]: option["name"] for option in field.options}
    return [names.get(key, key) for key in keys]


def _in_digits(number: float) -> str:
    return format(Decimal(repr(number)), "f")


def _short(said: Any) -> str:
    return one_line(str(said), 60)


_READ: dict[Field.Kind, Callable[[Field, Any, Any], Any]] = {
    Field.Kind.TEXT: _text,
    Field.Kind.LONG_TEXT: _long_text,
    Field.Kind.NUMBER: _number,
    Field.Kind.DATE: _date,
    Field.Kind.YES_NO: _yes_no,
    Field.Kind.ONE_OF: _one_of,
    Field.Kind.SEVERAL_OF: _several_of,
}
