"""Taking a file in: in batches, each of them whole or not at all, so that a job that broke off goes on where it was.

A row either becomes or completes one person or company, or is refused with its line and the reason. Whoever is there
already is found by their address, else by name and company: the same file again changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from django.db import transaction
from django.utils import timezone

from harken.contacts.errors import ContactsError
from harken.contacts.importing.companies import take_company
from harken.contacts.importing.own import fields_of
from harken.contacts.importing.people import take_person
from harken.contacts.importing.read import NotUnderstood, Refused, Told, read, rows_of
from harken.contacts.models import PeopleImport
from harken.events.record import record
from harken.fields.models import Field
from harken.lib.sheets import Line

ROWS_AT_ONCE = 200
# Of a file that is broken throughout the first thousand say enough.
MOST_PROBLEMS = 1000
ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"

State = PeopleImport.State


def take_in(importing: PeopleImport) -> None:
    """Take in what is left of a file; one that is done already stays as it is."""
    if importing.state != State.RUNNING:
        return
    content = importing.file.content()
    if not importing.rows:
        importing.rows = sum(1 for _row in rows_of(content, importing.charset, importing.delimiter))
        importing.save(update_fields=["rows"])
    lines = islice(rows_of(content, importing.charset, importing.delimiter), importing.rows_done, None)
    while batch := list(islice(lines, ROWS_AT_ONCE)):
        _take(importing, batch)
    _finish(importing, State.DONE)


def break_off(importing: PeopleImport) -> None:
    """Say that it could not be finished; what was taken stays, and the same file again goes on."""
    _finish(importing, State.FAILED)


@transaction.atomic
def _take(importing: PeopleImport, batch: Sequence[Line]) -> None:
    fields = fields_of(importing)
    read_rows = [read(line, importing.columns, importing.what, fields) for line in batch]
    taken: Counter[str] = Counter()
    refused = [row for row in read_rows if isinstance(row, Refused)]
    for row in read_rows:
        if isinstance(row, Told):
            try:
                # A row that is refused half-way leaves nothing behind, such as a company that only it named.
                with transaction.atomic():
                    taken[_taken(importing, row, fields)] += 1
            except (NotUnderstood, ContactsError) as error:
                refused.append(Refused(row.line, str(error), str(row.fields.get("name", ""))[:200]))
    _count(importing, len(batch), taken, refused)
    record("people_import.progressed", importing)


def _taken(importing: PeopleImport, row: Told, fields: Mapping[str, Field]) -> str:
    take = take_person if importing.what == PeopleImport.What.PEOPLE else take_company
    return take(importing, row, fields)


def _count(importing: PeopleImport, rows: int, taken: Counter[str], refused: Iterable[Refused]) -> None:
    told = sorted([row.line, row.why, row.words] for row in refused)
    importing.rows_done += rows
    importing.added += taken[ADDED]
    importing.changed += taken[CHANGED]
    importing.unchanged += taken[UNCHANGED]
    importing.refused += len(told)
    importing.problems = [*importing.problems, *told][:MOST_PROBLEMS]
    importing.save(update_fields=["rows_done", "added", "changed", "unchanged", "refused", "problems"])


@transaction.atomic
def _finish(importing: PeopleImport, state: str) -> None:
    importing.state, importing.finished_at = state, timezone.now()
    importing.save(update_fields=["state", "finished_at"])
    record("people_import.finished", importing, by=importing.agent, state=state)
