"""Outlook's compressed RTF: unpacked, then as HTML where RTF only wraps it, as plain words elsewhere.

Two formats of Microsoft's, MS-OXRTFCP and MS-OXRTFEX. Pictures, fonts and what an old reader may skip are left out.
"""

import re
import struct
from dataclasses import dataclass, field, replace

from harken.channels.email import charsets

# Beyond it nobody reads on; the container stays beside as a file.
MAX_RTF = 2 << 20
MAX_GROUPS = 1_000

_HEAD = struct.Struct("<IIII")
_COMPRESSED, _STORED = 0x75465A4C, 0x414C454D
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)", re.S
)
_SKIPPED = {
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "footer",
    "themedata",
    "listtable",
}
_SIGNS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "tab": "\t",
    "cell": "\t",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
}
_FONT_CODECS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


def unpacked(packed: bytes) -> bytes:
    """Return the RTF inside a compressed RTF property, `b""` when it is none. Damage ends it early."""
    if len(packed) < _HEAD.size:
        return b""
    _, size, kind, _ = _HEAD.unpack_from(packed)
    body = packed[_HEAD.size :]
    if kind == _STORED:
        return body[: min(size, MAX_RTF)]
    return _inflated(body, min(size, MAX_RTF)) if kind == _COMPRESSED else b""


def _inflated(body: bytes, size: int) -> bytes:
    # The window of the format begins with a dictionary: keep it in front, and distances are plain offsets.
    out = bytearray(_DICTIONARY)
    start, at = len(out), 0
    while at < len(body) and len(out) - start < size:
        flags = body[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += body[at : at + 1]
                at += 1
                continue
            if not _repeat(out, body[at : at + 2]):
                return bytes(out[start : start + size])
            at += 2
    return bytes(out[start : start + size])


def _repeat(out: bytearray, reference: bytes) -> bool:
    """Copy what a reference names; False at the end of the stream and for what is no reference."""
    if len(reference) < 2:
        return False
    offset, length = (reference[0] << 4) | (reference[1] >> 4), (reference[1] & 15) + 2
    distance = (len(out) - offset) % _WINDOW
    if distance == 0 or distance > len(out):
        return False
    for _ in range(length):
        out.append(out[-distance])
    return True


@dataclass(slots=True)
class _Group:
    """What holds inside one pair of braces."""

    codec: str
    silent: bool = False
    tag: bool = False
    plain_only: bool = False
    skip_after_unicode: int = 1


@dataclass(slots=True)
class _Page:
    group: _Group
    as_html: bool
    outer: list[_Group] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    pending: bytearray = field(default_factory=bytearray)
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    in_fonts: int = 0
    starred: bool = False
    skip: int = 0

    def flush(self) -> None:
        """Decode the bytes that came one by one: a letter may be two of them."""
        if self.pending:
            self.out.append(self.pending.decode(self.group.codec, "replace"))
            self.pending.clear()

    def say(self, words: str) -> None:
        """Write words, where they belong to what is shown."""
        self.flush()
        if self._is_shown():
            self.out.append(words)

    def take(self, raw: bytes) -> None:
        """Collect bytes in the charset of their font."""
        if self.skip:
            left = raw[self.skip :]
            self.skip = max(0, self.skip - len(raw))
            raw = left
        if self._is_shown():
            self.pending += raw

    def _is_shown(self) -> bool:
        if self.group.silent:
            return False
        return self.group.tag or not (self.as_html and self.group.plain_only)


def is_html(rtf: bytes) -> bool:
    """Say whether this RTF only wraps HTML (MS-OXRTFEX)."""
    return b"\\fromhtml" in rtf[:2048]


def content(rtf: bytes) -> str:
    """Return the HTML that the RTF wraps, else its words. Never raises."""
    page = _Page(_Group("cp1252"), is_html(rtf))
    for token in _TOKEN.finditer(rtf[:MAX_RTF]):
        word, number, coded, sign, brace, words = token.groups()
        if brace:
            _brace(page, brace)
        elif word:
            _control(page, word.decode("ascii"), int(number) if number else None)
        elif coded:
            page.take(bytes((int(coded, 16),)))
        elif sign:
            _sign(page, sign)
        else:
            page.take(words)
    page.flush()
    return "".join(page.out)


def _brace(page: _Page, brace: bytes) -> None:
    page.flush()
    page.starred = False
    if brace == b"{":
        if len(page.outer) < MAX_GROUPS:
            page.outer.append(replace(page.group))
    elif page.outer:
        page.group = page.outer.pop()
        if len(page.outer) < page.in_fonts:
            page.in_fonts = 0


def _sign(page: _Page, sign: bytes) -> None:
    if sign == b"*":
        page.starred = True
    elif sign in b"\\{}":
        page.take(sign)
    elif sign == b"~":
        page.say("\u00a0")
    elif sign in b"\r\n":
        page.say("\n")


def _control(page: _Page, word: str, number: int | None) -> None:
    starred, page.starred = page.starred, False
    if word in _SIGNS:
        page.say(_SIGNS[word])
    elif word in _SETTINGS:
        page.flush()
        _SETTINGS[word](page, number)
    elif word in _SKIPPED or starred:
        page.flush()
        page.group.silent = True
        page.in_fonts = len(page.outer) if word == "fonttbl" else page.in_fonts


def _codepage(page: _Page, number: int | None) -> None:
    page.group.codec = charsets.known(f"cp{number}") or page.group.codec


def _font(page: _Page, number: int | None) -> None:
    page.font = number or 0
    if not page.in_fonts:
        page.group.codec = page.fonts.get(page.font, page.group.codec)


def _font_charset(page: _Page, number: int | None) -> None:
    if page.in_fonts and number in _FONT_CODECS:
        page.fonts[page.font] = _FONT_CODECS[number]


def _unicode(page: _Page, number: int | None) -> None:
    page.say(chr((number or 0) % 0x10000))
    page.skip = page.group.skip_after_unicode


def _unicode_skip(page: _Page, number: int | None) -> None:
    page.group.skip_after_unicode = min(number if number is not None else 1, 8)


def _html_tag(page: _Page, number: int | None) -> None:
    page.group.silent, page.group.tag = not page.as_html, page.as_html


def _html_rtf(page: _Page, number: int | None) -> None:
    page.group.plain_only = number != 0


_SETTINGS = {
    "ansicpg": _codepage,
    "f": _font,
    "fcharset": _font_charset,
    "u": _unicode,
    "uc": _unicode_skip,
    "htmltag": _html_tag,
    "htmlrtf": _html_rtf,
}
