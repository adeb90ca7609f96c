"""People and companies as CSV: read by spreadsheets, harmless in them, and taken in again by the import."""

from collections.abc import Iterator, Sequence
from typing import Any

from harken.contacts.models import Company, Contact
from harken.fields.answers import as_typed
from harken.fields.models import Field
from harken.lib.sheets import csv_of

ROWS_AT_ONCE = 500
PEOPLE_HEADINGS = (
    "Name",
    "E-mail",
    "Phone",
    "Company",
    "What they do",
    "Time zone",
    "Last heard",
    "Known since",
)
COMPANY_HEADINGS = (
    *("Name", "Domain", "About them", "Customer since"),
    *("Plan", "Price", "Seats in use", "Seats bought", "Known since"),
)
# Excel takes a file without it for the charset of its own country.
MARK = "\ufeff"


def people_csv(rows: Any, fields: Sequence[Field] = ()) -> Iterator[str]:
    """Yield the lines of all people in a queryset, by id; each piece is one query. Own `fields` come last."""
    yield MARK + csv_of([(*PEOPLE_HEADINGS, *(field.name for field in fields))])
    for batch in _batches(rows):
        yield csv_of([(*_person(contact), *_answers(contact, fields)) for contact in batch])


def companies_csv(rows: Any, fields: Sequence[Field] = ()) -> Iterator[str]:
    """Yield the lines of all companies in a queryset, by id; each piece is one query. Own `fields` come last."""
    yield MARK + csv_of([(*COMPANY_HEADINGS, *(field.name for field in fields))])
    for batch in _batches(rows):
        yield csv_of([(*_company(company), *_answers(company, fields)) for company in batch])


def _answers(row: Contact | Company, fields: Sequence[Field]) -> list[str]:
    return [as_typed(field, row.fields.get(field.key)) for field in fields]


def _batches(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield batch
        last = batch[-1].pk


def _person(contact: Contact) -> Sequence[str]:
    return (
        contact.name,
        contact.email,
        contact.phone,
        contact.company.name if contact.company else "",
        contact.job,
        contact.time_zone,
        contact.last_heard_at.isoformat(timespec="seconds") if contact.last_heard_at else "",
        contact.created_at.date().isoformat(),
    )


def _company(company: Company) -> Sequence[str]:
    return (
        company.name,
        company.domain,
        company.about,
        company.customer_since.isoformat() if company.customer_since else "",
        company.plan,
        company.price,
        *("" if number is None else str(number) for number in (company.seats, company.seats_bought)),
        company.created_at.date().isoformat(),
    )
