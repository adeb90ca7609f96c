"""Files for letters, made on the spot: real pictures and papers, each a little different by its name."""

import struct
import zlib
from collections.abc import Callable
from random import Random

WIDTH, HEIGHT = 320, 200
PAGE = (595, 842)

_Colour = tuple[int, int, int]
_PAPER: _Colour = (250, 248, 242)
_INK: _Colour = (70, 66, 60)
_HUES: tuple[_Colour, ...] = ((0, 104, 121), (176, 42, 48), (214, 158, 46), (88, 126, 74))


def enclosure(name: str) -> tuple[str, bytes]:
    """Return media type and content of a file by its name; the same name is the same file, every time."""
    ending = name.rpartition(".")[2]
    media_type, make = _MAKERS[ending]
    return media_type, make(name)


def png(name: str, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A picture like a screenshot of a list: lines of ink on paper, one of them marked."""
    chance = Random(name)
    marked, hue = chance.randrange(2, 8), chance.choice(_HUES)
    rows = [_row(chance, hue if band == marked else _INK, width) for band in range(height // 20)]
    blank = _pixels([(_PAPER, width)])
    lines = (rows[y // 20] if 6 <= y % 20 < 14 else blank for y in range(height - height % 20))
    body = b"".join(b"\0" + line for line in lines)
    header = struct.pack(">IIBBBBB", width, height - height % 20, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def pdf(name: str) -> bytes:
    """One page with a title and a table of numbers; readers open it without a word of complaint."""
    chance = Random(name)
    lines = [
        name,
        "",
        *(f"{chance.randrange(100, 999)}    {chance.randrange(1, 80) * 0.5:8.2f}" for _ in range(18)),
    ]
    text = b"".join(b"(%s) Tj T*\n" % line.encode("ascii", "replace") for line in lines)
    content = b"BT /F1 12 Tf 60 770 Td 18 TL\n" + text + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    )
    return _pdf_file(objects)


def csv(name: str) -> bytes:
    """A table as spreadsheets write it."""
    chance = Random(name)
    rows = [
        f"2026-{chance.randrange(1, 13):02};{chance.randrange(10, 400)};{chance.randrange(9, 90)}.50"
        for _ in range(30)
    ]
    return "\r\n".join(["month;pieces;amount", *rows, ""]).encode()


def txt(name: str) -> bytes:
    """A few lines of a program's log."""
    chance = Random(name)
    lines = [f"05:{minute:02} printer {chance.randrange(1, 5)} ready" for minute in range(10, 50, 4)]
    return "\n".join([*lines, "05:51 printer 2 no answer, error 2041", ""]).encode()


def _row(chance: Random, ink: _Colour, width: int) -> bytes:
    runs, used = [(_PAPER, 12)], 12
    while used < width - 60:
        word, gap = chance.randrange(18, 50), 8
        runs += [(ink, word), (_PAPER, gap)]
        used += word + gap
    return _pixels([*runs, (_PAPER, width - used)])


def _pixels(runs: list[tuple[_Colour, int]]) -> bytes:
    return b"".join(bytes(colour) * length for colour, length in runs)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _pdf_file(objects: tuple[bytes, ...]) -> bytes:
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(file))
    return file + b"xref\n0 %d\n%s" % (len(objects) + 1, table) + b"trailer\n" + trailer


_MAKERS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "png": ("image/png", png),
    "pdf": ("application/pdf", pdf),
    "csv": ("text/csv", csv),
    "txt": ("text/plain", txt),
}
