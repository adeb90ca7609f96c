"""`harken deliver`: each letter stored, settled, and told as the database has it afterwards."""

import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from django.db import DatabaseError, OperationalError

from harken.channels.arriving import intake, queue
from harken.channels.arriving.receive import settle, settle_taken
from harken.channels.arriving.settling import ReadingAhead
from harken.channels.contract import Address, Incoming
from harken.channels.email.channel import read
from harken.channels.email.reader import ReaderUnavailable
from harken.channels.models import Arrival
from harken.cli.work import tables
from harken.cli.work.answers import as_json_line
from harken.config.errors import Refused
from harken.files.errors import FilesError
from harken.lib.text import clean
from harken.tickets.models import Message
from harken.workspaces import wall

_BECAME_A_MESSAGE = (Arrival.State.OPENED, Arrival.State.JOINED)

LARGEST_HANDFUL_BYTES = 16 << 20

log = logging.getLogger(__name__)


class NotStored(Refused):
    """A letter could not be kept."""


def deliver(*, files: tuple[str, ...], piped: bytes, recipient: str | None, as_json: bool) -> None:
    """Take every letter in, in the order given, and print a line for each. Raises NotStored at the first that fails.

    `piped` is the letter that `-` among the files stands for.
    """
    with _or_not_now("Mail"):
        tables.need()
    tell = _as_json if as_json else _as_words
    hidden = not sys.stderr.isatty() or sys.stdout.isatty()
    with click.progressbar(length=len(files), label="Delivering", file=sys.stderr, hidden=hidden) as bar:
        for named, letters in _handfuls(files, piped, [recipient] if recipient else []):
            with _or_not_now(named):
                lines = [tell(arrival) for arrival in _taken_in(letters)]
            click.echo("\n".join(lines))
            bar.update(len(lines))


@contextmanager
def _or_not_now(what: str) -> Iterator[None]:
    # Whoever brought the letter keeps it then: a letter brought twice does no harm.
    try:
        yield
    except (OSError, DatabaseError, FilesError, ReaderUnavailable) as error:
        raise NotStored(f"{what} is not stored ({type(error).__name__}): deliver it again.") from error


def _handfuls(
    files: tuple[str, ...], piped: bytes, recipients: list[str]
) -> Iterator[tuple[str, list[intake.Letter]]]:
    """Letters that are stored and settled together, with the name of the first; what cannot be read ends them."""
    handful: list[intake.Letter] = []
    first, size = "", 0
    for file in files:
        try:
            raw = piped if file == "-" else Path(file).read_bytes()
        except OSError:
            if handful:
                yield first, handful
            with _or_not_now(file):
                raise
        first = first if handful else file
        handful.append(intake.Letter(raw, Arrival.Source.DELIVER, recipients))
        size += len(raw)
        if len(handful) == queue.MOST_AT_ONCE or size > LARGEST_HANDFUL_BYTES:
            yield first, handful
            handful, size = [], 0
    if handful:
        yield first, handful


def _taken_in(letters: list[intake.Letter]) -> list[Arrival]:
    rest = deque(intake.store_all(letters, taken=True))
    reading = ReadingAhead(read, rest)
    settled = []
    while rest:
        arrival = rest.popleft()
        with wall.inside(arrival.workspace_id):
            settled.append(_settled(partial(settle_taken, arrival, reading), arrival))
    return settled


def _settled(attempt: Callable[[], Arrival], arrival: Arrival) -> Arrival:
    """Settle a letter; one that breaks it is held after its attempts, as by a worker: it is stored all the same."""
    try:
        return attempt()
    except (OSError, OperationalError, ReaderUnavailable):
        raise
    except Exception:
        log.exception("letter %s could not be settled", arrival.pk)
        return _settled(partial(settle, arrival), arrival)


def _as_words(arrival: Arrival) -> str:
    with wall.inside(arrival.workspace_id):
        ticket = f" {arrival.ticket.short_number}" if arrival.ticket else ""
    return f"{arrival.state}{ticket}: {arrival.reason}"


def _as_json(arrival: Arrival) -> str:
    # Read anew: what is told is what the database has after commit.
    with wall.inside(arrival.workspace_id):
        stored = Arrival.objects.select_related(
            "raw", "ticket", "message__ticket", "original__ticket", "original__message__ticket"
        ).get(pk=arrival.pk)
        told = _told(stored.original or stored)
    return as_json_line(told | {"state": stored.state, "reason": stored.reason})


def _told(arrival: Arrival) -> dict[str, Any]:
    """What the letter says: as the message it became, or, where it became none, as it was read."""
    message = arrival.message
    # What became a draft or a report has its ticket, and no message.
    found = message.ticket if message else arrival.ticket
    ticket = {"ticket": found.number if found else None}
    if message is None or arrival.state not in _BECAME_A_MESSAGE:
        return ticket | _of_letter(_read(arrival) or _at_a_glance(arrival))
    is_first = arrival.state == Arrival.State.OPENED
    subject = message.ticket.subject if is_first else arrival.subject
    return (
        ticket | _of_message(message) | {"subject": subject, "from": message.author_address or arrival.sender}
    )


def _read(arrival: Arrival) -> Incoming | None:
    try:
        letter = read(arrival.raw.read())
    except FilesError:
        # Long ago it came for the first time; its days are over.
        return None
    return letter if isinstance(letter, Incoming) else None


def _of_message(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.external_id,
        "text": message.text,
        "visible_text": message.visible_text or message.text,
        "attachments": [
            {"name": file.declared_name or file.name, "size": file.size, "type": file.media_type}
            for file in message.attachments.select_related("file")
        ],
        "auto_reply": message.is_automatic,
        "bounce": False,
    }


def _at_a_glance(arrival: Arrival) -> Incoming:
    """What is known of a letter that cannot be read: whom it says it is from, and its subject."""
    return Incoming(sender=Address(arrival.sender), subject=arrival.subject)


def _of_letter(letter: Incoming) -> dict[str, Any]:
    return {
        "message_id": letter.external_id,
        "subject": clean(letter.subject),
        "from": letter.sender.email,
        "text": clean(letter.text),
        "visible_text": clean(letter.visible_text or letter.text),
        "attachments": [
            {"name": file.declared_name or file.name, "size": len(file.content), "type": file.media_type}
            for file in letter.files
        ],
        "auto_reply": letter.auto_reply,
        "bounce": letter.bounce,
    }
