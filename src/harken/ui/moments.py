"""Moments as people say them: 09:12 today, Wed this week, 6 Nov this year, then with the year."""

from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple, Self

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format, match_skeleton
from babel.units import format_unit
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

A_WEEK = timedelta(days=6)
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS


@cache
def locale_for(language: str) -> Locale:
    """Return Babel's locale of an interface language. Plain English is the international kind: 6 Nov, not Nov 6."""
    if language == "en":
        return Locale("en", "GB")
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def current_locale() -> Locale:
    """Return the locale of the language this request speaks."""
    return locale_for(translation.get_language() or "en")


def when(moment: datetime) -> str:
    """Return the shortest unambiguous name of a moment, in the reader's zone and language."""
    return Now.here().name(moment)


class Now(NamedTuple):
    """The reader's day, zone and language, looked up once for the moments of a list."""

    today: date
    zone: tzinfo
    locale: Locale

    @classmethod
    def here(cls) -> Self:
        zone = timezone.get_current_timezone()
        return cls(timezone.localdate(timezone=zone), zone, current_locale())

    def name(self, moment: datetime) -> str:
        """Return the shortest unambiguous name of a moment, as `when` does."""
        local = moment.astimezone(self.zone)
        on = local.date()
        if on == self.today:
            return _clock(local.hour, local.minute, self.locale)
        if timedelta() < self.today - on <= A_WEEK:
            return _date(on, "EEE", self.locale)
        return _date(on, "MMMd" if on.year == self.today.year else "yMMMd", self.locale)


def until(moment: datetime) -> str:
    """Return a moment to come, with its time of day: 18:00 today, else Mon 24 Nov, 09:00, with the year of others."""
    local, now = timezone.localtime(moment), timezone.localtime()
    if local.date() == now.date():
        return clock(moment)
    day_in_words = _date(local.date(), "MMMEd" if local.year == now.year else "yMMMEd", current_locale())
    return f"{day_in_words}, {clock(moment)}"


def clock(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return the time of day alone, for entries whose day is said elsewhere; in the reader's zone or another."""
    local = timezone.localtime(moment, zone)
    return _clock(local.hour, local.minute, current_locale())


def day(moment: datetime | date) -> str:
    """Return the whole date in words: 6 November 2026."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _day(on, current_locale())


def weekday(moment: datetime | date) -> str:
    """Return the day as it heads a stretch of days: Thursday 20 November."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _date(on, "MMMMEEEEd", current_locale())


def month(moment: datetime | date) -> str:
    """Return the month and the year: November 2026."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _date(on, "yMMMM", current_locale())


def in_full(moment: datetime) -> str:
    """Return day and time in words, for a pointer that rests on a short one."""
    together = get_datetime_format("medium", locale=current_locale())
    return str(together).replace("{1}", day(moment)).replace("{0}", clock(moment))


def moment(at: datetime) -> SafeString:
    """Return the moment as a `<time>` element."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="seconds"), in_full(at), when(at)
    )


def lasting(seconds: float) -> str:
    """Return a span in its largest whole unit: 46 min, 3 h, 2 days; a minute at least."""
    if seconds < HOUR_SECONDS:
        return _unit(max(int(seconds // 60), 1), "duration-minute")
    if seconds < DAY_SECONDS:
        return _unit(int(seconds // HOUR_SECONDS), "duration-hour")
    return _unit(int(seconds // DAY_SECONDS), "duration-day")


# A page names the same few days, times and spans over and over, and Babel takes its time to look each up.
@lru_cache(maxsize=8192)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return str(format_time(time(hour, minute), "HH:mm", locale=locale))


@lru_cache(maxsize=4096)
def _day(on: date, locale: Locale) -> str:
    return str(format_date(on, "long", locale=locale))


@lru_cache(maxsize=4096)
def _date(on: date, skeleton: str, locale: Locale) -> str:
    pattern = locale.datetime_skeletons[match_skeleton(skeleton, locale.datetime_skeletons)]
    return str(format_date(on, pattern.pattern, locale=locale))


def _unit(amount: int, unit: str) -> str:
    # British English would say “46 mins”; the browser, which ticks on from here, is told the same.
    locale = Locale("en") if (locale := current_locale()).language == "en" else locale
    return _amount(amount, unit, locale)


@lru_cache(maxsize=4096)
def _amount(amount: int, unit: str, locale: Locale) -> str:
    return str(format_unit(amount, unit, length="short", locale=locale))
