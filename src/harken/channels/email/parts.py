"""Which part of a mail is its words, which its HTML, and which are files."""

import html as entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harken.channels.contract import IncomingFile
from harken.channels.email import charsets, flowed, headers, transfer
from harken.channels.email.html_text import render
from harken.channels.email.mime import Part
from harken.lib import filenames
from harken.lib.html import paragraphs
from harken.lib.text import clean

_WORD = re.compile(r"\w")
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_ENCLOSED = {"message/rfc822", "message/global", "message/news"}
_READABLE = {
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/x-markdown",
    "text/markdown",
    "text",
}
_NAMES = {
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "application/ics": "invitation.ics",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
}


@dataclass(slots=True)
class Body:
    """What a mail says and what it brings along."""

    text: str = ""
    html: str = ""
    files: list[IncomingFile] = field(default_factory=list)


@dataclass(slots=True)
class _Words:
    """One stretch of words; without `html` it was written plainly."""

    text: str
    html: str = ""


@dataclass(slots=True)
class _Collected:
    words: list[_Words] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)

    def add(self, other: "_Collected") -> None:
        self.words += other.words
        self.files += other.files


def body_of(root: Part) -> Body:
    """Walk the tree once: words in reading order, everything else as files."""
    found = _collect(root)
    text = "\n\n".join(words.text.strip("\n") for words in found.words if words.text.strip())
    with_html = any(words.html for words in found.words)
    html = "\n".join(words.html or paragraphs(words.text) for words in found.words) if with_html else ""
    return Body(clean(text), clean(html), _marked_inline(found.files, html))


def _collect(part: Part) -> _Collected:
    kind = part.media_type
    if kind in _ENCLOSED and part.parts:
        return _enclosed(part)
    if kind == "multipart/alternative" and part.parts:
        return _alternative(part)
    if kind == "multipart/related" and part.parts:
        return _related(part)
    if kind.startswith("multipart/") and part.parts:
        return _mixed(part)
    return _leaf(part)


def _mixed(part: Part) -> _Collected:
    found = _Collected()
    for child in part.parts:
        found.add(_collect(child))
    return found


def _alternative(part: Part) -> _Collected:
    """The same words several times: the plain ones to read, the HTML ones to show."""
    versions = [_collect(child) for child in part.parts]
    found = _Collected(files=[file for version in versions for file in version.files])
    spoken = [
        version.words for version in versions if any(_WORD.search(words.text) for words in version.words)
    ]
    plain = _different(words for words in spoken if not any(word.html for word in words))
    rich = next((words for words in reversed(spoken) if any(word.html for word in words)), [])
    if not plain or not rich:
        found.words = plain or rich
        return found
    html = "\n".join(words.html or paragraphs(words.text) for words in rich)
    found.words = [_Words("\n\n".join(words.text for words in plain), html)]
    return found


def _different(versions: Iterable[list[_Words]]) -> list[_Words]:
    """Some mailers call parts alternatives that say different things: keep each that adds something."""
    kept: list[_Words] = []
    said: set[str] = set()
    for words in versions:
        lines = {line.strip() for word in words for line in word.text.splitlines()}
        if not lines <= said:
            kept += words
            said |= lines
    return kept


def _related(part: Part) -> _Collected:
    """The root first (RFC 2387), what it shows in place after it."""
    start = part.content_type.parameters.get("start", "").strip("<> ")
    parts = part.parts
    root = next((child for child in parts if start and _content_id(child) == start), parts[0])
    found = _collect(root)
    for child in parts:
        if child is not root:
            found.add(_collect(child))
    return found


def _enclosed(part: Part) -> _Collected:
    """A mail inside a mail: kept whole as a file, and its own files beside it, for nobody unpacks by hand."""
    inner = part.parts[0]
    name = part_name(part) or inner.headers.decoded("subject") or "message"
    name = name if name.lower().endswith((".eml", ".msg", ".txt")) else f"{name}.eml"
    whole = IncomingFile(filenames.safe(name), "message/rfc822", inner.raw)
    return _Collected(files=[whole, *_collect(inner).files])


def _leaf(part: Part) -> _Collected:
    name = part_name(part)
    if part.media_type not in _READABLE or _is_attached(part):
        return _Collected(files=[_file(part, name)])
    content = part.content
    found = _Collected([_words(part, content)])
    if name:
        # Shown in place and named: words to read, and a file to keep.
        found.files.append(_file(part, name))
    if part.media_type in {"text/plain", "text"} and b"\nend" in content:
        found.files += [_uu_file(raw_name, inside) for raw_name, inside in transfer.uu_files(content)]
    return found


def _is_attached(part: Part) -> bool:
    return headers.token(part.headers.text("content-disposition")) == "attachment"


def _words(part: Part, content: bytes) -> _Words:
    if part.media_type == "text/html":
        html = charsets.decode(content, part.content_type.charset or _charset_inside(content))
        return _Words(render(html), html)
    if part.media_type in {"text/enriched", "text/richtext"}:
        return _Words(flowed.from_enriched(_decoded(part, content)))
    return _Words(_plain(part, content))


def _plain(part: Part, content: bytes) -> str:
    text = _decoded(part, content)
    parameters = part.content_type.parameters
    if headers.token(parameters.get("format", "")) == "flowed":
        return flowed.unwrap(text, headers.token(parameters.get("delsp", "")) == "yes")
    return text


def _decoded(part: Part, content: bytes) -> str:
    return clean(charsets.decode(content, part.content_type.charset))


def _charset_inside(content: bytes) -> str:
    match = _META_CHARSET.search(content[:4096])
    return match[1].decode("ascii") if match else ""


def part_name(part: Part) -> str:
    """Return the file name a part declares, in whichever header, `""` when there is none."""
    disposition = headers.unfold(part.headers.raw("content-disposition"), part.content_type.charset)
    declared = headers.parameters(disposition.partition(";")[2])
    name = declared.get("filename") or declared.get("name") or part.content_type.parameters.get("name", "")
    return name or part.content_type.parameters.get("filename", "")


def _file(part: Part, name: str) -> IncomingFile:
    kind = part.media_type
    shown = filenames.safe(name, kind) if name else _NAMES.get(kind) or filenames.safe("", kind)
    inline = headers.token(part.headers.text("content-disposition")) == "inline"
    return IncomingFile(shown, kind, part.content, _content_id(part), inline and kind.startswith("image/"))


def _uu_file(raw_name: bytes, content: bytes) -> IncomingFile:
    name = filenames.safe(charsets.decode(raw_name))
    return IncomingFile(name, "application/octet-stream", content)


def _content_id(part: Part) -> str:
    return part.headers.text("content-id").strip().strip("<>").strip()


def _marked_inline(files: list[IncomingFile], html: str) -> list[IncomingFile]:
    """A picture is inline when the HTML names it; what nobody shows must be in the list of files."""
    shown = set(_shown_ids(html)) if html else set()
    return [_with_inline(file, file.content_id.lower() in shown if html else file.inline) for file in files]


def _with_inline(file: IncomingFile, inline: bool) -> IncomingFile:
    if inline == file.inline:
        return file
    return IncomingFile(file.name, file.media_type, file.content, file.content_id, inline)


def _shown_ids(html: str) -> Iterator[str]:
    for match in re.finditer(r"\bcid:([^\"'\s>)]{1,300})", html, re.I):
        yield entities.unescape(match[1]).lower()
