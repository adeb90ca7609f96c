"""A letter line by line, and what is folded out of sight of it."""

from collections.abc import Sequence
from enum import StrEnum

from harken.channels.email.known import weigh_at_least, weight_of, words_of

_MAX_LINE = 1_000


class Fold(StrEnum):
    """Where a line goes: it stays, or it is folded as history or as signature."""

    NONE = ""
    QUOTE = "quote"
    SIGNATURE = "signature"


class Mark(StrEnum):
    """What the mail program of the sender says about a line of HTML by an element around it."""

    NONE = ""
    ATTRIBUTION = "attribution"
    HEADER = "header"
    QUOTE = "quote"
    SIGNATURE = "signature"
    FORWARD = "forward"


class Sheet:
    """The lines of a letter, how each is marked and folded; lines from `end` on are a forwarded mail: news."""

    def __init__(self, lines: list[str], marks: Sequence[Mark] = ()) -> None:
        self.lines = lines
        self.marks = list(marks) or [Mark.NONE] * len(lines)
        self.folds = [Fold.NONE] * len(lines)
        self.end = len(lines)

    def fold(self, start: int, stop: int, fold: Fold) -> None:
        """Fold these lines; what is folded already stays as it is."""
        for at in range(start, stop):
            self.folds[at] = self.folds[at] or fold

    def is_own(self, at: int) -> bool:
        """Say whether a line stays and is not blank."""
        return at < len(self.lines) and not self.folds[at] and bool(self.lines[at].strip())

    def own_words(self, start: int, stop: int) -> float:
        """Count the words that stay."""
        own = (at for at in range(start, stop) if not self.folds[at])
        return sum(weight_of(words_of(self.lines[at][:_MAX_LINE])) for at in own)

    def has_own_words(self, start: int, stop: int, fewest: int) -> bool:
        """Say whether at least so many words stay."""
        own = (at for at in range(start, stop) if not self.folds[at])
        return weigh_at_least((word for at in own for word in words_of(self.lines[at][:_MAX_LINE])), fewest)

    def runs(self) -> list[tuple[int, int]]:
        """Return the stretches of folded lines."""
        runs: list[tuple[int, int]] = []
        if not any(self.folds):
            return runs
        for at, fold in enumerate(self.folds):
            if fold and runs and runs[-1][1] == at:
                runs[-1] = (runs[-1][0], at + 1)
            elif fold:
                runs.append((at, at + 1))
        return runs

    def closing_stretches(self) -> list[tuple[int, int]]:
        """Return the stretches that a signature can close: above the first quote, and the last of all."""
        quotes = [run for run in self.runs() if run[0] < self.end]
        if not quotes:
            return [(0, self.end)]
        return [(0, quotes[0][0]), (quotes[-1][1], self.end)]
