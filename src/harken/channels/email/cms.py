"""S/MIME containers (CMS, RFC 5652): what kind one is, and the content of a signed one, which is not verified here.

`cryptography` opens none without a key, so this reads the few fields that matter: BER in one buffer, in a
loop, with limits. What does not keep to the form is no container, and stays a file.
"""

from dataclasses import dataclass

MAX_PIECES = 200_000
MAX_DEPTH = 8

_OBJECT_ID, _OCTETS, _SEQUENCE, _EXPLICIT = 0x06, 0x04, 0x30, 0xA0
_CONSTRUCTED = 0x20
_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = {
    bytes.fromhex("2a864886f70d010703"),
    bytes.fromhex("2a864886f70d010904"),
    bytes.fromhex("2a864886f70d010706"),
    bytes.fromhex("2a864886f70d0109100117"),
}


class _Broken(Exception):
    """No BER, or not of the form expected."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One value: its tag, where its content lies, and where the next value begins: -1 for an indefinite length."""

    tag: int
    start: int
    end: int
    after: int


def is_encrypted(container: bytes) -> bool:
    """Say whether this is enveloped, authenticated-enveloped or encrypted data."""
    return _kind(container) in _ENCRYPTED


def signed_content(container: bytes) -> bytes | None:
    """Return what was signed; None when it is not inside (detached) or this is no signed data."""
    try:
        return _Reader(container).signed_content()
    except (_Broken, IndexError):
        return None


def _kind(container: bytes) -> bytes:
    try:
        reader = _Reader(container)
        kind = reader.into(reader.whole(), _OBJECT_ID)
    except (_Broken, IndexError):
        return b""
    return container[kind.start : kind.end]


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._pieces = 0

    def whole(self) -> _Element:
        """Return the outermost value, which must be a sequence."""
        found = self._element(0, len(self._raw))
        if found.tag != _SEQUENCE:
            raise _Broken
        return found

    def into(self, outer: _Element, tag: int, skip: int = 0) -> _Element:
        """Return the value after `skip` others inside `outer`; it must have that tag."""
        at = outer.start
        for _ in range(skip):
            at = self._end_of(self._element(at, outer.end), 0)
        found = self._element(at, outer.end)
        if found.tag != tag:
            raise _Broken
        return found

    def signed_content(self) -> bytes | None:
        """ContentInfo, its SignedData, the EncapsulatedContentInfo in that, and the octets."""
        whole = self.whole()
        kind = self.into(whole, _OBJECT_ID)
        if self._raw[kind.start : kind.end] != _SIGNED:
            return None
        data = self.into(self.into(whole, _EXPLICIT, skip=1), _SEQUENCE)
        enclosed = self.into(data, _SEQUENCE, skip=2)
        octets = self._element(self.into(enclosed, _EXPLICIT, skip=1).start, len(self._raw))
        return b"".join(self._octets(octets, 0))

    def _octets(self, element: _Element, depth: int) -> list[bytes]:
        """Octets may come in pieces, each with its own length (BER)."""
        if element.tag == _OCTETS:
            return [self._raw[element.start : element.end]]
        if element.tag != _OCTETS | _CONSTRUCTED or depth > MAX_DEPTH:
            raise _Broken
        pieces, at = [], element.start
        while at < element.end and not self._is_end_mark(at):
            piece = self._element(at, element.end)
            pieces += self._octets(piece, depth + 1)
            at = self._end_of(piece, depth + 1)
        return pieces

    def _element(self, at: int, end: int) -> _Element:
        self._pieces += 1
        if at + 2 > end or self._pieces > MAX_PIECES:
            raise _Broken
        tag, length = self._raw[at], self._raw[at + 1]
        start = at + 2
        if length == 0x80 and tag & _CONSTRUCTED:
            return _Element(tag, start, end, -1)
        if length & 0x80:
            size = length & 0x7F
            if size > 5:
                raise _Broken
            length = int.from_bytes(self._raw[start : start + size], "big")
            start += size
        if start + length > end:
            raise _Broken
        return _Element(tag, start, start + length, start + length)

    def _end_of(self, element: _Element, depth: int) -> int:
        """Where the next value begins; one of indefinite length has to be walked for that."""
        if element.after >= 0:
            return element.after
        if depth > MAX_DEPTH:
            raise _Broken
        at = element.start
        while not self._is_end_mark(at):
            at = self._end_of(self._element(at, element.end), depth + 1)
        return at + 2

    def _is_end_mark(self, at: int) -> bool:
        return self._raw[at : at + 2] == b"\0\0"
