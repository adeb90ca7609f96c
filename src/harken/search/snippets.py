"""The words of a message around what was found, cut into marked and unmarked stretches; a page escapes each."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from harken.lib.text import one_line
from harken.search.question import Question
from harken.search.words import fold

# What is looked through for the first found word; a message may be megabytes.
MOST_LOOKED_THROUGH = 100_000
LETTERS_BEFORE = 40

_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0640\u064b-\u065f\u0670]+[^\W_]*)*")


class Stretch(NamedTuple):
    text: str
    is_found: bool


@dataclass(frozen=True)
class Snippet:
    """A line of text in stretches; `has_found` says whether any of them is what somebody looked for."""

    stretches: tuple[Stretch, ...]

    @property
    def text(self) -> str:
        return "".join(stretch.text for stretch in self.stretches)

    @property
    def has_found(self) -> bool:
        return any(stretch.is_found for stretch in self.stretches)

    @property
    def marks(self) -> list[tuple[int, int]]:
        """Where the found words begin and end in `text`, in letters."""
        places, at = [], 0
        for stretch in self.stretches:
            if stretch.is_found:
                places.append((at, at + len(stretch.text)))
            at += len(stretch.text)
        return places


def mark(text: str, question: Question, *, most: int | None) -> Snippet:
    """Return one line of the text with what was found marked; `most` letters around the first of it, or all."""
    line = one_line(text[:MOST_LOOKED_THROUGH], MOST_LOOKED_THROUGH)
    first = min(filter(None, (next(each, None) for each in _both(line, question))), default=None)
    begin = max(0, first[0] - LETTERS_BEFORE) if first and most and first[0] > LETTERS_BEFORE else 0
    end = len(line) if most is None else min(len(line), begin + most)
    begin = _at_a_gap(line, begin, first[0]) if begin and first else begin
    shown = line[begin:end]
    stretches = tuple(_cut(shown, list(_places(shown, question))))
    return Snippet(
        (
            *([Stretch("…", False)] if begin else []),
            *stretches,
            *([Stretch("…", False)] if end < len(line) else []),
        )
    )


def _at_a_gap(line: str, begin: int, first: int) -> int:
    gap = line.find(" ", begin, first)
    return gap + 1 if gap >= 0 else begin


def _cut(text: str, places: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    at = 0
    for begin, end in places:
        if begin > at:
            yield Stretch(text[at:begin], False)
        yield Stretch(text[begin:end], True)
        at = end
    if at < len(text):
        yield Stretch(text[at:], False)


def _places(line: str, question: Question) -> Iterator[tuple[int, int]]:
    """Where the line has what was asked, in order and not overlapping."""
    found = sorted(place for each in _both(line, question) for place in each)
    at = 0
    for begin, end in found:
        if begin >= at:
            yield begin, end
            at = end


def _both(line: str, question: Question) -> tuple[Iterator[tuple[int, int]], ...]:
    return _words(line, question.marks), _runs(line, question.runs)


def _words(line: str, marks: Set[str]) -> Iterator[tuple[int, int]]:
    if not marks:
        return
    if "@" in line and any("@" in word for word in marks):
        yield from (found.span() for found in _ADDRESS.finditer(line) if _folded(found[0]) in marks)
    folded = fold(line)
    if len(folded) == len(line):
        for found in _any_word(frozenset(marks)).finditer(folded):
            # Looked at only here: a pattern that begins by looking back is tried at every letter.
            if not folded[max(found.start() - 1, 0) : found.start()].isalnum():
                yield found.span()
        return
    for word in _WORD.finditer(line):
        if _folded(word[0]) in marks:
            yield word.span()


def _runs(line: str, runs: Set[str]) -> Iterator[tuple[int, int]]:
    """Where the line has text without spaces; nearly always its letters fold one to one."""
    if not runs or line.isascii():
        return
    folded = fold(line)
    if len(folded) != len(line):
        folded = "".join(_folded(letter)[:1] or "\u200b" for letter in line)
    yield from (found.span() for found in _any_run(frozenset(runs)).finditer(folded))


@lru_cache(maxsize=100)
def _any_word(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:{_longest_first(words)})(?![^\W_])")


@lru_cache(maxsize=100)
def _any_run(runs: frozenset[str]) -> re.Pattern[str]:
    return re.compile(_longest_first(runs))


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return fold(word)
