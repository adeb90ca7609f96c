"""Beginning to take a file in: it is kept, looked at, and waits for its bringer's word."""

from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.importing.columns import Column, columns_for, guessed
from harken.contacts.importing.own import fields_of, own_columns
from harken.contacts.importing.read import Refused, read
from harken.contacts.models import PeopleImport
from harken.events.record import record
from harken.files.keep import keep
from harken.lib.sheets import Line, charset_of, delimiter_of, lines_of, text_of
from harken.workspaces.models import Workspace

ROWS_SHOWN = 6


@dataclass(frozen=True)
class Seen:
    """What the first lines of a file are, read in one way: its headings, some rows, and which are refused why."""

    headings: list[str]
    rows: list[Line]
    refused: dict[int, str]


def bring(agent: Agent, name: str, content: bytes, what: str) -> PeopleImport:
    """Keep a file, and guess how it is read."""
    charset = charset_of(content)
    text = text_of(content, charset)
    delimiter = delimiter_of(text)
    first = next(lines_of(text, delimiter), Line(1, []))
    return PeopleImport.objects.create(
        workspace=agent.workspace,
        agent=agent,
        file=keep(agent.workspace, name, "text/csv", content),
        what=what,
        charset=charset,
        delimiter=delimiter,
        columns=guessed(first.cells, columns_offered(agent.workspace, what)),
    )


def columns_offered(workspace: Workspace, what: str) -> tuple[Column, ...]:
    """Return what a column of a file can be: what we ask of people or companies, then the workspace's own fields."""
    return (*columns_for(what), *own_columns(workspace, what))


def look_into(importing: PeopleImport) -> Seen:
    """Return what the beginning of a file is, as it would be read now."""
    text = text_of(importing.file.content(), importing.charset)
    lines = list(islice(lines_of(text, importing.delimiter), ROWS_SHOWN + 1))
    headings, rows = (lines[0].cells, lines[1:]) if lines else ([], [])
    fields = fields_of(importing)
    judged = [read(line, importing.columns, importing.what, fields) for line in rows]
    return Seen(headings, rows, {each.line: each.why for each in judged if isinstance(each, Refused)})


def read_as(importing: PeopleImport, charset: str, delimiter: str, what: str) -> None:
    """Read the file in another way, its columns guessed anew."""
    importing.charset, importing.delimiter, importing.what = charset, delimiter, what
    headings = next(lines_of(text_of(importing.file.content(), charset), delimiter), Line(1, [])).cells
    importing.columns = guessed(headings, columns_offered(importing.workspace, what))
    importing.save(update_fields=["charset", "delimiter", "what", "columns"])


@transaction.atomic
def begin(importing: PeopleImport, columns: list[str], *, replaces: bool, by: Agent) -> bool:
    """Let a job take the file in, and say whether this call began it: pressed twice, it begins once."""
    held = PeopleImport.objects.select_for_update().get(pk=importing.pk)
    if held.state != PeopleImport.State.ASKED:
        return False
    held.state, held.columns, held.replaces = PeopleImport.State.RUNNING, columns, replaces
    held.save(update_fields=["state", "columns", "replaces"])
    record("people_import.begun", held, by=by)
    return True
