"""Files for letters, made on the spot: real pictures and papers, each a little different by its name."""

import zlib
from collections.abc import Callable
from random import Random

from harken.lib.png import png as packed_png

WIDTH, HEIGHT = 480, 300
HEAD = (420, 60)
PAGE = (595, 842)
# Rows of one picture before its grain repeats: more than zlib looks back, so that it weighs what photographs do.
GRAIN_ROWS = 24

_PAPER, _INK = 248, 66
_MARKS = (104, 132, 158, 176)


def enclosure(name: str) -> tuple[str, bytes]:
    """Return media type and content of a file by its name; the same name is the same file, every time."""
    ending = name.rpartition(".")[2]
    media_type, make = _MAKERS[ending]
    return media_type, make(name)


def png(name: str) -> bytes:
    """A picture like a photographed list: lines of ink on grainy paper, one of them marked."""
    return packed_png(WIDTH, HEIGHT, _picture(Random(name), WIDTH, HEIGHT), level=1)


def pdf(name: str) -> bytes:
    """One page with a letter head, a title and a table of numbers; readers open it without a word of complaint."""
    chance = Random(name)
    lines = [
        name,
        "",
        *(f"{chance.randrange(100, 999)}    {chance.randrange(1, 80) * 0.5:8.2f}" for _ in range(18)),
    ]
    text = b"".join(b"(%s) Tj T*\n" % line.encode("ascii", "replace") for line in lines)
    picture = zlib.compress(b"".join(_picture(chance, *HEAD)), 1)
    return _pdf_file(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> /XObject << /Head 6 0 R >> >> >>" % PAGE,
            _stream(
                b"", b"q %d 0 0 %d 60 740 cm /Head Do Q\nBT /F1 12 Tf 60 700 Td 18 TL\n%sET" % (*HEAD, text)
            ),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
            _stream(
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
                b" /BitsPerComponent 8 /Filter /FlateDecode " % HEAD,
                picture,
            ),
        )
    )


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


def _picture(chance: Random, width: int, height: int) -> list[bytes]:
    """Return rows of RGB: words of ink, twenty rows a line."""
    grain = [chance.randbytes(3 * width) for _ in range(GRAIN_ROWS)]
    lines = [_words(chance, width) for _ in range(height // 20)]
    marked, mark = chance.randrange(len(lines)), chance.choice(_MARKS)
    rows = []
    for y in range(height):
        words = lines[y // 20] if 6 <= y % 20 < 14 else []
        rows.append(_row(grain[y % GRAIN_ROWS], words, mark if y // 20 == marked else _INK))
    return rows


def _words(chance: Random, width: int) -> list[tuple[int, int]]:
    """Return where the words of a line begin and end."""
    words, at = [], 12
    while at < width - 72:
        end = at + chance.randrange(18, 60)
        words.append((at, end))
        at = end + 8
    return words


def _row(grain: bytes, words: list[tuple[int, int]], ink: int) -> bytes:
    row = bytearray(grain.translate(_GRAINY[_PAPER]))
    for start, end in words:
        row[3 * start : 3 * end] = grain[3 * start : 3 * end].translate(_GRAINY[ink])
    return bytes(row)


# For each shade a table from random bytes to that shade or the next lighter one.
_GRAINY = {shade: bytes(shade + byte % 2 for byte in range(256)) for shade in (_PAPER, _INK, *_MARKS)}


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


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
