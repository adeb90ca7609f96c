"""How large a picture is, read from its first bytes, without drawing it."""

import struct
from collections.abc import Callable

Size = tuple[int, int]

# Frames of a JPEG that tell its size; the others between C0 and CF hold tables (ITU-T T.81, B.1.1.3).
_TELLING_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


def size_of(content: bytes) -> Size | None:
    """Return width and height in dots of a PNG, GIF, JPEG or WebP; `None` for anything else, also half a head."""
    for start, read in _READERS.items():
        if content.startswith(start):
            try:
                width, height = read(content)
            except (struct.error, ValueError):
                return None
            return (width, height) if width > 0 and height > 0 else None
    return None


def _png(content: bytes) -> Size:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-12:]:
        raise ValueError("no head, or no end")
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> Size:
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _jpeg(content: bytes) -> Size:
    place = 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, place)
        if mark != 0xFF or length < 2:
            raise ValueError("no frame where one must be")
        if kind in _TELLING_FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + length


def _webp(content: bytes) -> Size:
    kind = content[12:16]
    if kind == b"VP8X":
        return _three_bytes(content, 24) + 1, _three_bytes(content, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture in it")


def _three_bytes(content: bytes, place: int) -> int:
    low, high = struct.unpack_from("<HB", content, place)
    return int(low + (high << 16))


_READERS: dict[bytes, Callable[[bytes], Size]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"GIF8": _gif,
    b"\xff\xd8\xff": _jpeg,
    b"RIFF": _webp,
}
