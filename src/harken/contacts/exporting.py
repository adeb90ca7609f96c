"""People and companies as CSV: read by spreadsheets, harmless in them, and taken in again by the import.

Headings are in the language and times in the zone of whoever asks for it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.contacts.importing.columns import COMPANIES, PEOPLE, Column
from harken.contacts.models import Company, Contact
from harken.fields.answers import as_typed
from harken.fields.models import Field
from harken.lib.sheets import csv_of

ROWS_AT_ONCE = 500
_OF_PERSON = ("name", "email", "phone", "company", "job", "time_zone")
_OF_COMPANY = ("name", "domain", "about", "customer_since", "plan", "price", "seats", "seats_bought")
# What only we know: an import leaves it out.
_LAST_HEARD, _KNOWN_SINCE = _("Last heard"), _("Known since")
# Excel takes a file without it for the charset of its own country.
MARK = "\ufeff"


def people_csv(rows: Any, fields: Sequence[Field] = ()) -> Iterator[str]:
    """Yield the lines of all people in a queryset, by id; each piece is one query. Own `fields` come last."""
    headings = (*_headings(PEOPLE, _OF_PERSON), _LAST_HEARD, _KNOWN_SINCE)
    return _csv(rows, fields, headings, _person)


def companies_csv(rows: Any, fields: Sequence[Field] = ()) -> Iterator[str]:
    """Yield the lines of all companies in a queryset, by id; each piece is one query. Own `fields` come last."""
    return _csv(rows, fields, (*_headings(COMPANIES, _OF_COMPANY), _KNOWN_SINCE), _company)


def _csv(
    rows: Any,
    fields: Sequence[Field],
    headings: Sequence[str | Promise],
    cells: Callable[[Any, tzinfo], Sequence[str]],
) -> Iterator[str]:
    # Language and zone are those of now: while the pieces are made, the request is over.
    zone, first = timezone.get_current_timezone(), [*map(str, headings), *(field.name for field in fields)]

    def pieces() -> Iterator[str]:
        yield MARK + csv_of([first])
        for batch in _batches(rows):
            yield csv_of([(*cells(row, zone), *_answers(row, fields)) for row in batch])

    return pieces()


def _headings(columns: Sequence[Column], names: Sequence[str]) -> Iterator[str | Promise]:
    """The names by which the import offers these columns, and recognises them."""
    labels = {column.name: column.label for column in columns}
    return (labels[name] for name in names)


def _answers(row: Contact | Company, fields: Sequence[Field]) -> list[str]:
    return [as_typed(field, row.fields.get(field.key)) for field in fields]


def _batches(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield batch
        last = batch[-1].pk


def _person(contact: Contact, zone: tzinfo) -> Sequence[str]:
    return (
        contact.name,
        contact.email,
        contact.phone,
        contact.company.name if contact.company else "",
        contact.job,
        contact.time_zone,
        _moment(contact.last_heard_at, zone) if contact.last_heard_at else "",
        _day(contact.created_at, zone),
    )


def _company(company: Company, zone: tzinfo) -> Sequence[str]:
    return (
        company.name,
        company.domain,
        company.about,
        company.customer_since.isoformat() if company.customer_since else "",
        company.plan,
        company.price,
        *("" if number is None else str(number) for number in (company.seats, company.seats_bought)),
        _day(company.created_at, zone),
    )


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _day(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).date().isoformat()
