"""Calendar files (RFC 5545): what an invitation says, for the card above a letter.

Tolerant: the first event counts, unknown lines are passed over, and what has no start that can be read is no
invitation. Such a file stays a file, as every calendar file does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from harken.channels.contract import Invitation
from harken.channels.email import charsets
from harken.channels.email.windows_zones import IANA
from harken.lib.text import one_line

MAX_BYTES = 1 << 20
MAX_LINES = 20_000
LONGEST = 500
LONGEST_HEAD = 4_000

_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}(?=[;:])")
_COLON_OR_QUOTE = re.compile('[:"]')
_PARAMETER = re.compile(r";([A-Za-z0-9-]{1,64})=(\"[^\"]*\"|[^;\"]*)")
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?\d*(?:\.\d+)?(Z?))?$", re.I)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$", re.I
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_ESCAPED = re.compile(r"\\(.)", re.S)
_STATUSES = {"confirmed", "tentative", "cancelled"}
_PERIODS = {"hourly", "daily", "weekly", "monthly", "yearly"}


@dataclass(slots=True)
class _Property:
    value: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Calendar:
    """The lines that matter: of the calendar, of its first event, and the offset each zone names first."""

    about: dict[str, _Property] = field(default_factory=dict)
    event: dict[str, _Property] = field(default_factory=dict)
    attendees: int = 0
    zone: str = ""
    offsets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _When:
    moment: datetime
    is_day: bool = False

    def text(self) -> str:
        """ISO 8601, as Invitation has it."""
        return self.moment.date().isoformat() if self.is_day else self.moment.isoformat()


def invitation(raw: bytes, charset: str = "") -> Invitation | None:
    """Return what the file says of its first event; None when it says nothing that can be read."""
    found = _read(charsets.decode(raw[:MAX_BYTES], charset or "utf-8"))
    starts = _when(found, "dtstart")
    if starts is None:
        return None
    ends = _end(found, starts)
    rule = dict(pair.split("=", 1) for pair in _value(found, "rrule").lower().split(";") if "=" in pair)
    status = _value(found, "status").lower()
    method = found.about.get("method", _Property("")).value.strip().upper()
    return Invitation(
        method=one_line(method, 20),
        summary=_text(found, "summary"),
        starts_at=starts.text(),
        ends_at=ends.text() if ends else "",
        all_day=starts.is_day,
        location=_text(found, "location"),
        organizer=_organizer(found),
        attendees=found.attendees,
        status=status if status in _STATUSES else "cancelled" if method == "CANCEL" else "",
        repeats=rule["freq"] if rule.get("freq") in _PERIODS else "",
        repeats_every=_number(rule.get("interval", "")),
    )


def words(raw: bytes, charset: str = "") -> str:
    """Return what the event says in words: for a letter that has no others."""
    found = _read(charsets.decode(raw[:MAX_BYTES], charset or "utf-8"))
    said = (_unescaped(_value(found, name)) for name in ("summary", "description"))
    return "\n\n".join(each.strip() for each in said if each.strip())


def _read(text: str) -> _Calendar:
    found, inside = _Calendar(), [""]
    for name, entry in _lines(text):
        if name == "begin":
            inside.append(entry.value.strip().lower())
        elif name == "end":
            if inside.pop() == "vevent" and found.event:
                break
            inside = inside or [""]
        else:
            _note(found, inside[-1], name, entry)
    return found


def _note(found: _Calendar, inside: str, name: str, entry: _Property) -> None:
    if inside in {"vevent", "vtodo"}:
        found.attendees += name == "attendee"
        found.event.setdefault(name, entry)
    elif inside == "vcalendar":
        found.about.setdefault(name, entry)
    elif name == "tzid":
        found.zone = entry.value.strip()
    elif name == "tzoffsetto" and inside == "standard":
        found.offsets.setdefault(found.zone, entry.value.strip())


def _lines(text: str) -> Iterator[tuple[str, _Property]]:
    for line in (each.strip("\r\ufeff ") for each in _FOLD.sub("", text).split("\n")[:MAX_LINES]):
        name = _NAME.match(line)
        colon = _colon(line) if name else -1
        if name and colon >= 0:
            found = _PARAMETER.findall(line[name.end() : min(colon, LONGEST_HEAD)])
            parameters = {key.lower(): value.strip('"') for key, value in found}
            yield name[0].lower(), _Property(line[colon + 1 :], parameters)


def _colon(line: str) -> int:
    """Where the value begins: a colon inside quotes belongs to a parameter."""
    quoted = False
    for mark in _COLON_OR_QUOTE.finditer(line, 0, LONGEST_HEAD):
        if mark[0] == '"':
            quoted = not quoted
        elif not quoted:
            return mark.start()
    return line.find(":", 0, LONGEST_HEAD)


def _value(found: _Calendar, name: str) -> str:
    entry = found.event.get(name)
    return entry.value if entry else ""


def _text(found: _Calendar, name: str) -> str:
    return one_line(_unescaped(_value(found, name)), LONGEST)


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _organizer(found: _Calendar) -> str:
    entry = found.event.get("organizer")
    if entry is None:
        return ""
    address = re.sub(r"^mailto:", "", entry.value.strip(), flags=re.I)
    return one_line(_unescaped(entry.parameters.get("cn", "")) or address, LONGEST)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 4 else 1


def _when(found: _Calendar, name: str) -> _When | None:
    entry = found.event.get(name)
    match = _MOMENT.match(entry.value.strip()) if entry else None
    if entry is None or match is None:
        return None
    try:
        return _moment(found, match, entry.parameters.get("tzid", ""))
    except (ValueError, OverflowError):
        return None


def _moment(found: _Calendar, match: re.Match[str], zone: str) -> _When:
    day = date(int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return _When(datetime.combine(day, time()), is_day=True)
    # A leap second is the next one to everybody else.
    local = datetime.combine(day, time(int(match[4]), int(match[5]), min(int(match[6] or 0), 59)))
    if match[7]:
        return _When(local.replace(tzinfo=UTC))
    known = _zone(zone) or _fixed(found.offsets.get(zone, ""))
    return _When(local.replace(tzinfo=known).astimezone(UTC) if known else local)


def _end(found: _Calendar, starts: _When) -> _When | None:
    ends = _when(found, "dtend") or _when(found, "due")
    lasts = _duration(_value(found, "duration"))
    try:
        if ends is None and lasts is not None:
            ends = _When(starts.moment + lasts, starts.is_day)
        if ends is not None and ends.is_day:
            # The file names the day after (RFC 5545, 3.6.1), people the last one.
            return _When(
                max(ends.moment - timedelta(days=1), starts.moment.replace(tzinfo=None)), is_day=True
            )
    except OverflowError:
        return None
    return ends


def _duration(text: str) -> timedelta | None:
    match = _DURATION.match(text.strip())
    if match is None or match[1] == "-":
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


@lru_cache(maxsize=128)
def _zone(name: str) -> ZoneInfo | None:
    """Find a zone by the name the file gives: IANA's, Windows', or one with a path before it."""
    name = name.strip().strip('"')[:100]
    pieces = [piece for piece in name.split("/") if piece]
    for candidate in (IANA.get(name.lower(), name), "/".join(pieces[-2:]), "/".join(pieces[-3:])):
        try:
            return ZoneInfo(candidate)
        except (ValueError, OSError, LookupError):
            continue
    return None


def _fixed(offset: str) -> timezone | None:
    """The offset that the file's own table gives; summer time is not worked out."""
    match = _OFFSET.match(offset)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes)) if minutes < 1440 else None
