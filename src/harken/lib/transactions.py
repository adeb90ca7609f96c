"""Taking part in a transaction: for verbs that are called inside one by everybody but the simplest callers."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def taking_part(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Run a function in its caller's transaction, which its errors break, else in one of its own.

    The same as `transaction.atomic(savepoint=False)`, at a tenth of its cost: a letter passes many of them.
    """

    @wraps(function)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        database = connections[DEFAULT_DB_ALIAS]
        if not database.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        except BaseException:
            database.needs_rollback = True
            raise

    return run
