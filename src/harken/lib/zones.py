"""Names of time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all time zones; to ask the system for them each time takes ten milliseconds."""
    # What a machine calls its own zone says nothing on another one.
    return frozenset(available_timezones() - {"localtime"})
