"""Telling a database that is away from one that refuses something."""

import psycopg
from django.db import InterfaceError, OperationalError

# 08 is the connection, 57P0x the server's own stop and start, 53300 a server with too many clients.
_STATES_OF_ABSENCE = ("08", "57P0", "53300")


def is_away(error: BaseException | None) -> bool:
    """Did this happen because the database went away?"""
    while error is not None:
        if isinstance(error, InterfaceError | psycopg.InterfaceError):
            return True
        # What the runner of jobs asks does not pass through Django.
        driver_error = error.__cause__ if isinstance(error, OperationalError) else error
        if isinstance(error, OperationalError | psycopg.OperationalError) and _tells_absence(driver_error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tells_absence(error: BaseException | None) -> bool:
    # Without an SQLSTATE nothing came back from the server at all.
    state = getattr(error, "sqlstate", None)
    return state is None or state.startswith(_STATES_OF_ABSENCE)
