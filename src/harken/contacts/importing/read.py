"""What the rows of a file say: read, checked, and each either whole or refused with a reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from harken.contacts.changing import domain_in
from harken.contacts.errors import ContactsError
from harken.contacts.identifying import kind_and_address
from harken.contacts.models import Identity, PeopleImport
from harken.contacts.models.company import LONGEST_NAME
from harken.fields.answers import understood
from harken.fields.errors import Unfit
from harken.fields.models import Field
from harken.lib.sheets import Line, lines_of, text_of, unshielded
from harken.lib.text import one_line
from harken.lib.zones import zone_names

LONGEST = {"name": LONGEST_NAME, "company": LONGEST_NAME, "job": 200, "about": 500, "plan": 100, "price": 100}
LONGEST_NOTE = 20_000
MOST_SEATS = 2**31 - 1


@dataclass(frozen=True)
class Told:
    """What a row says: fields that are filled in, and by what somebody is reached (kind and address).

    `answers` are those to the workspace's own fields, by the fields' keys.
    """

    line: int
    fields: dict[str, Any]
    reached: list[tuple[str, str, str]] = field(default_factory=list)
    company: str = ""
    note: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A row that is not taken, and why, in words for who brought it."""

    line: int
    why: str
    words: str


class NotUnderstood(Exception):
    """A cell that says something impossible; its text says what."""


def rows_of(content: bytes, charset: str, delimiter: str) -> Iterator[Line]:
    """Yield the rows of a file below its headings."""
    lines = lines_of(text_of(content, charset), delimiter)
    next(lines, None)
    return lines


def read(
    line: Line, columns: Sequence[str], what: str, own: Mapping[str, Field] | None = None
) -> Told | Refused:
    """Return what a row says, or why it is not taken; `own` are the workspace's fields by the names of columns."""
    try:
        return _told(line, columns, what, own or {})
    except (NotUnderstood, ContactsError, Unfit) as error:
        return Refused(line.number, str(error), " | ".join(line.cells)[:200])


def _told(line: Line, columns: Sequence[str], what: str, own: Mapping[str, Field]) -> Told:
    if line.fault:
        raise NotUnderstood(_fault(line.fault))
    if any(line.cells[len(columns) :]):
        raise NotUnderstood(_("It has more columns than there are headings."))
    cells = {name: unshielded(cell) for name, cell in zip(columns, line.cells, strict=False) if name and cell}
    note = cells.pop("note", "")
    if len(note) > LONGEST_NOTE:
        raise NotUnderstood(_("The note is longer than 20,000 characters."))
    said = {field.key: understood(field, cells.pop(name)) for name, field in own.items() if name in cells}
    answers = {key: value for key, value in said.items() if value is not None}
    values = {name: _line(name, cell) for name, cell in cells.items()}
    told = _person(line, values) if what == PeopleImport.What.PEOPLE else _company(line, values)
    return replace(told, note=note.strip(), answers=answers)


def _person(line: Line, values: dict[str, str]) -> Told:
    reached = []
    for name, kind in (("email", Identity.Kind.EMAIL), ("phone", Identity.Kind.PHONE)):
        text = values.pop(name, "")
        if text:
            found, address = kind_and_address(text)
            if found != kind:
                raise NotUnderstood(_("“%(text)s” is no address of this kind.") % {"text": text})
            reached.append((found, address, text if found == Identity.Kind.PHONE else ""))
    parts = [values.pop("first_name", ""), values.pop("last_name", "")]
    name = values.get("name") or " ".join(filter(None, parts))
    if name:
        values["name"] = name
    if not name and not reached:
        raise NotUnderstood(_("There is no name and no address."))
    zone = values.get("time_zone", "")
    if zone and zone not in zone_names():
        raise NotUnderstood(_("“%(zone)s” is no time zone.") % {"zone": zone})
    company = values.pop("company", "")
    return Told(line.number, dict(values), reached, company)


def _company(line: Line, values: dict[str, str]) -> Told:
    fields: dict[str, Any] = dict(values)
    if "domain" in fields:
        fields["domain"] = domain_in(fields["domain"])
    if not fields.get("name"):
        if not fields.get("domain"):
            raise NotUnderstood(_("There is no name."))
        fields["name"] = fields["domain"]
    for name in ("seats", "seats_bought"):
        if name in fields:
            fields[name] = _number(fields[name])
    if "customer_since" in fields:
        fields["customer_since"] = _day(fields["customer_since"])
    return Told(line.number, fields)


def _line(name: str, cell: str) -> str:
    text = one_line(cell, len(cell) + 1)
    longest = LONGEST.get(name, 500)
    if len(text) > longest:
        raise NotUnderstood(_("A cell is longer than %(most)s characters.") % {"most": longest})
    return text


def _number(text: str) -> int:
    bare = text.replace(" ", "").replace("\u00a0", "")
    if bare.isdecimal() and len(bare) <= 10 and int(bare) <= MOST_SEATS:
        return int(bare)
    raise NotUnderstood(_("“%(text)s” is no number of seats.") % {"text": text[:60]})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise NotUnderstood(
            _("“%(text)s” is no day; write it like 2026-11-22.") % {"text": text[:60]}
        ) from None


def _fault(fault: str) -> str:
    if fault == "charset":
        return str(_("Its letters cannot be read in the charset that was chosen."))
    return str(_("Its quotes are broken: one is opened and never closed, or stands in the middle."))
