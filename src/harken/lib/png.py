"""The plainest PNG there is (RFC 2083): true colours, one filter, no colour management."""

import struct
import zlib
from collections.abc import Iterable

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR = 2


def png(width: int, height: int, rows: Iterable[bytes], *, level: int = 6) -> bytes:
    """Pack a picture; each row has three bytes, red, green and blue, for each of its points."""
    header = struct.pack(">IIBBBBB", width, height, 8, _TRUE_COLOUR, 0, 0, 0)
    # Each row begins with how it is filtered: not at all.
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), level)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
