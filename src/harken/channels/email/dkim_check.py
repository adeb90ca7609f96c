"""DKIM signatures of a letter that came, checked with dkimpy under limits of ours (RFC 6376, RFC 8301).

Whoever writes a letter also chooses its signature and, in their own DNS, its key: both may be built to be
endless work. What is beyond the limits counts as a signature that nobody could check.
"""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

import dkim

from harken.channels.email.dns import CouldNotAsk, Questions
from harken.channels.email.domains import wire_domain
from harken.channels.email.head import LONGEST_HEAD, fields_of, head_of

MOST_SIGNATURES = 5
LONGEST_SIGNATURE = 8_192
MOST_HEADER_LINES = 2_000
MOST_SIGNED = 200
LONGEST_KEY = 2_048
LARGEST_BYTES = 50 * 1024 * 1024
SHORTEST_KEY_BITS = 1024
ALGORITHMS = (b"rsa-sha256",)

_SPACES = re.compile(rb"[ \t]+")
_LONG_BLANK = b" " * 100
_BLANKS = bytes.maketrans(b"\t\r\n\v\f", b"     ")


@dataclass(frozen=True)
class Signature:
    """One DKIM-Signature: whose it is, and `result` pass, fail, unknown (could not be looked up) or unusable.

    `why` is a short code: body, signature, no-key, partial, limits, algorithm, form, dns, not-from.
    """

    domain: str
    selector: str
    result: str
    why: str = ""


def claimed_domains(letter: bytes) -> list[str]:
    """Return whom the letter's signatures name as their signers, the topmost first; nothing is checked."""
    return [domain for domain, _tags in _signatures(letter)]


def check_signatures(letter: bytes, wanted: Callable[[str], bool], ask: Questions) -> list[Signature]:
    """Check the signatures of the domains that are wanted, the first few; the others prove nothing here."""
    found = [(at, domain, tags) for at, (domain, tags) in enumerate(_signatures(letter)) if wanted(domain)]
    return [_checked(letter, at, domain, tags, ask) for at, domain, tags in found[:MOST_SIGNATURES]]


def relaxed(letter: bytes) -> bytes:
    """Return the letter with its body relaxed (RFC 6376, 3.4.4), in linear time; relaxing it again changes nothing.

    dkimpy's own pattern takes the square of a run of blanks.
    """
    head, gap, body = letter.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = (_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\n"))
    return (head + gap).replace(b"\n", b"\r\n") + b"\r\n".join(lines)


def _signatures(letter: bytes) -> list[tuple[str, dict[bytes, bytes]]]:
    """Every signature in its place, with its domain; a broken one has the domain `""`."""
    return [(_domain_of(tags), tags) for tags in map(_tags, _signature_values(letter))]


def _domain_of(tags: dict[bytes, bytes]) -> str:
    return wire_domain(tags.get(b"d", b"").decode("utf-8", "replace"))


def _signature_values(letter: bytes) -> list[bytes]:
    return [value for name, value in fields_of(letter) if name == "dkim-signature"]


def _tags(value: bytes) -> dict[bytes, bytes]:
    pairs = (tag.partition(b"=") for tag in value[:LONGEST_SIGNATURE].split(b";"))
    return {name.strip(): b"".join(given.split()) for name, _equals, given in pairs}


def _checked(letter: bytes, at: int, domain: str, tags: dict[bytes, bytes], ask: Questions) -> Signature:
    selector = tags.get(b"s", b"").decode("ascii", "replace")
    unusable = _why_unusable(letter, at, tags)
    if unusable:
        return Signature(domain, selector, "unusable", unusable)
    try:
        key = _key(f"{selector}._domainkey.{domain}", ask)
    except CouldNotAsk:
        return Signature(domain, selector, "unknown", "dns")
    if not key:
        return Signature(domain, selector, "fail", "no-key")
    why = _why_not(letter, at, tags, key)
    return Signature(domain, selector, "fail" if why else "pass", why)


def _why_unusable(letter: bytes, at: int, tags: dict[bytes, bytes]) -> str:
    signed = tags.get(b"h", b"").lower().split(b":")
    if b"from" not in signed:
        return "not-from"
    # Whatever lies behind `l` bytes was written by anybody.
    if b"l" in tags:
        return "partial"
    if tags.get(b"a") not in ALGORITHMS:
        return "algorithm"
    return "limits" if _is_too_much(letter, at, len(signed)) else ""


def _is_too_much(letter: bytes, at: int, signed: int) -> bool:
    head, value = head_of(letter), _signature_values(letter)[at]
    # A run of blanks costs dkimpy's patterns its square.
    return (
        len(letter) > LARGEST_BYTES
        or len(head) >= LONGEST_HEAD
        or head.count(b"\n") > MOST_HEADER_LINES
        or signed > MOST_SIGNED
        or len(value) > LONGEST_SIGNATURE
        or _LONG_BLANK in value.translate(_BLANKS)
    )


def _key(name: str, ask: Questions) -> bytes:
    """The key record at a name; of several the first that is one."""
    keys = [text for text in ask.texts(name) if b"p=" in text and len(text) <= LONGEST_KEY]
    return keys[0] if keys else b""


def _why_not(letter: bytes, at: int, tags: dict[bytes, bytes], key: bytes) -> str:
    body_is_relaxed = tags.get(b"c", b"").endswith(b"/relaxed")
    prepared = relaxed(letter) if body_is_relaxed else _with_crlf(letter)
    check = dkim.DKIM(prepared, minkey=SHORTEST_KEY_BITS)
    try:
        return "" if check.verify(at, dnsfunc=lambda _name, timeout: key) else "signature"
    except dkim.ValidationError as error:
        return "body" if str(error).startswith("body hash") else "form"
    except (dkim.DKIMException, binascii.Error, ValueError, IndexError, KeyError, TypeError, AssertionError):
        return "form"


def _with_crlf(letter: bytes) -> bytes:
    return letter.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
