"""Header lines of a message that leaves: encoded, folded, and closed to injection.

Every header goes through `line`, which refuses control characters: whatever a customer wrote into
a name or a subject, it cannot end its line.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from email.header import Header
from urllib.parse import quote

from harken.channels.contract import Address

LINE_WIDTH = 76
LONGEST_TEXT = 400
LONGEST_NAME = 120
LONGEST_PLAIN_WORD = 60
LONGEST_ADDRESS = 320

_BREAKS = {"Cc", "Zl", "Zp"}
_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_LITERAL = re.compile(r"\[(IPv6:)?[0-9a-f:.]+\]", re.IGNORECASE)
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"


class NotAnAddress(ValueError):
    """The text is no mail address that a server could be asked for."""


def clean(text: str) -> str:
    """Return `text` as one line: breaks and controls become spaces, runs of them one space."""
    spaced = "".join(" " if unicodedata.category(sign) in _BREAKS else sign for sign in text)
    return " ".join(spaced.encode("utf-8", "replace").decode().split())


def line(name: str, words: Iterable[str]) -> bytes:
    """Return one folded header; each of `words` stays whole, so each must be shorter than 998."""
    text, width = f"{name}:", len(name) + 1
    for word in words:
        if any(unicodedata.category(sign) in _BREAKS for sign in word):
            raise ValueError(f"a control character in the header {name}")
        folds = width + 1 + len(word) > LINE_WIDTH and text != f"{name}:"
        text += ("\r\n " if folds else " ") + word
        width = (0 if folds else width) + 1 + len(word)
    return f"{text}\r\n".encode()


def text_words(text: str) -> list[str]:
    """Return free text (a subject) as words for `line`, encoded by RFC 2047 where it must be."""
    text = _shortened(clean(text), LONGEST_TEXT)
    words = text.split(" ")
    has_long_words = max(map(len, words)) > LONGEST_PLAIN_WORD
    return _encoded(text) if _needs_encoding(text) or has_long_words else words


def address_words(addresses: Iterable[Address]) -> list[str]:
    """Return an address list as words for `line`."""
    each = [[*_name_words(address.name), f"<{wire_address(address.email)}>"] for address in addresses]
    for words in each[:-1]:
        words[-1] += ","
    return [word for words in each for word in words]


def wire_address(email: str) -> str:
    """Return the address as servers take it: domain in ASCII (IDNA), local part quoted where needed.

    The local part keeps its letters; outside ASCII it needs SMTPUTF8. Raises NotAnAddress.
    """
    local, at, domain = email.strip().rpartition("@")
    if not (at and local and domain) or len(email) > LONGEST_ADDRESS or clean(local) != local:
        raise NotAnAddress(clean(email)[:LONGEST_ADDRESS])
    return f"{_quoted_local(local)}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """Return the domain in ASCII by the rules browsers use today (ß stays ß). Raises NotAnAddress."""
    if _LITERAL.fullmatch(domain):
        return domain
    labels = unicodedata.normalize("NFKC", domain.replace("\u3002", ".")).lower().rstrip(".").split(".")
    labels = [label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels]
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise NotAnAddress(clean(domain)[:LONGEST_ADDRESS])
    return ".".join(labels)


def parameter_words(name: str, value: str) -> list[str]:
    """Return one parameter of a header (`filename`) as words, by RFC 2231 where it must be."""
    if value.isascii() and len(value) <= LONGEST_PLAIN_WORD:
        return [f"{name}={_quoted(value)}"]
    pieces = list(_percent_pieces(value))
    if len(pieces) == 1:
        return [f"{name}*=utf-8''{pieces[0]}"]
    pieces[0] = f"utf-8''{pieces[0]}"
    last = len(pieces) - 1
    return [f"{name}*{at}*={piece}{';' if at < last else ''}" for at, piece in enumerate(pieces)]


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _needs_encoding(text: str) -> bool:
    # A literal "=?" would be decoded by the reader although nobody encoded it.
    return not text.isascii() or "=?" in text


def _encoded(text: str) -> list[str]:
    return Header(text, "utf-8", maxlinelen=LINE_WIDTH).encode().split()


def _name_words(name: str) -> list[str]:
    name = _shortened(clean(name), LONGEST_NAME)
    if not name:
        return []
    return _encoded(name) if _needs_encoding(name) else [_quoted(name)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _quoted_local(local: str) -> str:
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return local if _ATOM.fullmatch(local) else _quoted(local)


def _percent_pieces(value: str) -> Iterator[str]:
    piece = ""
    for sign in value:
        escaped = quote(sign, safe=_ATTRIBUTE_CHARACTERS)
        if len(piece) + len(escaped) > LONGEST_PLAIN_WORD:
            yield piece
            piece = ""
        piece += escaped
    yield piece
