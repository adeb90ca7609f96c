"""Moments in addresses: whole microseconds since 1970, so that a page can begin exactly where another ended."""

from datetime import UTC, datetime, timedelta

from harken.lib.numbers import whole_number

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Up to the year 5138, which a datetime can hold.
_MOST_DIGITS = 17


def micros_of(at: datetime) -> int:
    """Return the microseconds from 1970 to a moment."""
    return (at - EPOCH) // _MICROSECOND


def moment_in(text: str) -> datetime | None:
    """Return the moment that a text of microseconds means; `None` for any other text."""
    micros = whole_number(text, most_digits=_MOST_DIGITS)
    return None if micros is None else EPOCH + micros * _MICROSECOND
