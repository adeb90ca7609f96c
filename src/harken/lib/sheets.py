"""Tables as files: reading CSV whatever wrote it, and writing CSV that no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from harken.lib.text import clean

DELIMITERS = (",", ";", "\t", "|")
# A cell with more lines than this is a quote that nobody closed.
MOST_LINES_IN_A_ROW = 100
LARGEST_CELL = 1_000_000
SAMPLE_LINES = 30
SAMPLE_BYTES = 200_000

# A spreadsheet runs what begins so (OWASP, CSV injection); the full-width ones too.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_SHIELD = "'"
_HIGH = re.compile(rb"[\x80-\xff]+")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True)
class Line:
    """A row of a file; `number` is the line it begins on, from 1. `fault` says why its cells cannot be trusted."""

    number: int
    cells: list[str]
    fault: str = ""


def charset_of(content: bytes) -> str:
    """Return the charset a file is most likely in: utf-8, utf-16-le, utf-16-be, cp932, cp1251 or cp1252.

    A byte order mark decides, then every second byte being zero, then valid UTF-8; among the rest the one whose
    letters are such as people write.
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return charset
    sample = content[:SAMPLE_BYTES]
    if sample.count(0) > len(sample) // 4:
        return "utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"
    if _is_utf_8(sample):
        return "utf-8"
    if _reads_as_japanese(sample):
        return "cp932"
    return "cp1251" if _reads_as_cyrillic(sample) else "cp1252"


def text_of(content: bytes, charset: str) -> str:
    """Return a file's text; bytes that are nothing in this charset become U+FFFD."""
    for mark, _charset in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            break
    return content.decode(charset, "replace")


def delimiter_of(text: str) -> str:
    """Return what stands between the columns: the one that cuts the first lines into equally many most often."""
    named = re.match(r'"?sep=([,;|\t])"?\r?\n', text)
    if named:
        return named[1]
    best = max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))
    return best if _evenness(text, best) else ","


def lines_of(text: str, delimiter: str) -> Iterator[Line]:
    """Yield the rows of a file that are not empty, each with its line number.

    A quote that is never closed costs its own row and no other: reading goes on behind that line.
    """
    # By line ends alone: a cell may hold other separators, and they are no rows.
    physical = list(io.StringIO(text, newline=""))
    at = 1 if re.match(r'"?sep=[,;|\t]"?\r?\n', text) else 0
    while at < len(physical):
        cells, taken, fault = _row(physical, at, delimiter)
        if any(cell.strip() for cell in cells) or fault:
            yield Line(at + 1, [clean(cell).strip() for cell in cells], fault)
        at += taken


def shielded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that looks like it gets an apostrophe in front."""
    return f"{_SHIELD}{cell}" if _FORMULA.match(cell) else cell


def unshielded(cell: str) -> str:
    """Return a cell as it was before `shielded`."""
    bare = cell.removeprefix(_SHIELD)
    return bare if bare != cell and _FORMULA.match(bare) else cell


def csv_of(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of CSV (RFC 4180), every cell shielded."""
    pieces: list[str] = []
    writer = csv.writer(_Into(pieces))
    writer.writerows([shielded(cell) for cell in row] for row in rows)
    return "".join(pieces)


class _Into:
    """What csv writes to: a list of pieces."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces

    def write(self, piece: str) -> None:
        self._pieces.append(piece)


def _row(physical: list[str], at: int, delimiter: str) -> tuple[list[str], int, str]:
    """The cells of the row that begins at a line, how many lines it takes, and what is wrong with it."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(islice(physical, at, at + MOST_LINES_IN_A_ROW), delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        # Broken quotes: the line is named as it stands, and the next one is a row of its own again.
        return physical[at].split(delimiter), 1, "quotes"
    if "\ufffd" in "".join(cells):
        return cells, max(reader.line_num, 1), "charset"
    return cells, max(reader.line_num, 1), ""


def _evenness(text: str, delimiter: str) -> int:
    rows = [line.cells for line in islice(lines_of(text[:SAMPLE_BYTES], delimiter), SAMPLE_LINES)]
    widths = [len(cells) for cells in rows]
    return sum(width == widths[0] for width in widths) * (widths[0] - 1) if widths else 0


def _is_utf_8(sample: bytes) -> bool:
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        # The sample may end in the middle of a letter.
        return error.start >= len(sample) - 4 and error.end == len(sample)
    return True


def _reads_as_japanese(sample: bytes) -> bool:
    """Kana and the common kanji; Cyrillic and Latin read this way come out as rare ones or not at all."""
    text = sample.decode("cp932", "replace")
    strange = [letter for letter in text if ord(letter) > 127]
    common = sum(
        "\u3000" <= letter <= "\u30ff" or (b"\x88" <= letter.encode("cp932", "replace")[:1] <= b"\x97")
        for letter in strange
    )
    return bool(strange) and text.count("\ufffd") <= len(strange) // 50 and common / len(strange) > 0.6


def _reads_as_cyrillic(sample: bytes) -> bool:
    """Cyrillic words are high bytes throughout; in Latin ones an accented letter stands alone."""
    runs = [len(run) for run in _HIGH.findall(sample)]
    return bool(runs) and sum(run for run in runs if run > 2) / sum(runs) > 0.6
