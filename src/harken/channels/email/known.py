"""What a ticket holds already, for comparing: quoted history is recognised by its words, not by its form."""

import re
from collections.abc import Iterable, Sequence

# Of the history, newest first, this many letters are compared: the runs of a megabyte of words take a
# hundred megabytes. Of a letter no more: what is beyond counts as new.
MAX_COMPARED = 400_000
MAX_LETTERS = 1_000_000
RUN = 4
_WORD = re.compile(r"\w+")
# Mail programs write the address of a link beside its words, each its own way.
_LINK_BESIDE = re.compile(r"[<\[(](?:https?:|mailto:|tel:|www\.)[^<>\[\]()\s]*[>\])]", re.I)


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _WORD.findall(_LINK_BESIDE.sub(" ", text).casefold())


class Known:
    """The words of earlier messages, in runs of four: a line broken elsewhere is still recognised."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._lines: set[str] = set()
        left = MAX_COMPARED
        for text in texts:
            compared = text[:left]
            left -= len(compared)
            self._runs.update(_runs(words_of(compared)))
            self._lines.update(" ".join(words_of(line)) for line in compared.split("\n"))

    def shares(self, lines: Iterable[str]) -> list[float]:
        """Say for each of these lines, read as one text, which part of its words the ticket holds (0 to 1)."""
        said = _said(lines) if self._runs else [[] for _ in lines]
        held = iter(self._held([word for words in said for word in words]))
        return [self._share(words, [next(held) for _ in words]) for words in said]

    def covers(self, lines: Iterable[str]) -> list[bool]:
        """Say for each line whether the ticket holds all of its words: one word more, and it is news."""
        return [share >= 1 for share in self.shares(lines)]

    def covers_below_news(self, lines: Sequence[str]) -> list[bool]:
        """Say for each line of a quote whether the ticket holds it, where other words may stand in between.

        `Olga` alone is nobody's line; where it follows the last line that is held as it does on the ticket, it is.
        """
        covered, before = [], [""] * (RUN - 1)
        for words, share in zip(_said(lines), self.shares(lines), strict=True):
            held = share >= 1 or (0 < len(words) and set(_runs(before + words)) <= self._runs)
            before = (before + words)[1 - RUN :] if held else before
            covered.append(held)
        return covered

    def holds_most(self, lines: Sequence[str]) -> bool:
        """Say whether at least half of the words are held."""
        counts = [len(words) for words in _said(lines)] if self._runs else []
        held = sum(count * share for count, share in zip(counts, self.shares(lines), strict=False))
        return bool(held) and held * 2 >= sum(counts)

    def _share(self, words: list[str], held: list[bool]) -> float:
        if RUN > len(words) > 2 and " ".join(words) in self._lines:
            return 1
        return sum(held) / len(words) if words else 0

    def _held(self, words: list[str]) -> list[bool]:
        held = [False] * len(words)
        for at, run in enumerate(_runs(words)):
            if run in self._runs:
                held[at : at + RUN] = [True] * RUN
        return held


def _said(lines: Iterable[str]) -> list[list[str]]:
    said, left = [], MAX_LETTERS
    for line in lines:
        left -= len(line)
        said.append(words_of(line) if left >= 0 else [])
    return said


def _runs(words: list[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(words[offset:] for offset in range(RUN)), strict=False)
