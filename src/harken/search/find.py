"""Finding: the newest messages that answer a question, one for each ticket."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from harken.agents.models import Agent
from harken.lib import rows as statements
from harken.search import contents
from harken.search.keep import left_to_fill
from harken.search.language import Asked, understand
from harken.search.places import Key, Place, Places
from harken.search.question import Question, question_of
from harken.search.second_look import answering
from harken.search.shown import shown_messages
from harken.search.snippets import Snippet, mark
from harken.tickets.models import Message

PER_PAGE = 50
# A phrase whose words stand apart in so many messages goes on with the next page.
MOST_EXAMINED = 3000
LOOKED_AT_ONCE = 60
MOST_MILLISECONDS = 5000
SNIPPET_LETTERS = 160
# What came in the last moments is on its way.
NOTICED_AFTER_SECONDS = 15

_LATE = """
    SELECT (SELECT count(*) FROM search_pending
            WHERE workspace_id = %(workspace)s::int AND at < now() - make_interval(secs => %(seconds)s::float8)),
           EXISTS (SELECT FROM search_filling WHERE workspace_id = %(workspace)s::int)
"""


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
    chunks = Places(asked, question, agent, after).chunks()
    shown: dict[int, Place] = {}
    last = after
    for examined, (place, answers) in enumerate(_checked(chunks, question, agent)):
        is_new = answers and place.ticket_id not in shown
        if examined >= MOST_EXAMINED or (is_new and len(shown) == most):
            found.next = str(last)
            break
        if is_new:
            shown[place.ticket_id] = place
        last = place.key
    found.hits = _hits(list(shown.values()), question, agent)


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
    messages = shown_messages([place.message_id for place in places], agent)
    return [_hit(message, question) for message in messages]


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
