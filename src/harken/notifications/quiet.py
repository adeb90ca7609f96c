"""Quiet hours: spans of the day and whole days on which nothing rings, by the clock on somebody's own wall."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A week of quiet days and the night behind it: more steps than that lead in a circle.
MOST_STEPS = 16


@dataclass(frozen=True)
class QuietHours:
    """When somebody does not want to be told: from one time of day until another, and whole weekdays (0 is Monday).

    Equal times mean no span. The clock decides, also on the two days a year on which it jumps: a time that the
    clock skips comes as long after the jump, and of a time that comes twice the first counts.
    """

    zone: ZoneInfo
    begins_at: time | None = None
    ends_at: time | None = None
    days: frozenset[int] = frozenset()

    def holds_at(self, moment: datetime) -> bool:
        """Say whether it is quiet at this moment."""
        local = moment.astimezone(self.zone)
        return local.weekday() in self.days or self._is_in_span(local.time())

    def after(self, moment: datetime) -> datetime:
        """Return the moment itself when it is not quiet then, else the end of the quiet, in UTC."""
        for _step in range(MOST_STEPS):
            if not self.holds_at(moment):
                break
            moment = self._end(moment)
        return moment

    def _is_in_span(self, at: time) -> bool:
        if self.begins_at is None or self.ends_at is None:
            return False
        if self.begins_at <= self.ends_at:
            return self.begins_at <= at < self.ends_at
        return at >= self.begins_at or at < self.ends_at

    def _end(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        if local.weekday() in self.days or self.ends_at is None:
            return self._moment(local.date() + timedelta(days=1), time.min)
        is_tomorrow = local.time() >= self.ends_at
        return max(self._moment(local.date() + timedelta(days=int(is_tomorrow)), self.ends_at), moment)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)
