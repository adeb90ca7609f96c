"""Times people put something off to: this evening, tomorrow morning, Monday; by the clocks on their wall."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MORNING = time(9)
EVENING = time(18)
# Later in the day “this evening” is no help any more.
EVENING_OFFERED_UNTIL = time(17)
_MONDAY = 0


@dataclass(frozen=True)
class Later:
    """A time to come back at: its name (`hour evening tomorrow monday`) and the moment."""

    name: str
    at: datetime


def offered(now: datetime) -> list[Later]:
    """Return the times offered at an aware moment, soonest first, in its own zone."""
    zone, today = now.tzinfo, now.date()
    assert zone is not None
    found = [Later("hour", now.astimezone(UTC) + timedelta(hours=1))]
    if now.time() < EVENING_OFFERED_UNTIL:
        found.append(Later("evening", at(today, EVENING, zone)))
    found.append(Later("tomorrow", at(today + timedelta(days=1), MORNING, zone)))
    monday = today + timedelta(days=(_MONDAY - today.weekday()) % 7 or 7)
    if monday > today + timedelta(days=1):
        found.append(Later("monday", at(monday, MORNING, zone)))
    return found


def at(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the moment at which the clocks of a zone show this.

    Of an hour that comes twice it is the first; of one that is left out, as much later as the clocks are put forward.
    Raises OverflowError for days that no clock will show.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
