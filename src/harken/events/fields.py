"""PostgreSQL's transaction ids, by which an open page knows what it has missed."""

from typing import Any

from django.db import models
from django.db.models.expressions import Func


class CurrentTransaction(Func):
    """`pg_current_xact_id()`: the 64-bit id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    arity = 0


class TransactionIdField(models.Field):
    """PostgreSQL's xid8, as decimal text: it may pass 2^63 in theory and is only ever compared by the server."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else str(value)
