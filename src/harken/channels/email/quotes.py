"""What somebody wrote now, without the history their mail program put below it.

Folding is by comparison with what the ticket already holds (`known`), helped by the usual marks. In doubt a
line stays: too much shown is a nuisance, a word cut is a loss. Answers between and below quoted lines stay.
"""

import re
from collections.abc import Iterable, Sequence

from harken.channels.email import quote_marks as marks

# Nobody reads more lines than that: those beyond stay as they are. Of the history, newest first, this many letters
# are compared: the runs of a megabyte of words take a hundred megabytes.
MAX_FOLDED = 20_000
MAX_COMPARED = 400_000
_RUN = 4
_LOOK_BACK = 4
_HEADER_LINES = 12
_SIGNATURE_LINES = 12
_FOOTER_LINES = 7
_UU_BEGIN = re.compile(r"begin [0-7]{3,4} \S")
_WORD = re.compile(r"\w+")


def visible_text(text: str, known: Sequence[str] = ()) -> str:
    """Return `text` without quoted history and signature; `known` are the ticket's texts, newest first."""
    lines = text.split("\n")
    lines, beyond = lines[:MAX_FOLDED], lines[MAX_FOLDED:]
    folded = [False] * len(lines)
    end = _forwarded_from(lines)
    _fold_prefixed(lines, folded, end)
    _unfold_questions(lines, folded)
    held = _Known(known)
    _fold_tail(lines, folded, end, held)
    _fold_known(lines, folded, held)
    _fold_list_footer(lines, folded)
    _fold_signature(lines, folded, end)
    _fold_encoded_files(lines, folded)
    own = [line for line, hidden in zip(lines, folded, strict=True) if not hidden]
    return _joined([*own, *beyond])


def _forwarded_from(lines: list[str]) -> int:
    """Where a forwarded mail begins: it is news to the desk, so nothing below is history."""
    return next((at for at, line in enumerate(lines) if marks.is_forward_mark(line)), len(lines))


def _fold_prefixed(lines: list[str], folded: list[bool], end: int) -> None:
    """Fold runs of `>` lines, the blank lines inside them, and the attribution above each."""
    previous = -1
    for at in range(end):
        if not marks.QUOTED.match(lines[at]):
            continue
        if not any(line.strip() for line in lines[previous + 1 : at]) and previous >= 0:
            folded[previous + 1 : at] = [True] * (at - previous - 1)
        else:
            _fold_attribution(lines, folded, at)
        folded[at] = True
        previous = at


def _unfold_questions(lines: list[str], folded: list[bool]) -> None:
    """Two answers or more between quoted lines: each answer keeps the question above it."""
    quotes = _runs(lines, folded)
    ends = [start for start, _ in quotes[1:]] + [len(lines)]
    answered = [
        (start, stop)
        for (start, stop), following in zip(quotes, ends, strict=False)
        if _has_own_words(lines[stop:following], folded[stop:following])
    ]
    if len(answered) < 2:
        return
    for start, stop in answered:
        for at in range(start, stop):
            folded[at] = not marks.QUOTED.match(lines[at])


def _runs(lines: list[str], folded: list[bool]) -> list[tuple[int, int]]:
    """Return the stretches of folded lines."""
    runs: list[tuple[int, int]] = []
    for at, hidden in enumerate(folded):
        if hidden and runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        elif hidden:
            runs.append((at, at + 1))
    return runs


def _has_own_words(lines: list[str], folded: list[bool]) -> bool:
    for line, hidden in zip(lines, folded, strict=True):
        if marks.SIGNATURE.match(line) or marks.FOOTER_RULE.match(line):
            return False
        if not hidden and _WORD.search(line):
            return True
    return False


def _fold_attribution(lines: list[str], folded: list[bool], quote: int) -> None:
    last = _word_above(lines, quote)
    if last < 0 or folded[last]:
        return
    first = _attribution_start(lines, last)
    if first >= 0:
        folded[first:quote] = [True] * (quote - first)


def _word_above(lines: list[str], at: int) -> int:
    """The nearest line above that is not blank, if it is near."""
    return next((above for above in range(at - 1, max(at - 6, -1), -1) if lines[above].strip()), -1)


def _attribution_start(lines: list[str], last: int) -> int:
    """Return where the attribution that ends on `last` begins, -1 when it is none."""
    if not marks.may_end_attribution(lines[last]):
        return -1
    words = ""
    for first in range(last, max(last - _LOOK_BACK, -1), -1):
        if not lines[first].strip():
            break
        words = f"{lines[first].strip()} {words}"
        if marks.starts_attribution(lines[first]) and marks.is_attribution(words):
            return first
    return last if marks.is_attribution(lines[last]) else -1


def _fold_tail(lines: list[str], folded: list[bool], end: int, known: "_Known") -> None:
    """Fold what an unprefixed quote leaves below its mark, but not what the ticket shows to be new in it."""
    start, body = _tail(lines, folded, end)
    if start < 0:
        return
    tail = range(body, len(lines))
    if not known.holds_most(lines[at] for at in tail):
        if _has_own_words(lines[:start], folded[:start]):
            folded[start:] = [True] * (len(lines) - start)
        return
    folded[start:body] = [True] * (body - start)
    for at in tail:
        folded[at] = folded[at] or known.covers(lines[at]) or bool(marks.header_label(lines[at]))


def _tail(lines: list[str], folded: list[bool], end: int) -> tuple[int, int]:
    """Return where an unprefixed quote begins and where its words do, (-1, -1) when there is none."""
    for at in range(end):
        if folded[at] or not lines[at].strip():
            continue
        body = _after_mark(lines, at)
        if body:
            return _with_rules_above(lines, at), body
    return -1, -1


def _after_mark(lines: list[str], at: int) -> int:
    if marks.is_original_mark(lines[at]):
        return _after_header(lines, at + 1) or at + 1
    if marks.header_label(lines[at]):
        return _after_header(lines, at)
    return _after_attribution(lines, at)


def _after_attribution(lines: list[str], at: int) -> int:
    """Return the line after an attribution that begins at `at` and can be trusted without `>` below it."""
    if not marks.starts_attribution(lines[at]) and not marks.may_end_attribution(lines[at]):
        return 0
    for last in range(at, min(at + _LOOK_BACK, len(lines))):
        if not lines[last].strip():
            return 0
        if _attribution_start(lines, last) == at and marks.is_letter_head(" ".join(lines[at : last + 1])):
            return last + 1
    return 0


def _after_header(lines: list[str], at: int) -> int:
    """Return the line after a quoted header of three lines or more that names a sender, 0 when it is none."""
    labels: list[str] = []
    last = at - 1
    for line_at in range(at, min(at + _HEADER_LINES, len(lines))):
        label = marks.header_label(lines[line_at])
        if label:
            labels.append(label)
            last = line_at
        elif not lines[line_at].strip() and labels and line_at - last > 1:
            break
    return last + 1 if "sender" in labels and len(labels) >= 3 else 0


def _with_rules_above(lines: list[str], at: int) -> int:
    while at > 0 and (not lines[at - 1].strip() or marks.RULE.match(lines[at - 1])):
        at -= 1
    return at


def _fold_known(lines: list[str], folded: list[bool], known: "_Known") -> None:
    """Fold stretches the ticket holds already, also where no mark says so."""
    run: list[int] = []
    for at, line in enumerate([*lines, "\0"]):
        if at < len(lines) and (known.covers(line) or (run and not line.strip())):
            run.append(at)
            continue
        if sum(len(_WORD.findall(lines[each][: marks.MAX_LINE])) for each in run) >= 2 * _RUN:
            for each in run:
                folded[each] = True
        run = []


def _fold_list_footer(lines: list[str], folded: list[bool]) -> None:
    """Fold what a mailing list adds below a rule: a few lines that end in an address of the web."""
    last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), -1)
    for at in range(last, max(last - _FOOTER_LINES, -1), -1):
        if marks.FOOTER_RULE.match(lines[at]):
            if marks.LINK.search(lines[last]) and at > 0:
                folded[at:] = [True] * (len(lines) - at)
            return


def _fold_signature(lines: list[str], folded: list[bool], end: int) -> None:
    """Fold what stands below `-- `, unless it is long: then somebody drew a line in their letter."""
    for at in range(1, end):
        if folded[at] or not marks.SIGNATURE.match(lines[at]):
            continue
        stop = next((below for below in range(at, end) if folded[below]), end)
        signature = [line for line in lines[at + 1 : stop] if line.strip()]
        shown = any(marks.SENT_WITH.match(line) for line in signature)
        if _has_own_words(lines[:at], folded[:at]) and len(signature) <= _SIGNATURE_LINES and not shown:
            folded[at:stop] = [True] * (stop - at)
        return


def _fold_encoded_files(lines: list[str], folded: list[bool]) -> None:
    """Files written into the text the old way are attachments by now."""
    start = -1
    for at, line in enumerate(lines):
        if start < 0 and _UU_BEGIN.match(line):
            start = at
        elif start >= 0 and line.strip() == "end":
            folded[start : at + 1] = [True] * (at + 1 - start)
            start = -1


def _joined(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


class _Known:
    """The words of earlier messages, in runs of four: a line broken elsewhere is still recognised."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lines: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()
        left = MAX_COMPARED
        for text in texts:
            compared = text[:left]
            left -= len(compared)
            words = _words(compared)
            self._runs.update(zip(*(words[offset:] for offset in range(_RUN)), strict=False))
            self._lines.update(" ".join(_words(line)) for line in compared.split("\n"))
        self._lines.discard("")

    def covers(self, line: str) -> bool:
        """Say whether the ticket holds this line, whole or nearly."""
        words = _words(line[: marks.MAX_LINE]) if self._lines else []
        if len(words) < _RUN + 1:
            return " ".join(words) in self._lines
        runs = list(zip(*(words[offset:] for offset in range(_RUN)), strict=False))
        return sum(run in self._runs for run in runs) >= 0.8 * len(runs)

    def holds_most(self, lines: Iterable[str]) -> bool:
        """Say whether at least half of the words are held."""
        held = total = 0
        for line in lines if self._lines else ():
            count = len(_WORD.findall(line[: marks.MAX_LINE]))
            total += count
            held += count if self.covers(line) else 0
        return total > 0 and held * 2 >= total


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
