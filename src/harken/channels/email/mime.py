"""A mail taken apart: headers and the tree of parts, as ranges of one buffer.

Why not `email.parser`: a 50 MB attachment costs it 400 MiB (one string a line), an enclosed mail comes
back with other bytes than it had, and 1,000 levels are 1,000 nested generators. This walk keeps
offsets, runs in a loop, and takes every broken boundary for what its writer meant.
"""

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field

from harken.channels.contract import Unread
from harken.channels.email import cms, headers, transfer
from harken.channels.email.headers import ContentType, Headers

MAX_PARTS = 5_000
MAX_DEPTH = 100
MAX_HEADERS = 10_000
MAX_HEADER_BYTES = 4 << 20
ENCLOSED = frozenset({"message/rfc822", "message/global", "message/news"})
PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})

_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")
_COMMON_HEADER = re.compile(
    rb"(?:content-[a-z-]+|mime-version|received|date|from|to|cc|reply-to|subject|message-id|references|in-reply-to"
    rb"|return-path|sender|x-[a-z0-9-]+)[ \t]*:",
    re.I,
)
_BLANKS = re.compile(rb"(?:[ \t]*\r*\n)*")
_MAILBOX_MARK = re.compile(rb">?From [^\n]*\n")
_SOME_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r*\n(?=(?:content-|\r*\n))", re.I | re.M)


class LimitReached(Exception):
    """The mail is built to be too much work: `why` says in which way, `most` what would do."""

    def __init__(self, why: Unread, most: int) -> None:
        super().__init__(f"{why}: {most}")
        self.why, self.most = why, most


@dataclass(slots=True)
class Part:
    """One entity: its headers, where its body lies in `buffer`, and the parts inside."""

    buffer: bytes = field(repr=False)
    start: int
    end: int
    headers: Headers = field(repr=False)
    content_type: ContentType
    depth: int = 0
    body_start: int = 0
    parts: list["Part"] = field(default_factory=list)

    @property
    def media_type(self) -> str:
        """The type in lower case (`text/plain`); what a broken one most likely meant."""
        return self.content_type.name

    @property
    def raw(self) -> bytes:
        """The whole entity, byte for byte."""
        return self.buffer[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The body without its transfer encoding."""
        encoding = headers.token(self.headers.text("content-transfer-encoding"))
        return transfer.decode(self.buffer[self.body_start : self.end], encoding)


def split(raw: bytes) -> Part:
    """Return the tree of a whole mail. Raises LimitReached, and nothing else."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    root = _part(raw, _first_header(raw), len(raw), "text/plain", 0)
    waiting = [root]
    count = 1
    while waiting:
        part = waiting.pop()
        part.parts = _inside(part)
        count += len(part.parts)
        if count > MAX_PARTS:
            raise LimitReached(Unread.PARTS, MAX_PARTS)
        if part.parts and part.depth >= MAX_DEPTH:
            raise LimitReached(Unread.DEPTH, MAX_DEPTH)
        waiting.extend(part.parts)
    return root


def _first_header(raw: bytes) -> int:
    # Editors and archives put the mark of UTF-8 before the first header.
    blanks = _BLANKS.match(raw, len(BOM_UTF8) if raw.startswith(BOM_UTF8) else 0)
    start = blanks.end() if blanks else 0
    mark = _MAILBOX_MARK.match(raw, start)
    return mark.end() if mark else start


def _part(buffer: bytes, start: int, end: int, default: str, depth: int) -> Part:
    fields, body_start = _head(buffer, start, end)
    found = Headers(fields)
    # Where there are two, the last was added by whoever knew the body.
    kind = headers.content_type((found.all_raw("content-type") or [b""])[-1], default)
    if kind.name == "application/octet-stream" and kind.parameters.get("name", "").lower() == "smime.p7m":
        kind = headers.ContentType("application/pkcs7-mime", kind.parameters)
    return Part(buffer, start, end, found, kind, depth, body_start)


def _head(buffer: bytes, start: int, end: int) -> tuple[list[tuple[str, bytes]], int]:
    """Read header lines until the blank one, or until a line that cannot be a header."""
    lines: list[list[bytes]] = []
    at = start
    while at < end:
        stop = buffer.find(b"\n", at, end) + 1 or end
        if stop - start > MAX_HEADER_BYTES:
            raise LimitReached(Unread.HEAD, MAX_HEADER_BYTES >> 20)
        line = buffer[at:stop]
        if not line.strip(b"\r\n"):
            return _fields(lines), stop
        if line[:1] in b" \t" and lines:
            lines[-1].append(line)
        elif _HEADER_LINE.match(line.lstrip(b" \t")):
            lines.append([line])
            if len(lines) > MAX_HEADERS:
                raise LimitReached(Unread.HEADERS, MAX_HEADERS)
        elif not _is_noise(buffer, stop, end):
            return _fields(lines), at
        at = stop
    return _fields(lines), end


def _is_noise(buffer: bytes, after: int, end: int) -> bool:
    """A stray line between two headers is skipped; before anything else it begins the body."""
    return _COMMON_HEADER.match(buffer, after, end) is not None


def _fields(lines: list[list[bytes]]) -> list[tuple[str, bytes]]:
    fields = []
    for pieces in lines:
        name, _, value = b"".join(pieces).partition(b":")
        fields.append((name.decode("ascii").strip().lower(), value))
    return fields


def _inside(part: Part) -> list[Part]:
    if part.media_type.startswith("multipart/"):
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        return [_part(part.buffer, start, end, default, part.depth + 1) for start, end in _ranges(part)]
    if part.media_type in ENCLOSED:
        return [_enclosed(part)]
    if part.media_type in PKCS7:
        signed = cms.signed_content(part.content)
        return (
            [_part(signed, _first_header(signed), len(signed), "text/plain", part.depth + 1)]
            if signed
            else []
        )
    return []


def _enclosed(part: Part) -> Part:
    encoding = headers.token(part.headers.text("content-transfer-encoding"))
    if encoding in {"base64", "quoted-printable"}:
        content = part.content
        return _part(content, _first_header(content), len(content), "text/plain", part.depth + 1)
    blanks = _BLANKS.match(part.buffer, part.body_start, part.end)
    start = blanks.end() if blanks else part.body_start
    return _part(part.buffer, start, part.end, "text/plain", part.depth + 1)


def _ranges(part: Part) -> list[tuple[int, int]]:
    boundary = part.content_type.boundary
    for candidate in dict.fromkeys((boundary, boundary.rstrip())):
        found = _between(part, candidate) if candidate else []
        if found:
            return found
    guess = _SOME_BOUNDARY.search(part.buffer, part.body_start, part.end)
    return _between(part, guess.group(1)) if guess else []


def _between(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    """Return where each part lies; a missing last boundary ends it where the parent ends."""
    ranges: list[tuple[int, int]] = []
    opened = -1
    for line_start, line_end, closes in _delimiters(part, b"--" + boundary):
        if opened >= 0:
            ranges.append((opened, _without_line_end(part.buffer, opened, line_start)))
        opened = -1 if closes else line_end
    if opened >= 0 and opened < part.end:
        ranges.append((opened, part.end))
    return ranges


def _delimiters(part: Part, needle: bytes) -> list[tuple[int, int, bool]]:
    buffer, found = part.buffer, []
    at = buffer.find(needle, part.body_start, part.end)
    while at >= 0:
        if at == part.body_start or buffer[at - 1] in b"\r\n":
            line_end = buffer.find(b"\n", at, part.end) + 1 or part.end
            rest = buffer[at + len(needle) : line_end].strip()
            if not rest or rest.startswith(b"--"):
                found.append((at, line_end, bool(rest)))
        at = buffer.find(needle, at + len(needle), part.end)
    return found


def _without_line_end(buffer: bytes, start: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary (RFC 2046, 5.1.1)."""
    if end > start and buffer[end - 1 : end] == b"\n":
        end -= 1
    while end > start and buffer[end - 1 : end] == b"\r":
        end -= 1
    return end
