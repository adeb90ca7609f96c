"""Mail addresses: taken out of headers as people and programs write them, and compared."""

import contextlib
import re
from collections.abc import Callable, Iterable
from importlib import resources
from typing import NamedTuple

# More than any mail has; beyond it somebody tests our patience.
MAX_ADDRESSES = 1_000

_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"@]{1,128}@(?:\[\d{1,3}(?:\.\d{1,3}){3}\]|[^\s<>()\[\],;:\"@]{1,255})"
)
# Looked for from the beginning of a word alone: a word of 40,000 letters without an @ took seconds.
_LOOSE = re.compile(r"(?<![^\s<>,;:\"()\[\]\\])[^\s<>,;:\"()\[\]\\]+@[^\s<>,;:\"()\[\]\\]+")
_TOKEN = re.compile(r'=\?[^?\s]{1,80}\?[bBqQ]\?[^?\s]{0,2000}\?=|[^",;:<()=]+|.', re.S)
_NO_REPLY = re.compile(
    r"(?:no|do)[-_.]?(?:not)?[-_.]?(?:reply|respond|answer)|(?:mailer-daemon|postmaster|bounces?)\Z", re.I
)
_PUBLIC_PROVIDERS = frozenset(
    resources.files("harken.lib").joinpath("public_providers.txt").read_text("ascii").split()
)


class Parsed(NamedTuple):
    """One entry of an address list; `email` is `""` when only a name stands there."""

    email: str
    name: str


def parse(text: str) -> list[Parsed]:
    """Return the entries of an address header, group names left out; encoded words are not read here."""
    entries = []
    for entry in _entries(text):
        parsed = entry.parsed()
        if parsed.email or parsed.name:
            entries.append(parsed)
        if len(entries) == MAX_ADDRESSES:
            break
    return entries


def find(text: str) -> str:
    """Return the first mail address anywhere in a text, `""` when there is none."""
    match = _ADDRESS.search(text)
    return match[0].strip("'.").removeprefix("mailto:") if match else ""


def find_all(text: str) -> list[str]:
    """Return whatever looks like a mail address in a text that nobody has parsed yet, nonsense around an @ included."""
    return _LOOSE.findall(text)


def normalise(email: str) -> str:
    """Return the form two spellings of one address share: trimmed, lower case, the domain in Unicode."""
    local, _, domain = email.strip().strip("<>").strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    if "xn--" in domain:
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("ascii").decode("idna")
    return f"{local.lower()}@{domain}" if local else domain


def normalise_all(addresses: Iterable[str]) -> list[str]:
    """Return addresses as `normalise` does, once each; those without a letter are left out."""
    return list(dict.fromkeys(normalise(address) for address in addresses if address.strip()))


def domain_of(email: str) -> str:
    """Return the domain of an address in the form `normalise` gives it."""
    _, at, domain = normalise(email).rpartition("@")
    return domain if at else ""


def share_a_home(domain: str, other: str) -> bool:
    """Say whether one domain is the other, or one of them stands below the other (`mail.acme.example`)."""
    return bool(domain and other) and (
        domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
    )


def is_no_reply(email: str) -> bool:
    """Say whether an address says of itself that nobody reads what is sent to it."""
    return bool(_NO_REPLY.match(email.rpartition("@")[0]))


def is_public_provider(domain: str) -> bool:
    """Say whether anybody can get an address there, so that the domain names no company."""
    return domain.strip().rstrip(".").lower() in _PUBLIC_PROVIDERS


class _Entry:
    """What stands between two commas."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.quoted = ""
        self.comment = ""
        self.angle: str | None = None

    def parsed(self) -> Parsed:
        phrase = "".join(self.pieces)
        if self.angle is not None:
            email = _cleaned(self.angle)
            return Parsed(email, _name(self.quoted or phrase.strip() or self.comment, email))
        if self.quoted and phrase.strip().startswith("@"):
            return Parsed(f'"{self.quoted}"{phrase.strip()}', _name(self.comment, ""))
        email = find(phrase) or (find(self.quoted) if not phrase.strip() else "")
        rest = phrase.replace(email, "", 1) if email else phrase
        return Parsed(email, _name(self.quoted or rest.strip() or self.comment, email))


def _entries(text: str) -> list[_Entry]:
    entries = [_Entry()]
    at = 0
    # A quote or bracket that was never closed is a letter like any other from then on.
    stray: set[str] = set()
    while at < len(text) and len(entries) <= MAX_ADDRESSES:
        match = _TOKEN.match(text, at)
        word = match[0] if match else text[at]
        at += len(word)
        entry = entries[-1]
        if word in ",;":
            entries.append(_Entry())
        elif word == ":" and entry.angle is None and not any("@" in piece for piece in entry.pieces):
            entries[-1] = _Entry()
        elif word in _TAKE and word not in stray:
            after = _TAKE[word](entry, text, at)
            if after == at:
                stray.add(word)
            at = after
        elif word not in _TAKE:
            entry.pieces.append(word)
    return entries


def _take_quoted(entry: _Entry, text: str, at: int) -> int:
    end = at
    while (end := text.find('"', end)) > at and text[end - 1] == "\\":
        end += 1
    if end < 0:
        return at
    words = re.sub(r"\\(.)", r"\1", text[at:end])
    entry.quoted = f"{entry.quoted} {words}".strip() if text[end + 1 : end + 2] != "@" else words
    return end + 1


def _take_comment(entry: _Entry, text: str, at: int) -> int:
    depth, end = 1, at
    while end < len(text) and depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    if depth:
        return at
    entry.comment = entry.comment or text[at : end - 1]
    return end


def _take_angle(entry: _Entry, text: str, at: int) -> int:
    while text[at : at + 1] == "<":
        at += 1
    ends = [end for end in (text.find(">", at), text.find("<", at)) if end >= 0]
    end = min(ends, default=len(text))
    inside = text[at:end]
    if entry.angle is None or (not find(entry.angle) and find(inside)):
        if entry.angle:
            entry.pieces.append(f" {entry.angle}")
        entry.angle = inside
    while text[end : end + 1] == ">":
        end += 1
    return end


_TAKE: dict[str, Callable[[_Entry, str, int], int]] = {
    '"': _take_quoted,
    "(": _take_comment,
    "<": _take_angle,
}


def _cleaned(inside: str) -> str:
    """Take an old source route, a scheme and stray spaces off an address in angle brackets."""
    email = inside.rpartition(":")[2] if inside.lstrip().startswith("@") else inside
    email = re.sub(r"^\s*mailto:", "", email, flags=re.I)
    email = email if email.lstrip().startswith('"') else re.sub(r"\s+", "", email)
    return email.strip().strip("'")


def _name(words: str, email: str) -> str:
    name = " ".join(words.split()).strip(" '\"`")
    return "" if name.lower() == email.lower() else name
