"""Date headers: any of the forms mailers write, and none when the day cannot be true."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

# Mail began later; a year beyond the century is a broken clock. The reader knows no "now".
EARLIEST = datetime(1980, 1, 2, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def moment(value: str) -> datetime | None:
    """Return the moment a Date header names, in UTC; `None` when it names none that can be true."""
    value = value[:200]
    found = _iso(value) if _ISO.match(value) else _mail_date(value)
    return found if found and EARLIEST <= found < LATEST else None


def _iso(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _mail_date(value: str) -> datetime | None:
    try:
        fields = parsedate_tz(value)
        if fields is None:
            return None
        offset = timedelta(seconds=fields[9] or 0)
        zone = timezone(offset) if abs(offset) < timedelta(hours=24) else UTC
        return datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
