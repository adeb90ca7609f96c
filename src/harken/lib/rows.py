"""Prepared statements, for the few paths that every letter takes.

Django composes a statement anew each time and PostgreSQL plans it anew: 0.7 ms for a look-up of one row. Composed once
per model and prepared by the server it takes 0.04. Rows are ordinary model instances; errors are Django's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb

from harken.lib import prepared

Row = TypeVar("Row", bound=models.Model)
Fields = tuple[models.Field, ...]

# Nearly all values are handed on as they are: asking the field what to make of them costs more than the rest.
_HANDED_ON: dict[type[models.Field], set[type]] = {
    models.BigAutoField: {int},
    models.BigIntegerField: {int},
    models.BooleanField: {bool},
    models.CharField: {str},
    models.ForeignKey: {int},
    models.OneToOneField: {int},
    models.PositiveIntegerField: {int},
    models.TextField: {str},
}


def ask(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement, `%s` for each value, prepared by the server once it was asked often; the rows it gives."""
    # Looked up once: each look through Django's proxy costs as much as dumping a value.
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    if database.queries_logged:
        # Whoever counts what a page asks counts these, too.
        database.queries_log.append({"sql": statement, "time": ""})
    with database.wrap_database_errors:
        return prepared.run(database.connection, statement, values)


def now() -> datetime:
    """Return the moment by the database's clock, which is the same for all processes."""
    moment: datetime = ask("SELECT clock_timestamp()")[0][0]
    return moment


def found(
    model: type[Row], condition: str, values: Sequence[Any] = (), *, without: tuple[str, ...] = ()
) -> list[Row]:
    """Return the rows of a model's table for which the condition holds; it may end in ORDER BY or FOR UPDATE.

    The fields named in `without` are asked for by themselves when somebody looks at them.
    """
    columns = _read(model, without)
    answers = ask(f"SELECT {columns.sql} FROM {model._meta.db_table} WHERE {condition}", values)
    return [model.from_db(DEFAULT_DB_ALIAS, columns.names, columns.converted(answer)) for answer in answers]


def first(model: type[Row], condition: str, values: Sequence[Any] = ()) -> Row | None:
    """Return the first of the rows for which the condition holds."""
    return next(iter(found(model, f"{condition} LIMIT 1", values)), None)


def only(model: type[Row], pk: Any) -> Row:
    """Return the row with this key, which must be there."""
    (row,) = found(model, f"{model._meta.pk.column} = %s", [pk])
    return row


def hold(matter: int, key: int) -> None:
    """Let one transaction at a time do this to that until commit: `matter` says what, `key` whose (both 32 bits)."""
    ask("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [matter, key])


def lock(row: models.Model) -> None:
    """Read a row again and hold it until commit. Rows it refers to are asked for anew only where they are others.

    Raises ObjectDoesNotExist when it is gone.
    """
    model = type(row)
    columns, condition = _read(model, ()), f"{model._meta.pk.column} = %s FOR UPDATE"
    answers = ask(f"SELECT {columns.sql} FROM {model._meta.db_table} WHERE {condition}", [row.pk])
    if not answers:
        raise ObjectDoesNotExist(f"{model._meta.object_name} {row.pk} is gone.")
    for field, value in zip(columns.fields, columns.converted(answers[0]), strict=True):
        if getattr(row, field.attname) != value:
            row._state.fields_cache.pop(field.name, None)
        setattr(row, field.attname, value)
    row.__dict__.pop("_prefetched_objects_cache", None)


def insert(*rows: models.Model) -> None:
    """Insert new rows of one model by one statement, and set on them what the database gave: ids and defaults."""
    if rows:
        _insert(rows, "")


def insert_new(row: models.Model) -> bool:
    """Insert a row unless a unique constraint forbids it, and say whether it was inserted.

    A twin that another transaction has inserted and not committed is waited for.
    """
    return _insert((row,), " ON CONFLICT DO NOTHING")


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is there, all of them when none is named."""
    statement, columns = _change(type(row), names)
    ask(statement, [*columns.stored(row, add=False), row.pk])


class _Columns:
    """Some columns of a table: how a statement names them, and how their values are written and read."""

    def __init__(self, fields: Iterable[models.Field]) -> None:
        self.fields = tuple(fields)
        self.names = [field.attname for field in self.fields]
        self.sql = ", ".join(f'"{field.column}"' for field in self.fields)
        self._converters = [
            (at, field.from_db_value)
            for at, field in enumerate(self.fields)
            if hasattr(field, "from_db_value")
        ]

    def stored(self, row: models.Model, *, add: bool) -> list[Any]:
        """What PostgreSQL is handed for a row."""
        return [_stored(field, row, add=add) for field in self.fields]

    def converted(self, answer: Sequence[Any]) -> Sequence[Any]:
        """What a row holds of an answer."""
        if not self._converters:
            return answer
        values = list(answer)
        for at, convert in self._converters:
            values[at] = convert(values[at], None, connection)
        return values


class _Insertion(NamedTuple):
    """A statement that inserts rows of one make: the columns it is given, and those it gives back."""

    statement: str
    given: _Columns
    returned: _Columns


def _insert(rows: Sequence[models.Model], otherwise: str) -> bool:
    model = type(rows[0])
    # The first row's gaps stand for all: rows inserted together are of one make.
    gaps = tuple(field.attname for field in _written(model) if _is_left_to_the_database(field, rows[0]))
    statement, given, returned = _insertion(model, gaps, len(rows), otherwise)
    answers = ask(statement, [value for row in rows for value in given.stored(row, add=True)])
    for row, answer in zip(rows, answers, strict=False):
        for name, value in zip(returned.names, returned.converted(answer), strict=True):
            setattr(row, name, value)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return bool(answers)


def _is_left_to_the_database(field: models.Field, row: models.Model) -> bool:
    value = row.__dict__[field.attname]
    return type(value) is DatabaseDefault or (value is None and field.primary_key)


def _stored(field: models.Field, row: models.Model, *, add: bool) -> Any:
    value, kind = row.__dict__[field.attname], type(field)
    if value is None or type(value) in _HANDED_ON.get(kind, ()):
        return value
    if kind is models.JSONField and type(value) in (dict, list):
        return Jsonb(value)
    if kind is models.DateTimeField and type(value) is datetime and value.tzinfo:
        return value
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@cache
def _read(model: type[models.Model], without: tuple[str, ...]) -> _Columns:
    return _Columns(field for field in model._meta.concrete_fields if field.name not in without)


@cache
def _written(model: type[models.Model]) -> Fields:
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


# One for each number of rows, and a letter may have thousands of files.
@lru_cache(maxsize=200)
def _insertion(model: type[models.Model], gaps: tuple[str, ...], count: int, otherwise: str) -> _Insertion:
    given = _Columns(field for field in _written(model) if field.attname not in gaps)
    returned = _Columns(field for field in _written(model) if field.primary_key or field.attname in gaps)
    row = f"({', '.join(['%s'] * len(given.names))})"
    return _Insertion(
        f"INSERT INTO {model._meta.db_table} ({given.sql}) VALUES {', '.join([row] * count)}{otherwise}"
        f" RETURNING {returned.sql}",
        given,
        returned,
    )


@cache
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, _Columns]:
    fields = {field.name: field for field in _written(model)}
    columns = _Columns(fields[name] for name in names or fields)
    changes = ", ".join(f'"{field.column}" = %s' for field in columns.fields)
    return f"UPDATE {model._meta.db_table} SET {changes} WHERE {model._meta.pk.column} = %s", columns
