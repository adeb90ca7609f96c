"""Outlook's winmail.dat (TNEF) unpacked: the words, the files, and the meeting inside.

A reader of our own (docs/why/reading-mail.md). Everything is a range of one buffer; whatever is cut short, too
much or not what it says ends the reading, and then the container stays the file it came as.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from harken.channels.contract import Invitation
from harken.channels.email import charsets, rtf

MAX_FILES = 100
MAX_BYTES = 100 << 20
MAX_DEPTH = 5
# Each costs a few microseconds, however little it holds.
MAX_VALUES = 100_000

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTRIBUTE = struct.Struct("<BII")
_APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")
_U16, _U32, _U64 = struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<Q")
_SHORTS = struct.Struct("<7H")

_SUBJECT, _BODY, _CLASS, _CODEPAGE, _PROPERTIES = 0x18004, 0x2800C, 0x78008, 0x69007, 0x69003
_START, _END = 0x30006, 0x30007
_NEXT_FILE, _FILE_NAME, _FILE_CONTENT, _FILE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005

_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_OBJECT, _TEXT, _UNICODE, _BINARY = 13, 30, 31, 258
_VARIABLE = {_OBJECT, _TEXT, _UNICODE, _BINARY}
_MULTIPLE = 0x1000

_P_SUBJECT, _P_BODY, _P_HTML, _P_RTF = 0x0037, 0x1000, 0x1013, 0x1009
_P_CONTENT, _P_NAME, _P_SHORT_NAME, _P_SHOWN_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_P_TYPE, _P_CONTENT_ID, _P_HTML_CODEPAGE = 0x370E, 0x3712, 0x3FDE
# Named properties of the appointment set, and the older fixed ones.
_P_STARTS, _P_ENDS, _P_PLACE = (0x820D, 0x0060), (0x820E, 0x0061), (0x8208,)
_METHODS = {"request": "REQUEST", "canceled": "CANCEL", "resp.pos": "REPLY", "resp.neg": "REPLY"}


class _Broken(Exception):
    """Cut short, or not what it says."""


@dataclass(slots=True)
class Enclosed:
    """A file inside the container; its name is not safe yet."""

    name: str = ""
    media_type: str = ""
    content: bytes = field(default=b"", repr=False)
    content_id: str = ""


@dataclass(slots=True)
class Container:
    """What a winmail.dat holds."""

    subject: str = ""
    text: str = ""
    html: str = ""
    files: list[Enclosed] = field(default_factory=list)
    invitation: Invitation | None = None


@dataclass(slots=True)
class _Value:
    kind: int
    raw: bytes


@dataclass(slots=True)
class _Allowance:
    """What may still be read of one container and those inside it."""

    values: int = MAX_VALUES
    files: int = MAX_FILES
    bytes: int = MAX_BYTES

    def spend(self, *, values: int = 0, files: int = 0, content: int = 0) -> None:
        """Count what was read. Raises _Broken when it is too much."""
        self.values, self.files, self.bytes = self.values - values, self.files - files, self.bytes - content
        if min(self.values, self.files, self.bytes) < 0:
            raise _Broken


@dataclass(slots=True)
class _Draft:
    """Attributes and properties as they come, before it is known in which charset they are."""

    attributes: dict[int, bytes] = field(default_factory=dict)
    properties: dict[int, _Value] = field(default_factory=dict)

    def take(self, name: int, value: bytes, properties: int, left: _Allowance) -> None:
        """Note an attribute; the one that holds properties is taken apart."""
        if name == properties:
            self.properties |= _properties(value, left)
        else:
            self.attributes[name] = value


def unpack(raw: bytes) -> Container | None:
    """Return what a container holds; None when it is no TNEF, cut short, or beyond the limits."""
    try:
        return _container(raw, 1, _Allowance())
    except (_Broken, struct.error, OverflowError, ValueError):
        return None


def _container(raw: bytes, depth: int, left: _Allowance) -> Container:
    if not raw.startswith(_SIGNATURE) or depth > MAX_DEPTH:
        raise _Broken
    whole = _Draft()
    files: list[_Draft] = []
    for level, name, value in _attributes(raw):
        left.spend(values=1)
        if level == 1:
            whole.take(name, value, _PROPERTIES, left)
        elif name == _NEXT_FILE:
            left.spend(files=1)
            files.append(_Draft())
        elif files:
            files[-1].take(name, value, _FILE_PROPERTIES, left)
    return _read(whole, files, depth, left)


def _attributes(raw: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 6
    while at < len(raw):
        level, name, size = _ATTRIBUTE.unpack_from(raw, at)
        start = at + _ATTRIBUTE.size
        at = start + size + 2
        if at > len(raw) or level not in (1, 2):
            raise _Broken
        yield level, name, raw[start : start + size]


def _properties(raw: bytes, left: _Allowance) -> dict[int, _Value]:
    count, at = _U32.unpack_from(raw)[0], 4
    left.spend(values=count)
    found: dict[int, _Value] = {}
    for _ in range(count):
        kind, name = _U16.unpack_from(raw, at)[0], _U16.unpack_from(raw, at + 2)[0]
        at += 4
        if name >= 0x8000:
            name, at = _named(raw, at)
        values, at = _values(raw, at, kind, left)
        if values:
            found.setdefault(name, _Value(kind & ~_MULTIPLE, values[0]))
    return found


def _named(raw: bytes, at: int) -> tuple[int, int]:
    """Return the number of a property that has a name of its own, -1 unless it is one of an appointment."""
    by_text, size = _U32.unpack_from(raw, at + 16)[0], _U32.unpack_from(raw, at + 20)[0]
    if by_text:
        return -1, at + 24 + _padded(size)
    return size if raw[at : at + 16] == _APPOINTMENT else -1, at + 24


def _values(raw: bytes, at: int, kind: int, left: _Allowance) -> tuple[list[bytes], int]:
    base = kind & ~_MULTIPLE
    count = 1
    if kind & _MULTIPLE or base in _VARIABLE:
        count, at = _U32.unpack_from(raw, at)[0], at + 4
        left.spend(values=count)
    if base not in _VARIABLE and base not in _FIXED:
        raise _Broken
    values = []
    for _ in range(count):
        size = _FIXED.get(base, 0)
        if base in _VARIABLE:
            size, at = _U32.unpack_from(raw, at)[0], at + 4
        if at + size > len(raw):
            raise _Broken
        values.append(raw[at : at + size])
        at += _padded(size)
    return values, at


def _padded(size: int) -> int:
    return size + -size % 4


def _read(whole: _Draft, files: list[_Draft], depth: int, left: _Allowance) -> Container:
    codec = _codec(whole)
    found = Container(subject=_text(whole, _P_SUBJECT, codec) or _attribute(whole, _SUBJECT, codec))
    _read_words(whole, found, codec)
    found.invitation = _meeting(whole, found, codec)
    for draft in files:
        found.files += _files(draft, codec, depth, left)
    return found


def _codec(draft: _Draft) -> str:
    page = draft.attributes.get(_CODEPAGE, b"")[:4]
    return charsets.known(f"cp{_U32.unpack(page)[0]}") if len(page) == 4 else ""


def _read_words(draft: _Draft, found: Container, codec: str) -> None:
    found.text = _text(draft, _P_BODY, codec) or _attribute(draft, _BODY, codec)
    found.html = _text(draft, _P_HTML, _html_codec(draft) or codec)
    packed = draft.properties.get(_P_RTF)
    if packed is None or found.html:
        return
    document = rtf.unpacked(packed.raw)
    words = rtf.content(document)
    if rtf.is_html(document):
        found.html = words
    elif not found.text:
        found.text = words


def _html_codec(draft: _Draft) -> str:
    page = draft.properties.get(_P_HTML_CODEPAGE)
    number = _U32.unpack(page.raw[:4])[0] if page and len(page.raw) >= 4 else 0
    return "utf-8" if number == 65001 else charsets.known(f"cp{number}")


def _text(draft: _Draft, name: int, codec: str) -> str:
    value = draft.properties.get(name)
    if value is None or value.kind not in _VARIABLE:
        return ""
    declared = "utf-16-le" if value.kind == _UNICODE else codec
    if declared == "utf-16-le":
        return value.raw.decode(declared, "replace").rstrip("\0")
    return charsets.decode(value.raw.rstrip(b"\0"), declared)


def _attribute(draft: _Draft, name: int, codec: str) -> str:
    return charsets.decode(draft.attributes.get(name, b"").rstrip(b"\0"), codec)


def _files(draft: _Draft, codec: str, depth: int, left: _Allowance) -> list[Enclosed]:
    names = (_text(draft, each, codec) for each in (_P_NAME, _P_SHORT_NAME))
    name = next((each for each in names if each), "") or _attribute(draft, _FILE_NAME, codec)
    kept = draft.properties.get(_P_CONTENT)
    if kept and kept.kind == _OBJECT and kept.raw[16:20] == _SIGNATURE:
        return _enclosed_message(kept.raw[16:], name or _text(draft, _P_SHOWN_NAME, codec), depth, left)
    content = draft.attributes.get(_FILE_CONTENT) or (kept.raw if kept else b"")
    left.spend(content=len(content))
    kind, content_id = _text(draft, _P_TYPE, codec), _text(draft, _P_CONTENT_ID, codec)
    return [Enclosed(name, kind.lower(), content, content_id.strip("<> "))]


def _enclosed_message(raw: bytes, name: str, depth: int, left: _Allowance) -> list[Enclosed]:
    """A message inside the container: its words as a file, its own files beside it."""
    inner = _container(raw, depth + 1, left)
    title = inner.subject or name or "message"
    if inner.html:
        words = Enclosed(f"{title}.html", "text/html", inner.html.encode("utf-8", "replace"))
    else:
        words = Enclosed(f"{title}.txt", "text/plain", inner.text.encode("utf-8", "replace"))
    return [words, *inner.files]


def _meeting(draft: _Draft, found: Container, codec: str) -> Invitation | None:
    kind = _attribute(draft, _CLASS, codec).lower()
    if "mtg" not in kind and "schedule.meeting" not in kind and "appointment" not in kind:
        return None
    starts, ends = _moment(draft, _P_STARTS, _START), _moment(draft, _P_ENDS, _END)
    if not starts:
        return None
    short = kind.replace("mtgreq", "request").replace("mtgcncl", "canceled")
    method = next((method for mark, method in _METHODS.items() if mark in short), "")
    place = next((_text(draft, each, codec) for each in _P_PLACE), "")
    return Invitation(method, found.subject[:500], starts, ends, location=place[:500])


def _moment(draft: _Draft, names: tuple[int, ...], attribute: int) -> str:
    for name in names:
        value = draft.properties.get(name)
        if value and value.kind == 64:
            ticks = timedelta(microseconds=_U64.unpack(value.raw)[0] // 10)
            return (datetime(1601, 1, 1, tzinfo=UTC) + ticks).isoformat()
    parts = draft.attributes.get(attribute, b"")
    if len(parts) < _SHORTS.size:
        return ""
    year, month, day, hour, minute, second = _SHORTS.unpack_from(parts)[:6]
    return datetime.combine(date(year, month, day), time(hour, minute, second)).isoformat()
