"""Querysets as prepared statements: composed by Django once, asked by `rows.ask` as often as somebody looks.

Composing a statement takes Django longer than finding fifty rows takes PostgreSQL, and planning it anew as long again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import QuerySet

from harken.lib import rows

_PLACEHOLDER = re.compile(r"%s")


@dataclass(frozen=True)
class Composed:
    """A statement and its values, in order; some of them stand in for what is told only when it is asked."""

    text: str
    values: tuple[Any, ...]

    def ask(self, given: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Return the rows as they come from the database; `given` has a value for each stand-in."""
        return rows.ask(self.text, [given.get(value, value) for value in self.values])


def compose(plain_rows: QuerySet[Any, Any]) -> Composed:
    """Compose a queryset made by `values_list`. Members of enumerations become part of the statement.

    Only so PostgreSQL can tell, before it knows any value, that an index over some states alone has the rows.
    """
    text, values = plain_rows.query.sql_with_params()
    kept: list[Any] = []
    return Composed(_with_constants(text, values, kept), tuple(kept))


def _with_constants(text: str, values: Sequence[Any], kept: list[Any]) -> str:
    left = iter(values)

    def constant(_found: re.Match[str]) -> str:
        value = next(left)
        if isinstance(value, Enum):
            return f"'{value.value}'"
        kept.append(value)
        return "%s"

    return _PLACEHOLDER.sub(constant, text)
