"""Finding: the newest messages that answer a question, one for each ticket.

Months are asked from the newest on, in steps that grow (1, 3, 9, 27, …): a page of a frequent word is full after the
first, so that it costs what a rare word does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from harken.agents.models import Agent
from harken.lib import rows as statements
from harken.search import contents
from harken.search.keep import left_to_fill, waiting
from harken.search.language import Asked, understand
from harken.search.models import Document, DocumentQuerySet, month_of
from harken.search.question import Question, question_of
from harken.search.snippets import Snippet, mark
from harken.search.words import sequence
from harken.tickets.models import Message, Ticket
from harken.tickets.states import State

PER_PAGE = 50
CHUNK = 120
# Enough to fill a page; a question that finds nearly nothing among so many goes on with the next page.
MOST_CHUNKS = 25
MOST_MILLISECONDS = 5000
WIDER = 3
SNIPPET_LETTERS = 160
# What came in the last moments is on its way.
NOTICED_AFTER = timedelta(seconds=15)

_KEY = re.compile(r"(\d{1,17})\.(\d{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Key(NamedTuple):
    """Where a page ended: moment and id of its last message."""

    at: datetime
    message_id: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        match = _KEY.fullmatch(text)
        return cls(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.message_id}"


@dataclass(frozen=True)
class Hit:
    """The newest message of a ticket that answers, and what it says about it."""

    message: Message
    subject: Snippet
    words: Snippet


@dataclass
class Found:
    """One page of answers, the newest first. `next` is the key of the page after it, `""` on the last.

    `corrected` tells what was shown for a misspelt word, `behind` how many messages are not indexed yet.
    """

    question: str
    hits: list[Hit] = field(default_factory=list)
    next: str = ""
    notices: list[str] = field(default_factory=list)
    corrected: dict[str, list[str]] = field(default_factory=dict)
    is_empty: bool = False
    behind: int = 0


def find(agent: Agent, question: str, *, before: str = "", most: int = PER_PAGE) -> Found:
    """Return what an agent finds by a question, after the key `before`. Nothing that can be typed is an error."""
    asked = understand(question, agent)
    found = Found(question, notices=asked.notices, is_empty=asked.is_empty)
    found.behind = _behind(agent.workspace_id)
    if asked.is_empty:
        return found
    try:
        with transaction.atomic():
            _limit_time()
            _fill(found, asked, agent, Key.read(before), most)
    except OperationalError as error:
        if not _is_out_of_time(error):
            raise
        found.hits, found.next = [], ""
        found.notices.append(_("That took too long. Add a word, or a filter such as after:2026-11."))
    return found


def _fill(found: Found, asked: Asked, agent: Agent, after: Key | None, most: int) -> None:
    question = question_of(asked, agent.workspace_id)
    found.corrected = question.corrected
    messages: dict[int, Message] = {}
    last: Key | None = None
    # Where nothing must be there, an index of words is of no use.
    span = _span(asked, agent.workspace_id) if question.has_words else None
    for chunk in _chunks(_documents(asked, question, agent, after), span, after):
        for key, message in _checked(chunk, question, agent):
            if message.ticket_id in messages:
                continue
            if len(messages) == most:
                found.next = str(last)
                break
            messages[message.ticket_id], last = message, key
        if found.next:
            break
    else:
        last = None
    found.hits = [_hit(message, question) for message in messages.values()]


def _documents(asked: Asked, question: Question, agent: Agent, after: Key | None) -> DocumentQuerySet:
    tickets = asked.tickets if asked.names_a_state else asked.tickets & ~Q(state=State.SPAM)
    rows = Document.objects.of(agent.workspace_id)
    rows = rows.filter(ticket__in=Ticket.objects.visible_to(agent).filter(tickets))
    if question.text:
        rows = rows.filter(words__has=question.text)
    if asked.before:
        rows = rows.filter(at__lt=asked.before)
    if asked.after:
        rows = rows.filter(at__gte=asked.after)
    if after:
        # A ticket stands on the first page that has a message of it, and on no other.
        shown = rows.filter(ticket=OuterRef("ticket")).exclude(_older_than(after))
        rows = rows.exclude(Exists(shown))
    return rows


def _span(asked: Asked, workspace_id: int) -> tuple[int, int]:
    """The first and the last month in which anything may be found."""
    ends = Document.objects.of(workspace_id).order_by("at").values_list("month", flat=True)
    oldest, newest = ends.first() or 0, ends.last() or -1
    if asked.after:
        oldest = max(oldest, month_of(asked.after.astimezone(UTC)))
    if asked.before:
        newest = min(newest, month_of(asked.before.astimezone(UTC)))
    return oldest, newest


def _chunks(rows: DocumentQuerySet, span: tuple[int, int] | None, after: Key | None) -> Iterator[list[Key]]:
    """Answers in the order of their age, so many at a time, for as long as somebody wants more."""
    if span is None:
        yield from _walk(rows, after)
        return
    left = MOST_CHUNKS
    for months in _windows(span, after):
        for chunk in _walk(rows.filter(month__in=months), after):
            yield chunk
            left -= 1
            if not left:
                return


def _walk(rows: DocumentQuerySet, after: Key | None) -> Iterator[list[Key]]:
    for _chunk in range(MOST_CHUNKS):
        older = rows.filter(_older_than(after)) if after else rows
        chunk = [Key(*row) for row in older.newest_first().values_list("at", "message_id")[:CHUNK]]
        yield chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1]


def _windows(span: tuple[int, int], after: Key | None) -> Iterator[list[int]]:
    width, (oldest, newest) = 1, span
    if after:
        newest = min(newest, month_of(after.at))
    while newest >= oldest:
        yield list(range(max(newest - width + 1, oldest), newest + 1))
        newest, width = newest - width, width * WIDER


def _older_than(key: Key) -> Q:
    return Q(at__lt=key.at) | Q(at=key.at, message_id__lt=key.message_id)


def _checked(chunk: Sequence[Key], question: Question, agent: Agent) -> Iterator[tuple[Key, Message]]:
    """The messages of a chunk, in its order, without those in which the words of a phrase stand apart."""
    found = {message.pk: message for message in _read(chunk, agent)}
    for key in chunk:
        message = found.get(key.message_id)
        if message and _says(message, question):
            yield key, message


def _says(message: Message, question: Question) -> bool:
    if not (question.together or question.not_together):
        return True
    said = [f" {' '.join(sequence(part))} " for part in contents.parts_of(message)]
    return all(any(f" {words} " in part for part in said) for words in question.together) and not any(
        f" {words} " in part for part in said for words in question.not_together
    )


def _read(chunk: Sequence[Key], agent: Agent) -> list[Message]:
    messages = Message.objects.visible_to(agent).filter(pk__in=[key.message_id for key in chunk])
    return contents.read(messages)


def _hit(message: Message, question: Question) -> Hit:
    said = contents.said_in(message)
    return Hit(
        message,
        mark(message.ticket.title, question, most=None),
        mark(said, question, most=SNIPPET_LETTERS),
    )


def _behind(workspace_id: int) -> int:
    late = waiting(workspace_id).filter(at__lt=Now() - NOTICED_AFTER)
    return late.count() + left_to_fill(workspace_id)


def _limit_time() -> None:
    statements.ask("SELECT set_config('statement_timeout', %s, true)", [str(MOST_MILLISECONDS)])


def _is_out_of_time(error: OperationalError) -> bool:
    return isinstance(error.__cause__, QueryCanceled)
