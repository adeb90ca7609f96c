"""Folding quoted history out of a letter, so that what somebody wrote now is what a reader sees.

Folding is by comparison with what the ticket already holds, helped by the usual marks. In doubt a line stays:
too much shown is a nuisance, a word cut is a loss. Answers between, inside and below quoted lines stay.
"""

import re

from harken.channels.email import closing_marks
from harken.channels.email import quote_marks as marks
from harken.channels.email.known import RUN, Known, weigh_at_least, words_of
from harken.channels.email.sheet import Fold, Mark, Sheet

_LOOK_BACK = 4
_HEADER_LINES = 12
_FOOTER_LINES = 7
# A quoted line this long that ends in no full stop may have been broken by a mail program.
_LONG_QUOTED = 55
_MOSTLY = 0.5
_CUT_AT = range(70, 81)
_UU_BEGIN = re.compile(r"begin [0-7]{3,4} \S")
_WORD = re.compile(r"\w")
_PREFIX = re.compile(r"[ \t]{0,3}((?:[>＞][ \t]?)+)")


def fold_quotes(sheet: Sheet, known: Known, *, is_news: bool = False) -> None:
    """Fold the history in a letter. `is_news`: it answers nothing, and what stands below a header is no history."""
    telling = marks.telling(sheet.lines)
    sheet.end = _forwarded_from(sheet, telling)
    _fold_prefixed(sheet)
    _unfold_questions(sheet)
    _unfold_answers_inside(sheet, known)
    _fold_tail(sheet, telling, known, is_news)
    _fold_known(sheet, known)
    _fold_list_footer(sheet)
    _fold_encoded_files(sheet)


def _forwarded_from(sheet: Sheet, telling: list[int]) -> int:
    """Where a forwarded mail begins: it is news to the desk, so nothing below is history."""
    begun = (at for at in telling if sheet.marks[at] != Mark.QUOTE and marks.is_forward_mark(sheet.lines[at]))
    marked = sheet.marks.index(Mark.FORWARD) if Mark.FORWARD in sheet.marks else len(sheet.lines)
    return min(marked, next(begun, marked))


def _fold_prefixed(sheet: Sheet) -> None:
    """Fold runs of `>` lines, the blank lines inside them, and the attribution above each."""
    lines, previous = sheet.lines, -1
    for at in marks.quoted(lines[: sheet.end]):
        if previous >= 0 and not any(line.strip() for line in lines[previous + 1 : at]):
            sheet.fold(previous + 1, at, Fold.QUOTE)
        else:
            _fold_attribution(sheet, at)
        end = min(at + 2, sheet.end) if _is_cut_through(lines[at]) else at + 1
        sheet.fold(at, end, Fold.QUOTE)
        previous = at


def _is_cut_through(line: str) -> bool:
    """A quoted line that quoted-printable broke and nobody joined again: its rest stands below without `>`."""
    return line.endswith("=") and len(line) in _CUT_AT


def _unfold_questions(sheet: Sheet) -> None:
    """Two answers or more between quoted lines: each answer keeps the question above it."""
    quotes = sheet.runs()
    ends = [start for start, _ in quotes[1:]] + [len(sheet.lines)]
    answered = [
        (start, stop)
        for (start, stop), following in zip(quotes, ends, strict=False)
        if _has_answer(sheet, stop, following)
    ]
    if len(answered) < 2:
        return
    for start, stop in answered:
        for at in range(start, stop):
            if marks.QUOTED.match(sheet.lines[at]):
                sheet.folds[at] = Fold.NONE


def _has_answer(sheet: Sheet, start: int, stop: int) -> bool:
    return _has_own_words(sheet, start, stop) and not _is_broken_off(sheet, start, stop)


def _is_broken_off(sheet: Sheet, start: int, stop: int) -> bool:
    """A single line between two quoted ones, below a long one without an end, is most likely the rest of it."""
    above = sheet.lines[start - 1].rstrip()
    is_single = stop - start == 1 and stop < len(sheet.lines)
    return is_single and len(above) >= _LONG_QUOTED and above[-1] not in ".?!:。？！؟"


def _has_own_words(sheet: Sheet, start: int, stop: int) -> bool:
    for at in range(start, stop):
        line = sheet.lines[at]
        if closing_marks.SIGNATURE.match(line) or marks.FOOTER_RULE.match(line):
            return False
        if not sheet.folds[at] and _WORD.search(line):
            return True
    return False


def _unfold_answers_inside(sheet: Sheet, known: Known) -> None:
    """Show what somebody wrote into a quote, at the depth of the quote: the ticket holds the lines around it."""
    for start, stop in sheet.runs():
        if known.holds_most(sheet.lines[start:stop]):
            _unfold_news(sheet, start, stop, known)


def _unfold_news(sheet: Sheet, start: int, stop: int, known: Known) -> None:
    """Go down a quote: below a line the ticket holds, at the same depth, what it does not hold is news."""
    held: set[int] = set()
    quote = sheet.lines[start:stop]
    shares, covered = known.shares(quote), known.covers_below_news(quote)
    for at, share, is_covered in zip(range(start, stop), shares, covered, strict=True):
        words, depth = _PREFIX.sub("", sheet.lines[at], count=1), _depth(sheet.lines[at])
        if is_covered:
            held.add(depth)
        elif _is_quote_mark(words):
            # Here a letter begins that the ticket may not hold at all.
            held = {each for each in held if each < depth}
        elif _WORD.search(words) and (share >= _MOSTLY or depth in held):
            sheet.folds[at] = Fold.NONE


def _depth(line: str) -> int:
    match = _PREFIX.match(line)
    return match[1].count(">") + match[1].count("＞") if match else 0


def _is_quote_mark(words: str) -> bool:
    return bool(
        marks.may_end_attribution(words)
        or marks.header_label(words)
        or marks.starts_attribution(words)
        or marks.is_original_mark(words)
    )


def _fold_attribution(sheet: Sheet, quote: int) -> None:
    last = _word_above(sheet.lines, quote)
    if last < 0 or sheet.folds[last]:
        return
    first = _attribution_start(sheet, last)
    if first >= 0:
        sheet.fold(first, quote, Fold.QUOTE)


def _word_above(lines: list[str], at: int) -> int:
    """The nearest line above that is not blank, if it is near."""
    return next((above for above in range(at - 1, max(at - 6, -1), -1) if lines[above].strip()), -1)


def _attribution_start(sheet: Sheet, last: int) -> int:
    """Return where the attribution that ends on `last` begins, -1 when it is none."""
    lines = sheet.lines
    if sheet.marks[last] == Mark.ATTRIBUTION:
        return _marked_start(sheet, last)
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


def _marked_start(sheet: Sheet, last: int) -> int:
    first = last
    while first > 0 and sheet.marks[first - 1] == Mark.ATTRIBUTION and sheet.lines[first - 1].strip():
        first -= 1
    words = " ".join(sheet.lines[first : last + 1])
    is_one = last - first < _LOOK_BACK and (
        marks.may_end_attribution(words) or marks.names_day_or_address(words)
    )
    return first if is_one else -1


def _fold_tail(sheet: Sheet, telling: list[int], known: Known, is_news: bool) -> None:
    """Fold what an unprefixed quote leaves below its mark, but not what the ticket shows to be new in it."""
    start, body, stop = _tail(sheet, telling)
    if start < 0:
        return
    if not known.holds_most(sheet.lines[body:stop]):
        if not is_news and (_has_own_words(sheet, 0, start) or _has_own_words(sheet, stop, len(sheet.lines))):
            sheet.fold(start, stop, Fold.QUOTE)
        return
    sheet.fold(start, body, Fold.QUOTE)
    covered = known.covers_below_news(sheet.lines[body:stop])
    for at in range(body, stop):
        if covered[at - body] or marks.header_label(sheet.lines[at]):
            sheet.fold(at, at + 1, Fold.QUOTE)


def _tail(sheet: Sheet, telling: list[int]) -> tuple[int, int, int]:
    """Return where an unprefixed quote begins, where its words do and where it ends; -1 when there is none."""
    for at in _beginnings(sheet, telling):
        if sheet.folds[at] or not sheet.lines[at].strip():
            continue
        if sheet.marks[at] == Mark.QUOTE:
            return at, at, _marked_end(sheet, at, Mark.QUOTE)
        body = _after_mark(sheet, at)
        if body:
            return _with_rules_above(sheet.lines, at), body, len(sheet.lines)
    return -1, -1, -1


def _beginnings(sheet: Sheet, telling: list[int]) -> list[int]:
    """Return the lines at which a quote may begin: marked ones, telling ones, and the few an attribution may have."""
    marked = [at for at, mark in enumerate(sheet.marks) if mark] if any(sheet.marks) else []
    ends = [at for at in telling if marks.may_end_attribution(sheet.lines[at])]
    above = {at - back for at in [*ends, *marked] for back in range(_LOOK_BACK)}
    return sorted(at for at in above.union(telling) if 0 <= at < sheet.end)


def _marked_end(sheet: Sheet, at: int, mark: Mark) -> int:
    """Return the line behind the last of a stretch that has this mark; blank lines belong to it."""
    end = at
    while at < len(sheet.lines) and (sheet.marks[at] == mark or not sheet.lines[at].strip()):
        at += 1
        end = at if sheet.lines[at - 1].strip() else end
    return end


def _after_mark(sheet: Sheet, at: int) -> int:
    lines = sheet.lines
    if sheet.marks[at] == Mark.HEADER:
        return _after_marked_header(sheet, at)
    if marks.is_original_mark(lines[at]):
        return _after_header(lines, at + 1) or at + 1
    if marks.header_label(lines[at]):
        return _after_header(lines, at)
    return _after_attribution(sheet, at)


def _after_marked_header(sheet: Sheet, at: int) -> int:
    end = _marked_end(sheet, at, Mark.HEADER)
    return end if 3 <= _labelled(sheet.lines[at:end]) <= _HEADER_LINES else 0


def _after_attribution(sheet: Sheet, at: int) -> int:
    """Return the line after an attribution that begins at `at` and can be trusted without `>` below it."""
    lines = sheet.lines
    if not marks.starts_attribution(lines[at]) and not marks.may_end_attribution(lines[at]):
        return 0
    for last in range(at, min(at + _LOOK_BACK, len(lines))):
        if not lines[last].strip():
            return 0
        if _attribution_start(sheet, last) == at and marks.is_letter_head(" ".join(lines[at : last + 1])):
            return last + 1
    return 0


def _after_header(lines: list[str], at: int) -> int:
    """Return the line after a quoted header of four lines or more that names a sender, 0 when it is none.

    Three are enough with an hour or an address: "Date: Monday, From: Paris, To: London" is written by people.
    """
    labels: list[str] = []
    last = at - 1
    for line_at in range(at, min(at + _HEADER_LINES, len(lines))):
        label = marks.header_label(lines[line_at])
        if label:
            labels.append(label)
            last = line_at
        elif not lines[line_at].strip() and labels and line_at - last > 1:
            break
    if "sender" not in labels or len(labels) < 3:
        return 0
    header = lines[at : last + 1]
    is_whole = _labelled(header) > 3 or any(marks.names_hour_or_address(line) for line in header)
    return last + 1 if is_whole else 0


def _labelled(lines: list[str]) -> int:
    return sum(bool(marks.SOME_LABEL.match(line[: marks.MAX_LINE])) for line in lines)


def _with_rules_above(lines: list[str], at: int) -> int:
    while at > 0 and (not lines[at - 1].strip() or marks.RULE.match(lines[at - 1])):
        at -= 1
    return at


def _fold_known(sheet: Sheet, known: Known) -> None:
    """Fold stretches the ticket holds already, also where no mark says so."""
    if not known:
        return
    run: list[int] = []
    covered = [*known.covers(sheet.lines), False]
    for at, is_covered in enumerate(covered):
        if is_covered or (run and at < len(sheet.lines) and not sheet.lines[at].strip()):
            run.append(at)
            continue
        if run and _is_history(sheet.lines[run[0] : run[-1] + 1], known):
            sheet.fold(run[0], run[-1] + 1, Fold.QUOTE)
        run = []


def _is_history(lines: list[str], known: Known) -> bool:
    words = (word for line in lines for word in words_of(line[: marks.MAX_LINE]))
    return weigh_at_least(words, 2 * RUN) and known.is_most_of_one(lines)


def _fold_list_footer(sheet: Sheet) -> None:
    """Fold what a mailing list adds below a rule: a few lines that end in an address of the web."""
    lines = sheet.lines
    last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), -1)
    for at in range(last, max(last - _FOOTER_LINES, -1), -1):
        if marks.FOOTER_RULE.match(lines[at]):
            if marks.LINK.search(lines[last]) and at > 0:
                sheet.fold(at, len(lines), Fold.SIGNATURE)
            return


def _fold_encoded_files(sheet: Sheet) -> None:
    """Files written into the text the old way are attachments by now."""
    start = -1
    for at, line in enumerate(sheet.lines):
        if start < 0 and line.startswith("begin ") and _UU_BEGIN.match(line):
            start = at
        elif start >= 0 and line.strip() == "end":
            sheet.fold(start, at + 1, Fold.QUOTE)
            start = -1
