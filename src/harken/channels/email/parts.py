"""Which part of a mail is its words, which its HTML, and which are files."""

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from harken.channels.contract import CALENDAR_TYPES, IncomingFile, Invitation
from harken.channels.email import calendar, charsets, enclosures, flowed, headers, protection, tnef
from harken.channels.email.html_text import Rendering, render
from harken.channels.email.mime import ENCLOSED, PKCS7, Part
from harken.lib.html import paragraphs
from harken.lib.text import clean

_WORD = re.compile(r"\w")
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_CONTAINERS = PKCS7 | {"application/ms-tnef", "application/vnd.ms-tnef"}
_SHOWN = re.compile(r"\bsrc(\s{0,3}=\s{0,3})([\"']?)([^\"'>\s]{1,500})\2", re.I)
_LONGEST_VERSION = 200
_READABLE = {
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/x-markdown",
    "text/markdown",
    "text",
}


@dataclass(slots=True)
class Body:
    """What a mail says and what it brings along."""

    text: str = ""
    html: str = ""
    files: list[IncomingFile] = field(default_factory=list)
    invitation: Invitation | None = None


@dataclass(slots=True)
class _Words:
    """One stretch of words; without `html` it was written plainly."""

    written: str | Rendering
    html: str = ""

    @property
    def text(self) -> str:
        return self.written if isinstance(self.written, str) else self.written.text

    @property
    def say_something(self) -> bool:
        if isinstance(self.written, str):
            return bool(_WORD.search(self.written))
        return self.written.has_words


@dataclass(slots=True)
class _Collected:
    """What was found; `spare` are the words of containers, read where a letter has no others."""

    words: list[_Words] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)
    spare: list[_Words] = field(default_factory=list)
    invitation: Invitation | None = None

    def add(self, other: "_Collected") -> None:
        self.words += other.words
        self.files += other.files
        self.add_spare(other)

    def add_spare(self, other: "_Collected") -> None:
        self.spare += other.spare
        self.invitation = self.invitation or other.invitation


def body_of(root: Part) -> Body:
    """Walk the tree once: words in reading order, everything else as files; containers come last."""
    found = _collect(root)
    said = found.words if any(words.html or words.text.strip() for words in found.words) else found.spare
    text = clean("\n\n".join(words.text.strip("\n") for words in said if words.text.strip()))
    with_html = any(words.html for words in said)
    html = "\n".join(words.html or paragraphs(words.text) for words in said) if with_html else ""
    html, shown = _in_place(clean(html), found.files)
    files = [
        replace(file, inline=at in shown if html else file.inline) for at, file in enumerate(found.files)
    ]
    pasted = protection.message_in(text)
    files += [pasted] if pasted else []
    files.sort(key=lambda file: file.media_type in _CONTAINERS)
    return Body(text, html, files, found.invitation)


def _collect(part: Part) -> _Collected:
    kind = part.media_type
    if kind in ENCLOSED and part.parts:
        return _enclosed(part)
    if kind in PKCS7 and part.parts:
        return _signed(part)
    if kind == "multipart/encrypted":
        return _encrypted(part)
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
    for version in versions:
        found.add_spare(version)
    spoken = [version.words for version in versions if any(words.say_something for words in version.words)]
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
    root = next((child for child in parts if start and enclosures.content_id(child) == start), parts[0])
    found = _collect(root)
    for child in parts:
        if child is not root:
            found.add(_collect(child))
    return found


def _enclosed(part: Part) -> _Collected:
    """A mail inside a mail: kept whole as a file, and its own files beside it, for nobody unpacks by hand."""
    inner = part.parts[0]
    name = enclosures.name_of(part) or inner.headers.decoded("subject") or "message"
    name = name if name.lower().endswith((".eml", ".msg", ".txt")) else f"{name}.eml"
    # A subject may hold a slash that parts no folders.
    whole = enclosures.named(name.replace("/", "-"), "message/rfc822", inner.raw)
    return _Collected(files=[whole, *_collect(inner).files])


def _signed(part: Part) -> _Collected:
    """What a signature wraps is read as if it were not; the wrapping stays for whoever wants to check it."""
    found = _mixed(part)
    found.files.append(enclosures.file_of(part, enclosures.name_of(part)))
    return found


def _encrypted(part: Part) -> _Collected:
    """The encrypted content as a file with a name; its version number says nothing to anybody."""
    found = _Collected()
    for child in part.parts:
        name = enclosures.name_of(child)
        if child.media_type == "application/pgp-encrypted" and len(child.content) < _LONGEST_VERSION:
            continue
        if child.media_type == "application/octet-stream":
            name = name or "encrypted.asc"
        found.files.append(enclosures.file_of(child, name))
    return found if found.files else _Collected(files=[enclosures.file_of(part, "encrypted.asc")])


def _leaf(part: Part) -> _Collected:
    name = enclosures.name_of(part)
    if part.media_type in CALENDAR_TYPES or name.lower().endswith(".ics"):
        return _calendar(part, name)
    if enclosures.is_winmail(part, name):
        return _winmail(part, name)
    if not _is_readable(part) or _is_attached(part):
        return _Collected(files=[_located(part, enclosures.file_of(part, name))])
    content = part.content
    words, pictures = _words(part, content)
    found = _Collected([words], pictures)
    if name:
        # Shown in place and named: words to read, and a file to keep.
        found.files.append(enclosures.file_of(part, name))
    if part.media_type in {"text/plain", "text"}:
        found.files += enclosures.written_in(content)
    return found


def _is_readable(part: Part) -> bool:
    """Say whether a part is words; also where it declares parts and has none, as some gateways leave it."""
    is_hollow = part.media_type.startswith("multipart/") and b"\0" not in part.content
    return part.media_type in _READABLE or is_hollow


def _located(part: Part, file: IncomingFile) -> IncomingFile:
    """A picture that the HTML names by its address alone gets that as its id."""
    if file.content_id or not file.media_type.startswith("image/"):
        return file
    return replace(file, content_id=enclosures.location(part)[:500])


def _calendar(part: Part, name: str) -> _Collected:
    file = enclosures.file_of(part, name)
    charset = part.content_type.charset
    invited = calendar.invitation(file.content, charset)
    said = calendar.words(file.content, charset) if invited else ""
    return _Collected(files=[file], spare=[_Words(said)] if said else [], invitation=invited)


def _winmail(part: Part, name: str) -> _Collected:
    """What is inside Outlook's container, and the container; alone where it cannot be opened."""
    file = enclosures.file_of(part, name)
    inside = tnef.unpack(file.content)
    if inside is None:
        return _Collected(files=[file])
    files = [*enclosures.of_container(inside), replace(file, media_type="application/ms-tnef")]
    said = clean(inside.text) or render(inside.html)
    spare = [_Words(said, inside.html)] if said.strip() else []
    return _Collected(files=files, spare=spare, invitation=inside.invitation or _invited(files))


def _invited(files: list[IncomingFile]) -> Invitation | None:
    found = (calendar.invitation(file.content) for file in files if file.media_type in CALENDAR_TYPES)
    return next((each for each in found if each), None)


def _is_attached(part: Part) -> bool:
    return headers.token(part.headers.text("content-disposition")) == "attachment"


def _words(part: Part, content: bytes) -> tuple[_Words, list[IncomingFile]]:
    if part.media_type == "text/html":
        html = charsets.decode(content, part.content_type.charset or _charset_inside(content))
        html, pictures = enclosures.pictures_in(html)
        return _Words(Rendering(html), html), pictures
    if part.media_type in {"text/enriched", "text/richtext"}:
        return _Words(flowed.from_enriched(_decoded(part, content))), []
    return _Words(_plain(part, content)), []


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


def _in_place(html: str, files: list[IncomingFile]) -> tuple[str, set[int]]:
    """Return the HTML with the pictures it shows named by `cid:` as their files are, and which files those are."""
    known: dict[str, int] = {}
    for at, file in enumerate(files):
        if file.content_id:
            known.setdefault(file.content_id.lower(), at)
    shown: set[int] = set()

    def renamed(match: re.Match[str]) -> str:
        at = known.get(_id_shown(match[3]))
        if at is None:
            return match[0]
        shown.add(at)
        return f'src="cid:{entities.escape(files[at].content_id)}"'

    return (_SHOWN.sub(renamed, html) if known and html else html), shown


def _id_shown(address: str) -> str:
    written = entities.unescape(address)
    scheme, _, rest = written.partition(":")
    return unquote(rest).lower() if scheme.lower() == "cid" else written.lower()
