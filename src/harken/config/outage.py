"""Telling a database that is away from one that refuses something."""

from django.db import InterfaceError, OperationalError

# 08 is the connection, 57P0x the server's own stop and start, 53300 a server with too many clients.
_STATES_OF_ABSENCE = ("08", "57P0", "53300")


def is_away(error: BaseException | None) -> bool:
    """Did this happen because the database went away?"""
    while error is not None:
        if isinstance(error, InterfaceError) or (
            isinstance(error, OperationalError) and _tells_absence(error)
        ):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tells_absence(error: OperationalError) -> bool:
    # Without an SQLSTATE nothing came back from the server at all.
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_STATES_OF_ABSENCE)
