"""Header values: folded, encoded in words (RFC 2047), in parameters (RFC 2231), raw, or broken."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from harken.channels.email import charsets, transfer

# Longer values are attacks or accidents; what lies beyond is not read.
MAX_VALUE_BYTES = 256 << 10

_MEDIA_TYPE = re.compile(r"\s*([\w!#$&^+.-]+)\s*/\s*([\w!#$&^+.*-]+)", re.ASCII)
_FOLD = re.compile(r"\r*\n(?=[ \t])|\r*\n|\r")
_WORD_HEAD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?")
_NEXT_PARAMETER = re.compile(r"\s[\w*-]+=")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_TOKEN_END = re.compile(r"[\s;(]")
_QUOTE_OR_SLASH = re.compile(r"[\"\\]")
_EQUALS_OR_SEMICOLON = re.compile("[=;]")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_ENCODED_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")


class Headers:
    """All headers of one entity in their order, found by lower-case name."""

    def __init__(self, fields: list[tuple[str, bytes]]) -> None:
        self.fields = fields
        self._values: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value)

    def all_raw(self, name: str) -> Sequence[bytes]:
        """Every value of that name, as bytes with its folds."""
        return self._values.get(name, ())

    def raw(self, name: str) -> bytes:
        """The first value of that name, `b""` when there is none."""
        return self._values[name][0] if name in self._values else b""

    def text(self, name: str) -> str:
        """The first value unfolded and in Unicode, its encoded words untouched."""
        return unfold(self.raw(name))

    def decoded(self, name: str, hint: str = "") -> str:
        """The first value as its writer saw it."""
        return decode_words(unfold(self.raw(name), hint), hint)

    def __contains__(self, name: str) -> bool:
        return name in self._values


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type in lower case and its parameters, names in lower case."""

    name: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def charset(self) -> str:
        """The declared charset, `""` when there is none."""
        return token(self.parameters.get("charset", ""))

    @property
    def boundary(self) -> bytes:
        """What separates the parts, `b""` when none was declared."""
        return self.parameters.get("boundary", "").encode("utf-8", "surrogateescape")


def unfold(raw: bytes, hint: str = "") -> str:
    """Return a value in one line; bytes above 127 are read as `charsets` thinks best."""
    if not raw:
        return ""
    text = charsets.decode(raw[:MAX_VALUE_BYTES], "", (hint,)).strip()
    if "\n" in text or "\r" in text:
        text = _FOLD.sub("", text)
    return text.replace("\0", "").strip()


def unfold_block(raw: bytes) -> str:
    """Return a block of header-like lines, each in one line."""
    text = charsets.decode(raw[:MAX_VALUE_BYTES]).replace("\r\n", "\n")
    return re.sub(r"\n[ \t]+(?=\S)", " ", text)


def token(value: str) -> str:
    """Return the first word of a value in lower case: without comments, quotes and what follows."""
    if not value:
        return ""
    words = _TOKEN_END.split(value.strip().strip("\"'"), maxsplit=1)
    return words[0].strip("\"'").lower()


def content_type(raw: bytes, default: str) -> ContentType:
    """Read a Content-Type, however broken; `default` when nothing in it can be a type."""
    value = unfold(raw)
    match = _MEDIA_TYPE.match(value)
    rest = value[match.end() :] if match else value
    found = parameters(rest if match else value.partition(";")[2] or value)
    if match:
        return ContentType(f"{match[1]}/{match[2]}".lower(), found)
    if "boundary" in found:
        return ContentType("multipart/mixed", found)
    word = token(value)
    guess = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(word, "")
    return ContentType(guess or ("application/octet-stream" if "name" in found else default), found)


def parameters(text: str) -> dict[str, str]:
    """Return the parameters of a structured value, continuations joined and charsets decoded."""
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in _pairs(text):
        match = _SECTION.match(name)
        if not match:
            continue
        base, number, extended = match[1], int(match[2] or 0), bool(match[3])
        key = base + "*" if extended or match[2] else base
        sections.setdefault(key, {}).setdefault(number, (value, extended))
    plain = {name: decode_words(parts[0][0]) for name, parts in sections.items() if not name.endswith("*")}
    joined = {name[:-1]: _joined(parts) for name, parts in sections.items() if name.endswith("*")}
    return plain | {name: value for name, value in joined.items() if value}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        mark = _EQUALS_OR_SEMICOLON.search(text, at)
        if not mark:
            return
        if mark[0] == ";":
            at = mark.end()
            continue
        name = text[at : mark.start()].strip().lower()
        value, at = _value(text, mark.end())
        yield name.rpartition(" ")[2], value


def _value(text: str, at: int) -> tuple[str, int]:
    while at < len(text) and text[at] in " \t":
        at += 1
    if text[at : at + 1] == '"':
        quoted = _quoted(text, at + 1)
        if quoted:
            return quoted
        at += 1
    stop = text.find(";", at)
    stop = len(text) if stop < 0 else stop
    value = text[at:stop]
    follower = _NEXT_PARAMETER.search(value)
    if follower:
        return value[: follower.start()].strip().strip('"'), at + follower.start() + 1
    return value.strip().strip('"'), stop + 1


def _quoted(text: str, at: int) -> tuple[str, int] | None:
    """Read up to the closing quote. A backslash escapes quote and backslash only: `C:\\TEMP` has them too."""
    pieces = []
    while special := _QUOTE_OR_SLASH.search(text, at):
        end = special.start()
        pieces.append(text[at:end])
        if special[0] == '"':
            return "".join(pieces), end + 1
        escapes = text[end + 1 : end + 2] in ('"', "\\")
        pieces.append(text[end + 1] if escapes else "\\")
        at = end + (2 if escapes else 1)
    return None


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Put RFC 2231 sections together; the charset stands at the beginning of the first."""
    ordered = [parts[number] for number in sorted(parts)]
    first, extended = ordered[0]
    charset = ""
    if extended and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
        ordered[0] = (first, True)
    raw = b"".join(unquote_to_bytes(value) if coded else value.encode() for value, coded in ordered)
    return decode_words(charsets.decode(raw, charset))


def decode_words(text: str, hint: str = "") -> str:
    """Return text with its encoded words read; a multi-byte letter may be cut between two of them."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[tuple[str, bytes]] = []
    at = 0
    while at < len(text):
        word = _next_word(text, at)
        if not word:
            break
        start, end, charset, content = word
        between = text[at:start]
        if between.strip() or not pending:
            out += [_together(pending, hint), between]
            pending = []
        pending.append((charset, content))
        at = end
    return "".join([*out, _together(pending, hint), text[at:]]).replace("\0", "")


def _next_word(text: str, at: int) -> tuple[int, int, str, bytes] | None:
    head = _WORD_HEAD.search(text, at)
    if not head:
        return None
    quoted = head[2] in "qQ"
    end = text.find("?=", head.end())
    if quoted:
        end = _past_bare_question_marks(text, end)
    payload = text[head.end() : end if end >= 0 else len(text)]
    content = _from_q(payload) if quoted else transfer.from_base64(payload.encode("utf-8", "ignore"))
    charset = head[1].partition("*")[0].lower()
    return head.start(), end + 2 if end >= 0 else len(text), charset, content


def _past_bare_question_marks(text: str, end: int) -> int:
    """`?=21` inside a word is a question mark left as it was before an encoded `!`, when `?=` comes again."""
    while end >= 0 and _HEX.match(text, end + 2):
        further = text.find("?=", end + 2)
        opens = text.find("=?", end + 2)
        if further < 0 or 0 <= opens < further:
            break
        end = further
    return end


def _from_q(payload: str) -> bytes:
    raw = payload.replace("_", " ").encode("utf-8", "surrogateescape")
    return _ENCODED_BYTE.sub(lambda match: bytes((int(match[1], 16),)), raw)


def _together(words: list[tuple[str, bytes]], hint: str) -> str:
    """Decode neighbours of one charset as one run of bytes."""
    out, at = [], 0
    while at < len(words):
        charset = words[at][0]
        stop = at
        while stop < len(words) and words[stop][0] == charset:
            stop += 1
        out.append(charsets.decode(b"".join(content for _, content in words[at:stop]), charset, (hint,)))
        at = stop
    return _FOLD.sub(" ", "".join(out))
