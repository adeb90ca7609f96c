"""What a ticket holds already, for comparing: quoted history is recognised by its words, not by its form."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, islice, repeat
from typing import TypeVar

# Of the history, newest first, this many letters are compared: the runs of a megabyte of words take a
# hundred megabytes. Of a letter no more: what is beyond counts as new.
MAX_COMPARED = 400_000
MAX_LETTERS = 1_000_000
RUN = 4
Each = TypeVar("Each")
# Scripts that part no words count by the letter.
_UNPARTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNPARTED}]|[^\W{_UNPARTED}]+")
# What parts words in ASCII: most texts are nothing else, and splitting takes a fifth of the pattern's time.
_SPACES = {code: " " for code in range(128) if not re.match(r"\w", chr(code))}
_LETTERS_A_WORD = 2.5
# Mail programs write the address of a link beside its words, each its own way.
_LINK_BESIDE = re.compile(r"[<\[(](?:https?:|mailto:|tel:|www\.)[^<>\[\]()\s]*[>\])]", re.I)


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared; Chinese, Japanese, Korean and Thai letter by letter."""
    if "<" in text or "[" in text or "(" in text:
        text = _LINK_BESIDE.sub(" ", text)
    text = text.casefold()
    return text.translate(_SPACES).split() if text.isascii() else _WORD.findall(text)


def weight_of(words: Iterable[str]) -> float:
    """Return how many words these are in a language that parts them."""
    return sum(_weight(word) for word in words)


def weigh_at_least(words: Iterable[str], weight: float) -> bool:
    """Say whether these are so many words, and look at no more of them than that takes."""
    return any(reached >= weight for reached in accumulate(map(_weight, words)))


class Known:
    """The words of earlier messages, in runs of four: a line broken elsewhere is still recognised."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._texts = list(_compared(texts))
        said = [words_of(text) for text in self._texts]
        self._lengths = [len(words) for words in said]
        # Each run with the shortest text that has it: what was quoted in a longer one was said in this.
        self._runs: dict[tuple[str, ...], int] = {}
        for length, number in sorted(zip(self._lengths, range(len(said)), strict=True), reverse=True):
            self._runs.update(zip(_runs(said[number]), repeat(number, length), strict=False))

    def __bool__(self) -> bool:
        """Say whether anything can be recognised."""
        return bool(self._runs)

    def shares(self, lines: Iterable[str]) -> list[float]:
        """Say for each of these lines, read as one text, which part of its words the ticket holds (0 to 1)."""
        if not self:
            return [0 for _ in lines]
        said = _said(lines)
        held = iter(self._held([word for words in said for word in words]))
        return [self._share(words, list(islice(held, len(words)))) for words in said]

    def covers(self, lines: Iterable[str]) -> list[bool]:
        """Say for each line whether the ticket holds all of its words: one word more, and it is news."""
        return [share >= 1 for share in self.shares(lines)]

    def covers_below_news(self, lines: Sequence[str]) -> list[bool]:
        """Say for each line of a quote whether the ticket holds it, where other words may stand in between.

        `Olga` alone is nobody's line; where it follows the last line that is held as it does on the ticket, it is.
        """
        covered, before = [], [""] * (RUN - 1)
        for words, share in zip(_said(lines), self.shares(lines), strict=True):
            held = share >= 1 or (len(words) > 0 and set(_runs(before + words)) <= self._runs.keys())
            before = (before + words)[1 - RUN :] if held else before
            covered.append(held)
        return covered

    def holds_most(self, lines: Sequence[str]) -> bool:
        """Say whether at least half of the words are held."""
        counts = [len(words) for words in _said(lines)] if self else []
        held = sum(count * share for count, share in zip(counts, self.shares(lines), strict=False))
        return bool(held) and held * 2 >= sum(counts)

    def is_most_of_one(self, lines: Iterable[str]) -> bool:
        """Say whether these lines are half of an earlier message or more: a phrase that somebody repeats is not."""
        words = [word for line in _said(lines) for word in line]
        told = Counter(map(self._runs.get, _runs(words)))
        return any(
            2 * (count + RUN - 1) >= self._lengths[number]
            for number, count in told.items()
            if number is not None
        )

    def _share(self, words: list[str], held: list[bool]) -> float:
        if len(words) == RUN - 1 and tuple(words) in self._short_lines:
            return 1
        return sum(held) / len(words) if words else 0

    @cached_property
    def _short_lines(self) -> set[tuple[str, ...]]:
        """The lines one word shorter than a run."""
        lines = (words_of(line) for text in self._texts for line in text.split("\n"))
        return {tuple(words) for words in lines if len(words) == RUN - 1}

    def _held(self, words: list[str]) -> list[bool]:
        around = [False] * (RUN - 1)
        held = [*around, *map(self._runs.__contains__, _runs(words)), *around]
        return [any(near) for near in _runs(held)]


def _weight(word: str) -> float:
    return 1 / _LETTERS_A_WORD if word >= "\u0e00" and len(word) == 1 else 1


def _compared(texts: Sequence[str]) -> Iterable[str]:
    left = MAX_COMPARED
    for text in texts:
        compared = text[:left]
        left -= len(compared)
        yield compared


def _said(lines: Iterable[str]) -> list[list[str]]:
    said, left = [], MAX_LETTERS
    for line in lines:
        left -= len(line)
        said.append(words_of(line) if left >= 0 else [])
    return said


def _runs(words: list[Each]) -> Iterable[tuple[Each, ...]]:
    return zip(*(words[offset:] for offset in range(RUN)), strict=False)
