"""Finding: the newest messages that answer a question, one for each ticket.

Months are asked from the newest on, in steps that grow (1, 3, 9, 27, …): a page of a frequent word is full after the
first, so that it costs what a rare word does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from harken.agents.models import Agent
from harken.lib import rows as statements
from harken.search import contents
from harken.search.keep import left_to_fill
from harken.search.language import Asked, understand
from harken.search.models import Document, DocumentQuerySet, month_of
from harken.search.question import Question, question_of
from harken.search.second_look import answering
from harken.search.snippets import Snippet, mark
from harken.tickets.models import Message, Ticket
from harken.tickets.states import State

PER_PAGE = 50
CHUNK = 120
# A phrase whose words stand apart in so many messages goes on with the next page.
MOST_EXAMINED = 3000
LOOKED_AT_ONCE = 60
MOST_MILLISECONDS = 5000
WIDER = 3
SNIPPET_LETTERS = 160
# What came in the last moments is on its way.
NOTICED_AFTER_SECONDS = 15

_ENDS = """
    SELECT (SELECT month FROM search_document WHERE workspace_id = %(workspace)s::int ORDER BY at LIMIT 1),
           (SELECT month FROM search_document WHERE workspace_id = %(workspace)s::int ORDER BY at DESC LIMIT 1)
"""
_LATE = """
    SELECT (SELECT count(*) FROM search_pending
            WHERE workspace_id = %(workspace)s::int AND at < now() - make_interval(secs => %(seconds)s::float8)),
           EXISTS (SELECT FROM search_filling WHERE workspace_id = %(workspace)s::int)
"""

_PEOPLE = ("ticket", "author_agent__user", "author_contact")
_SHOWN = (
    *(
        "kind",
        "text",
        "visible_text",
        "signature",
        "created_at",
        "position",
        "author_address",
        "workspace_id",
    ),
    *("ticket__number", "ticket__subject", "ticket__state", "ticket__workspace_id"),
    *("author_agent__user__name", "author_agent__user__email", "author_contact__name"),
)

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


class Place(NamedTuple):
    """A document that answers."""

    at: datetime
    message_id: int
    ticket_id: int


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
    chunks = _chunks(_documents(asked, question, agent, after), _span(asked, question, agent), after)
    shown: dict[int, Place] = {}
    last = after
    for examined, (place, answers) in enumerate(_checked(chunks, question, agent)):
        is_new = answers and place.ticket_id not in shown
        if examined >= MOST_EXAMINED or (is_new and len(shown) == most):
            found.next = str(last)
            break
        if is_new:
            shown[place.ticket_id] = place
        last = Key(place.at, place.message_id)
    found.hits = _hits(list(shown.values()), question, agent)


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


def _span(asked: Asked, question: Question, agent: Agent) -> tuple[int, int] | None:
    """The first and the last month to ask step by step; `None` where all may be asked at once.

    They may when few messages answer, and must when any may: where nothing has to be there, an index of words is of
    no use.
    """
    if not question.has_words or question.is_rare:
        return None
    ((oldest, newest),) = statements.ask(_ENDS, {"workspace": agent.workspace_id})
    if asked.after:
        oldest = max(oldest or 0, month_of(asked.after.astimezone(UTC)))
    if asked.before:
        newest = min(newest or 0, month_of(asked.before.astimezone(UTC)))
    return oldest or 0, newest or -1


def _chunks(rows: DocumentQuerySet, span: tuple[int, int] | None, after: Key | None) -> Iterator[list[Place]]:
    """Answers in the order of their age, so many at a time, for as long as somebody wants more."""
    if span is None:
        yield from _walk(rows, after)
        return
    for months in _windows(span, after):
        yield from _walk(rows.filter(month__in=months), after)


def _walk(rows: DocumentQuerySet, after: Key | None) -> Iterator[list[Place]]:
    while True:
        older = rows.filter(_older_than(after)) if after else rows
        columns = older.newest_first().values_list("at", "message_id", "ticket_id")
        chunk = [Place(*row) for row in columns[:CHUNK]]
        yield chunk
        if len(chunk) < CHUNK:
            return
        after = Key(*chunk[-1][:2])


def _windows(span: tuple[int, int], after: Key | None) -> Iterator[list[int]]:
    width, (oldest, newest) = 1, span
    if after:
        newest = min(newest, month_of(after.at))
    while newest >= oldest:
        yield list(range(max(newest - width + 1, oldest), newest + 1))
        newest, width = newest - width, width * WIDER


def _older_than(key: Key) -> Q:
    return Q(at__lt=key.at) | Q(at=key.at, message_id__lt=key.message_id)


def _checked(chunks: Iterable[list[Place]], question: Question, agent: Agent) -> Iterator[tuple[Place, bool]]:
    """The places, and whether the words of each phrase stand together there."""
    for chunk in chunks:
        if not question.needs_a_second_look:
            yield from ((place, True) for place in chunk)
            continue
        for start in range(0, len(chunk), LOOKED_AT_ONCE):
            part = chunk[start : start + LOOKED_AT_ONCE]
            well = answering([place.message_id for place in part], question, agent)
            yield from ((place, place.message_id in well) for place in part)


def _hits(places: Sequence[Place], question: Question, agent: Agent) -> list[Hit]:
    ids = [place.message_id for place in places]
    rows = Message.objects.visible_to(agent).filter(pk__in=ids).select_related(*_PEOPLE).only(*_SHOWN)
    messages = {message.pk: message for message in rows}
    return [_hit(messages[pk], question) for pk in ids if pk in messages]


def _hit(message: Message, question: Question) -> Hit:
    return Hit(
        message,
        mark(message.ticket.title, question, most=None),
        mark(contents.said_in(message), question, most=SNIPPET_LETTERS),
    )


def _behind(workspace_id: int) -> int:
    ((late, is_filling),) = statements.ask(
        _LATE, {"workspace": workspace_id, "seconds": NOTICED_AFTER_SECONDS}
    )
    return int(late) + (left_to_fill(workspace_id) if is_filling else 0)


def _limit_time() -> None:
    statements.ask("SELECT set_config('statement_timeout', %s, true)", [str(MOST_MILLISECONDS)])


def _is_out_of_time(error: OperationalError) -> bool:
    return isinstance(error.__cause__, QueryCanceled)
