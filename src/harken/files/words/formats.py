"""What is written in a file, by its format. Pure: bytes in, text out; foreign bytes may make any of it raise.

Office documents are zip archives of XML (ECMA-376, ISO/IEC 26300): their texts stand between few tags, and the rest
says how they look.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from xml.etree.ElementTree import XMLParser

from pypdfium2 import PdfDocument
from selectolax.lexbor import LexborHTMLParser

# Beyond it nobody searches: a book has about a million letters.
MOST_LETTERS = 1_000_000
MOST_PAGES = 2_000
PAGE_END = "\f"
# What an archive may hold when it is unpacked: a bomb is small outside.
MOST_UNPACKED_BYTES = 64 << 20
_AT_ONCE = 1 << 16

_PARTS = {
    "docx": re.compile(r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"),
    "xlsx": re.compile(r"xl/(sharedStrings|workbook|comments\d*|worksheets/sheet\d+)\.xml"),
    "pptx": re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml"),
    "opendocument": re.compile(r"content\.xml"),
}
# Where one of these ends a word ends: paragraphs, cells, breaks.
_ENDS = {"p", "br", "tab", "tc", "si", "c", "h", "table-cell", "line-break", "s", "sheet"}
# Numbers of shared texts and formulas are no words of the sheet.
_LEFT_OUT = {"f", "v"}


def text_of_pdf(content: bytes) -> str:
    """The text of a PDF, each page ended by a form feed; a scanned page has none. A password makes it raise."""
    with PdfDocument(content) as document:
        return _joined(_words_on(document, at) + PAGE_END for at in range(min(len(document), MOST_PAGES)))


def _words_on(document: PdfDocument, at: int) -> str:
    with closing(document[at]) as page, closing(page.get_textpage()) as words:
        return str(words.get_text_bounded())


def text_of_page(content: bytes) -> str:
    """What a reader of an HTML page sees of it."""
    tree = LexborHTMLParser(text_of_text(content))
    tree.strip_tags(["script", "style", "noscript", "template"])
    return (tree.root.text(separator=" ") if tree.root else "")[:MOST_LETTERS]


def text_of_text(content: bytes) -> str:
    """A plain text: UTF-8, UTF-16 by its mark, else as Windows writes it in the west."""
    content = content[: MOST_LETTERS * 4]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")[:MOST_LETTERS]
    try:
        return content.decode("utf-8-sig")[:MOST_LETTERS]
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")[:MOST_LETTERS]


def _office(kind: str) -> Callable[[bytes], str]:
    def text_of_office(content: bytes) -> str:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _joined(_texts(archive, _PARTS[kind]))

    return text_of_office


def _texts(archive: zipfile.ZipFile, wanted: re.Pattern[str]) -> Iterator[str]:
    left = MOST_UNPACKED_BYTES
    for part in sorted(filter(wanted.fullmatch, archive.namelist())):
        words = _Words()
        # Expat itself ends what grows by entities (since 2.4.1), and the process has its limits.
        parser = XMLParser(target=words)
        with archive.open(part) as opened:
            while left > 0 and (piece := opened.read(_AT_ONCE)):
                left -= len(piece)
                parser.feed(piece)
                yield words.take()


class _Words:
    """Gathers the text between the tags, in its order, and a space where a word must end."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._left_out = 0

    def take(self) -> str:
        taken, self._kept = "".join(self._kept), []
        return taken

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self._left_out += name in _LEFT_OUT
        if name == "sheet":
            self.data(attributes.get("name", ""))

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._left_out -= name in _LEFT_OUT
        if name in _ENDS:
            self.data(" ")

    def data(self, text: str) -> None:
        if not self._left_out:
            self._kept.append(text)


def _joined(texts: Iterator[str]) -> str:
    kept, letters = [], 0
    for text in texts:
        kept.append(text)
        letters += len(text)
        if letters >= MOST_LETTERS:
            break
    return "".join(kept)[:MOST_LETTERS]


READERS: dict[str, Callable[[bytes], str]] = {
    "pdf": text_of_pdf,
    "page": text_of_page,
    "text": text_of_text,
    **{kind: _office(kind) for kind in _PARTS},
}
