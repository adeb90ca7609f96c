"""Statements prepared by the server and run by libpq's own calls (`psycopg.pq`).

Through a cursor a statement that finds one row takes three times the processor time. What a connection has prepared
is kept with it; psycopg prepares nothing by itself, so that it never throws away what it does not know.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from psycopg import Connection, OperationalError, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Values = Sequence[Any] | Mapping[str, Any]
Rows = list[tuple[Any, ...]]

# What is asked once in a while is not worth what the server keeps of it.
PREPARED_FROM = 3
MOST_KNOWN = 400

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([s%])")
_WELL = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class _Query(NamedTuple):
    """A statement as libpq takes it, and the names of its values where it calls them by name."""

    text: bytes
    names: tuple[str, ...]


class _Session:
    """One connection's statements: how often each was asked, then the name it is prepared under."""

    def __init__(self, connection: Connection[Any]) -> None:
        # Of the adapters alone: one that knew its connection would keep it for ever.
        self.transformer = Transformer(connection.adapters)
        self._asked: OrderedDict[Any, int | bytes] = OrderedDict()
        self._numbers = count()

    def answer_to(self, connection: Connection[Any], text: bytes, values: Sequence[Any]) -> PGresult:
        dumped: Sequence[Any] = self.transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = self.transformer.types, self.transformer.formats
        name = self._name_of(connection, text, types)
        if name:
            answer = connection.pgconn.exec_prepared(name, dumped, formats)
        else:
            answer = connection.pgconn.exec_params(text, dumped, types, formats)
        return _checked(connection, answer)

    def _name_of(self, connection: Connection[Any], text: bytes, types: Any) -> bytes | None:
        """The name of a prepared statement, prepared now if it is asked often enough; `None` before."""
        known = self._asked.get((text, types), 0)
        if isinstance(known, bytes):
            self._asked.move_to_end((text, types))
            return known
        self._asked[text, types] = known + 1
        if known + 1 < PREPARED_FROM:
            self._forget_the_oldest(connection)
            return None
        name = b"harken_%d" % next(self._numbers)
        _checked(connection, connection.pgconn.prepare(name, text, types))
        self._asked[text, types] = name
        return name

    def _forget_the_oldest(self, connection: Connection[Any]) -> None:
        while len(self._asked) > MOST_KNOWN:
            _asked, name = self._asked.popitem(last=False)
            if isinstance(name, bytes):
                _checked(connection, connection.pgconn.exec_(b"DEALLOCATE " + name))


_sessions: WeakKeyDictionary[Connection[Any], _Session] = WeakKeyDictionary()


def run(connection: Connection[Any], statement: str, values: Values) -> Rows:
    """Run one statement, `%s` or `%(name)s` for each value, and return the rows it gives.

    Begins a transaction where the connection does not commit by itself. Raises the errors of psycopg.
    """
    query = _query(statement)
    given = [values[name] for name in query.names] if isinstance(values, Mapping) else values
    if not connection.autocommit and connection.pgconn.transaction_status == TransactionStatus.IDLE:
        _checked(connection, connection.pgconn.exec_(b"BEGIN"))
    session = _session_of(connection)
    answer = session.answer_to(connection, query.text, given)
    if not answer.nfields:
        return []
    session.transformer.set_pgresult(answer)
    return session.transformer.load_rows(0, answer.ntuples, tuple)


def _session_of(connection: Connection[Any]) -> _Session:
    session = _sessions.get(connection)
    if session is None:
        session = _sessions[connection] = _Session(connection)
    return session


@lru_cache(maxsize=MOST_KNOWN)
def _query(statement: str) -> _Query:
    """The statement with `$1`, `$2`, … in place of its `%s`, or one number for each name."""
    names: dict[str, int] = {}
    numbers = count(1)

    def numbered(found: re.Match[str]) -> str:
        name, letter = found.groups()
        if letter == "%":
            return "%"
        return f"${names.setdefault(name, len(names) + 1) if name else next(numbers)}"

    return _Query(_PLACEHOLDER.sub(numbered, statement).encode(), tuple(names))


def _checked(connection: Connection[Any], answer: PGresult) -> PGresult:
    if answer.status in _WELL:
        return answer
    # Without an SQLSTATE nothing came back from the server.
    if connection.pgconn.status == ConnStatus.BAD or not answer.error_field(DiagnosticField.SQLSTATE):
        raise OperationalError(answer.get_error_message())
    raise errors.error_from_result(answer)
