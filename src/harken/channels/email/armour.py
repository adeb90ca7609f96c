"""PGP written into the words of a letter (RFC 4880, 6.2 and 7): its armour folds away, the words between stay."""

import re
from collections.abc import Iterator, Sequence

from harken.channels.email.html_fold import FoldedLetter, fold_letter

_MARK = "-----BEGIN PGP "
_BEGIN = re.compile(r"-----BEGIN PGP (MESSAGE|SIGNED MESSAGE|SIGNATURE|PUBLIC KEY BLOCK)-----\s*")
_SIGNED = "SIGNED MESSAGE"
_HEADER = re.compile(r"[A-Za-z]{1,30}: ")


def as_written(text: str) -> str:
    """Return a text with the lines of signed words as their writer had them: PGP escapes those with a dash."""
    if _MARK + _SIGNED not in text:
        return text
    lines = text.split("\n")
    for start, stop in _signed(lines):
        lines[start:stop] = [line.removeprefix("- ") for line in lines[start:stop]]
    return "\n".join(lines)


def whole(block: str) -> str:
    """Return an armoured block with the blank line below its headers, which HTML may have lost."""
    lines = block.split("\n")
    at = next((at for at, line in enumerate(lines) if at and not _HEADER.match(line)), len(lines))
    return block if at == len(lines) or not lines[at].strip() else "\n".join([*lines[:at], "", *lines[at:]])


def fold_armoured(text: str, html: str, known: Sequence[str] = (), *, is_news: bool = False) -> FoldedLetter:
    """Fold a letter as `fold_letter` does; PGP's armour goes to the signature, and is in no visible text."""
    armour = _armour(text.split("\n")) if _MARK in text else set()
    if not armour:
        return fold_letter(text, html, known, is_news=is_news)
    lines = text.split("\n")
    said = "\n".join(line for at, line in enumerate(lines) if at not in armour)
    folded = fold_letter(said, html, known, is_news=is_news)
    return FoldedLetter(folded.visible_text, _with(lines, armour, folded.signature), folded.html)


def _armour(lines: Sequence[str]) -> set[int]:
    """The places of all lines that are armour: whole blocks, and the head of signed words."""
    found: set[int] = set()
    for start, stop in _signed(lines):
        head = next((at for at in range(start, stop) if not lines[at].strip()), stop)
        found.update(range(start - 1, min(head + 1, stop)))
    for start, stop in _blocks(lines):
        found.update(range(start, stop))
    return found


def _signed(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From below the mark of signed words to the signature; what has no signature is not signed."""
    start = -1
    for at, line in enumerate(lines):
        begin = _BEGIN.fullmatch(line)
        if begin and begin[1] == _SIGNED:
            start = at + 1
        elif begin and begin[1] == "SIGNATURE" and start >= 0:
            yield start, at
            start = -1


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    start, end = -1, ""
    for at, line in enumerate(lines):
        begin = _BEGIN.fullmatch(line)
        if begin and begin[1] != _SIGNED:
            start, end = at, f"-----END PGP {begin[1]}-----"
        elif start >= 0 and line.rstrip() == end:
            yield start, at + 1
            start = -1


def _with(lines: Sequence[str], armour: set[int], signature: str) -> str:
    """The armour and the lines of a signature in the order of the letter."""
    waiting = signature.split("\n")[::-1] if signature else []
    taken: list[str] = []
    for at, line in enumerate(lines):
        if at in armour:
            taken.append(line.rstrip())
        elif waiting and line.rstrip() == waiting[-1]:
            taken.append(waiting.pop())
    return "\n".join([*taken, *waiting[::-1]]).strip("\n")
