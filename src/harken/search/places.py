"""Where something answers: rows of the index, the newest first, so many at a time.

A word that stands in most messages is met by walking back from the newest; a rare one is gathered by the index at once;
any other in steps of months that grow (1, 3, 9, 27, …). So a page of each costs about the same.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from harken.agents.models import Agent
from harken.lib import rows
from harken.lib.moments import micros_of, moment_in
from harken.lib.numbers import whole_number
from harken.search.language import Asked
from harken.search.models import month_of
from harken.search.question import Question
from harken.tickets.models import Ticket
from harken.tickets.models.lists import TicketQuerySet
from harken.tickets.states import State

CHUNK = 60
WIDER = 3
WALKED = 300
MOST_WALKS = 6
# Below one answer in so many rows it is not met soon enough.
STILL_OFTEN = 8

Values = list[Any]
Rows = list[tuple[Any, ...]]


_ENDS = """
    SELECT (SELECT month FROM search_document WHERE workspace_id = %s::int AND month > 0 ORDER BY at LIMIT 1),
           (SELECT month FROM search_document WHERE workspace_id = %s::int AND month > 0 ORDER BY at DESC LIMIT 1)
"""
# What the index gives is gathered apart, then looked up one by one until there is enough: PostgreSQL, which knows
# nothing of how often a word is written, would walk through requests or messages without end.
_GATHER = """
    WITH found AS MATERIALIZED (SELECT at, message_id, ticket_id FROM search_document WHERE {where})
    SELECT found.at, found.message_id, found.ticket_id
    FROM ({found}) AS found CROSS JOIN LATERAL ({ticket}) AS ticket
    WHERE {unseen} ORDER BY found.at DESC, found.message_id DESC LIMIT %s::int
"""
_ALL = "SELECT * FROM found ORDER BY at DESC, message_id DESC"
_NEWEST_OF_EACH = """
    SELECT * FROM (
        SELECT DISTINCT ON (ticket_id) at, message_id, ticket_id FROM found
        ORDER BY ticket_id, at DESC, message_id DESC
    ) AS newest ORDER BY at DESC, message_id DESC
"""
_WALK = """
    WITH walked AS MATERIALIZED (
        SELECT at, message_id, ticket_id, words FROM search_document WHERE {where}
        ORDER BY at DESC, message_id DESC LIMIT %s::int
    )
    SELECT at, message_id, ticket_id, answers, count FROM (
        SELECT at, message_id, ticket_id, row_number() OVER newest, count(*) OVER (),
               words @@ %s::tsquery AND EXISTS ({ticket}) AND {unseen} AS answers
        FROM walked AS found WINDOW newest AS (ORDER BY at DESC, message_id DESC)
    ) AS looked_at WHERE answers OR row_number = count ORDER BY row_number
"""
# `OFFSET 0`: looked up for each of those that were found, never gathered from all requests.
_TICKET = "SELECT FROM ({tickets}) AS those (id) WHERE id = found.ticket_id OFFSET 0"
_NARROWED = """
    SELECT at, message_id, ticket_id FROM search_document AS found
    WHERE {where} AND ticket_id IN ({tickets}) AND {unseen} ORDER BY at DESC, message_id DESC LIMIT %s::int
"""
# A ticket stands on the first page that has a message of it, and on no other.
_UNSEEN = """
    NOT EXISTS (
        SELECT FROM search_document WHERE ticket_id = found.ticket_id AND {where}
        AND (at, message_id) >= (%s::timestamptz, %s::bigint)
    )
"""


class Key(NamedTuple):
    """Where a page ended: moment and id of its last message."""

    at: datetime
    message_id: int

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        micros, _dot, number = text.partition(".")
        at, message_id = moment_in(micros), whole_number(number)
        return None if at is None or message_id is None else cls(at, message_id)

    def __str__(self) -> str:
        return f"{micros_of(self.at)}.{self.message_id}"


class Place(NamedTuple):
    """A document that answers."""

    at: datetime
    message_id: int
    ticket_id: int

    @property
    def key(self) -> Key:
        return Key(self.at, self.message_id)


@dataclass(frozen=True)
class Places:
    """The places that answer a question, in the workspace of whoever asks, below the key that a page begins with."""

    asked: Asked
    question: Question
    agent: Agent
    begin: Key | None

    def chunks(self) -> Iterator[list[Place]]:
        """Return them for as long as somebody wants more."""
        # Filters may name what is not there, so that no request fits them.
        with suppress(EmptyResultSet):
            yield from self._chunks()

    def _chunks(self) -> Iterator[list[Place]]:
        if not self.question.has_words or self.question.is_rare:
            yield from self._all(self.begin, None)
            return
        after = self.begin
        for _walk in range(0 if self._is_narrowed else MOST_WALKS):
            looked_at, chunk, after = self._walked(after)
            yield chunk
            if looked_at < WALKED:
                return
            if len(chunk) * STILL_OFTEN < looked_at:
                break
        for months in _windows(*self._span(), after):
            yield from self._all(after, months)

    def _all(self, after: Key | None, months: list[int] | None) -> Iterator[list[Place]]:
        look = self._narrowed if self._is_narrowed or not self.question.has_words else self._gathered
        while True:
            chunk = [Place(*row) for row in look(after, months)]
            yield chunk
            if len(chunk) < CHUNK:
                return
            after = chunk[-1].key

    def _gathered(self, after: Key | None, months: list[int] | None) -> Rows:
        where, values = self._where(after, months)
        ticket, ticket_values = self._ticket
        unseen, unseen_values = self._unseen
        found = _ALL if self.question.needs_a_second_look else _NEWEST_OF_EACH
        statement = _GATHER.format(where=where, found=found, ticket=ticket, unseen=unseen)
        return rows.ask(statement, [*values, *ticket_values, *unseen_values, CHUNK])

    def _walked(self, after: Key | None) -> tuple[int, list[Place], Key | None]:
        """How many rows were looked at from the newest on, those that answer, and the key of the last."""
        where, values = self._where(after, None, with_words=False)
        ticket, ticket_values = self._ticket
        unseen, unseen_values = self._unseen
        statement = _WALK.format(where=where, ticket=ticket, unseen=unseen)
        given = [*values, WALKED, self.question.text, *ticket_values, *unseen_values]
        found = rows.ask(statement, given)
        if not found:
            return 0, [], after
        places = [Place(*row[:3]) for row in found if row[3]]
        return found[-1][4], places, Key(*found[-1][:2])

    def _narrowed(self, after: Key | None, months: list[int] | None) -> Rows:
        """What a filter on requests leaves, or every message: PostgreSQL knows which of the two is less."""
        where, values = self._where(after, months)
        tickets, ticket_values = _composed(self._tickets)
        unseen, unseen_values = self._unseen
        statement = _NARROWED.format(where=where, tickets=tickets, unseen=unseen)
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, *ticket_values, *unseen_values, CHUNK])
            return cursor.fetchall()

    def _where(
        self, after: Key | None, months: list[int] | None, *, with_words: bool = True
    ) -> tuple[str, Values]:
        conditions: list[tuple[str, Values]] = [("workspace_id = %s::int", [self.agent.workspace_id])]
        if with_words and self.question.text:
            conditions.append(("words @@ %s::tsquery", [self.question.text]))
        if not (with_words and self.question.has_words):
            conditions.append(("month > 0", []))
        if self.asked.before:
            conditions.append(("at < %s::timestamptz", [self.asked.before]))
        if self.asked.after:
            conditions.append(("at >= %s::timestamptz", [self.asked.after]))
        if months:
            conditions.append(("month = ANY(%s::int[])", [months]))
        if after:
            conditions.append(("(at, message_id) < (%s::timestamptz, %s::bigint)", [*after]))
        return " AND ".join(sql for sql, _ in conditions), [value for _, each in conditions for value in each]

    @cached_property
    def _unseen(self) -> tuple[str, Values]:
        if self.begin is None:
            return "TRUE", []
        where, values = self._where(None, None)
        return _UNSEEN.format(where=where), [*values, *self.begin]

    @property
    def _is_narrowed(self) -> bool:
        return bool(self.asked.tickets)

    @property
    def _tickets(self) -> TicketQuerySet:
        asked = self.asked
        tickets = asked.tickets if asked.names_a_state else asked.tickets & ~Q(state=State.SPAM)
        return Ticket.objects.visible_to(self.agent).filter(tickets)

    @cached_property
    def _ticket(self) -> tuple[str, Values]:
        tickets, values = _composed(self._tickets)
        return _TICKET.format(tickets=tickets), values

    def _span(self) -> tuple[int, int]:
        """The first and the last month of which something is asked."""
        workspace_id = self.agent.workspace_id
        ((oldest, newest),) = rows.ask(_ENDS, [workspace_id, workspace_id])
        if self.asked.after:
            oldest = max(oldest or 0, month_of(self.asked.after.astimezone(UTC)))
        if self.asked.before:
            newest = min(newest or 0, month_of(self.asked.before.astimezone(UTC)))
        return oldest or 0, newest or -1


def _composed(tickets: TicketQuerySet) -> tuple[str, Values]:
    sql, values = tickets.order_by().values("pk").query.sql_with_params()
    return sql, [value.value if isinstance(value, Enum) else value for value in values]


def _windows(oldest: int, newest: int, after: Key | None) -> Iterator[list[int]]:
    width = 1
    if after:
        newest = min(newest, month_of(after.at))
    while newest >= oldest:
        yield list(range(max(newest - width + 1, oldest), newest + 1))
        newest, width = newest - width, width * WIDER
