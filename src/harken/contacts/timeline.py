"""The timeline of a person or a company: everything that happened, newest first, from every room that has something.

A room registers its source from `apps.py`. Pages end at a key, so that a deep page costs what the first does.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Self

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact
from harken.lib.moments import micros_of, moment_in
from harken.lib.numbers import whole_number

ENTRIES_PER_PAGE = 40


@dataclass(frozen=True)
class About:
    """Whom a timeline is about, as one agent sees them: a person or a company, never both."""

    agent: Agent
    contact: Contact | None = None
    company: Company | None = None


@dataclass(frozen=True)
class Key:
    """Where a page ended: moment, source and id of its last entry, as `1763800000000000.tickets.812` in addresses."""

    at: datetime
    source: str
    id: int

    @classmethod
    def read(cls, text: str) -> "Self | None":
        """Return the key of an address; `None` when there is none or somebody changed it."""
        micros, _dot, rest = text.partition(".")
        source, _dot, number = rest.partition(".")
        at, entry_id = moment_in(micros), whole_number(number)
        return None if at is None or entry_id is None or len(source) > 40 else cls(at, source, entry_id)

    def __str__(self) -> str:
        return f"{micros_of(self.at)}.{self.source}.{self.id}"

    def earlier(self, rows: QuerySet[Any], *, source: str, moment: str) -> QuerySet[Any]:
        """Leave what comes after this key in a source's order: by `moment`, then by id, downwards."""
        before = Q(**{f"{moment}__lt": self.at})
        if source < self.source:
            before |= Q(**{moment: self.at})
        elif source == self.source:
            before |= Q(**{moment: self.at, "pk__lt": self.id})
        return rows.filter(before)


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `icon` or `mark` (a turn mark) stands before it; `voice` is a customer's own words."""

    at: datetime
    source: str
    id: int
    title: str | Promise
    icon: str = ""
    mark: str = ""
    mark_words: str | Promise = ""
    url: str = ""
    voice: str = ""
    language: str = ""
    words: str = ""
    # A colleague's note, and where it is taken away again.
    note: str = ""
    remove_url: str = ""

    @property
    def key(self) -> Key:
        return Key(self.at, self.source, self.id)


@dataclass(frozen=True)
class Month:
    """The entries of one month on one page; `continues` what the page before began."""

    first: datetime
    continues: bool
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One page, newest first, by month; `next` is the key of the following one, `""` on the last."""

    months: list[Month]
    next: str


Source = Callable[[About, Key | None, int], Iterable[Entry]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Let a room tell its part: `source(about, before, limit)` gives at most `limit` entries, newest first."""
    _sources[name] = source


def page_of(
    about: About, before: str = "", *, only: str = "", in_zone: Callable[[datetime], datetime] = lambda at: at
) -> Page:
    """Return the entries after the key `before`, or the first ones; `only` names one source of all."""
    key = Key.read(before)
    asked = [source for name, source in _sources.items() if only in ("", name)]
    told = [source(about, key, ENTRIES_PER_PAGE + 1) for source in asked]
    merged = heapq.merge(*told, key=lambda entry: (entry.at, entry.source, entry.id), reverse=True)
    found = list(islice(merged, ENTRIES_PER_PAGE + 1))
    shown = found[:ENTRIES_PER_PAGE]
    months = _by_month(shown, in_zone, in_zone(key.at) if key else None)
    return Page(months, str(shown[-1].key) if len(found) > len(shown) else "")


def newest(rows: QuerySet[Any], before: Key | None, limit: int, *, source: str, moment: str) -> list[Any]:
    """Return the rows of a source's page in its order."""
    if before:
        rows = before.earlier(rows, source=source, moment=moment)
    return list(rows.order_by(f"-{moment}", "-pk")[:limit])


def _by_month(
    entries: list[Entry], in_zone: Callable[[datetime], datetime], ended: datetime | None
) -> list[Month]:
    months: list[Month] = []
    for entry in entries:
        at = in_zone(entry.at)
        if not months or _month(months[-1].first) != _month(at):
            continues = not months and ended is not None and _month(ended) == _month(at)
            months.append(Month(at, continues))
        months[-1].entries.append(entry)
    return months


def _month(at: datetime) -> tuple[int, int]:
    return at.year, at.month
