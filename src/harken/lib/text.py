"""Text as it comes from outside, made fit to keep and to show."""

import re
import unicodedata
from collections import deque

_SPACE = re.compile(r"\s+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_YORUBA = re.compile(r"[ẹọṣẸỌṢ]")
_LETTER = re.compile(r"[^\W\d_]")

# Soft hyphen, zero-width space, the two joiners, the two marks of direction.
_JOINING = "\u00ad\u200b\u200c\u200d\u200e\u200f"

PREVIEW_LETTERS = 160


def clean(text: str) -> str:
    """Return the text without what PostgreSQL refuses (NUL, lone surrogates) and with line feeds alone."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode() if _has_surrogates(text) else text


def one_line(text: str, limit: int) -> str:
    """Return the text on one line: no controls, white space folded, at most `limit` characters.

    What joins letters without being one stays: families of emoji, Persian and Hindi need it.
    """
    # Many times what is kept: white space folds, and texts of megabytes need not be walked for a line.
    line = text[: limit * 20]
    # Most lines are plain from the start, and a list asks of a hundred of them.
    if not (line.isascii() and line.isprintable() and "  " not in line):
        line = _SPACE.sub(" ", clean(line))
    if not line.isprintable():
        shown = "".join(letter if letter.isprintable() or letter in _JOINING else " " for letter in line)
        line = _SPACE.sub(" ", shown)
    line = line.strip()
    if not line.strip(_JOINING + " "):
        return ""
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def left_over(text: str, *parts: str) -> str:
    """Return the lines of a text that none of its parts has; each part has its lines in the order of the text."""
    waiting = [deque(filter(None, (line.rstrip() for line in part.split("\n")))) for part in parts]
    left: list[str] = []
    for line in (line.rstrip() for line in text.split("\n")):
        owner = next((lines for lines in waiting if lines and lines[0] == line), None)
        if owner:
            owner.popleft()
        else:
            left.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(left)).strip("\n")


def preview(text: str) -> str:
    """Return the first words of a message, for a row of a list."""
    return one_line(text[: PREVIEW_LETTERS * 4], PREVIEW_LETTERS)


def language_of(text: str) -> str:
    """Return the language that a script gives away (`ja ar ru yo`), else `""`. Fonts and fallback need no more.

    Han glyphs without a language come out Chinese; a Japanese text has kana in every sentence.
    """
    sample = unicodedata.normalize("NFC", text[:2000])
    letters = len(_LETTER.findall(sample)) or 1
    if len(_KANA.findall(sample)) / letters > 0.1:
        return "ja"
    if len(_ARABIC.findall(sample)) / letters > 0.4:
        return "ar"
    if len(_CYRILLIC.findall(sample)) / letters > 0.4:
        return "ru"
    return "yo" if len(_YORUBA.findall(sample)) / letters > 0.04 else ""


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
