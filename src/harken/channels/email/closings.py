"""Folding what stands below a letter: signature, device, legal notice. Only what is short and clearly one.

A letter of a single word keeps what stands below it: `Hello` from a telephone says hardly more than that.
"""

from functools import cached_property

from harken.channels.email import closing_marks as marks
from harken.channels.email.device_marks import is_sent_with
from harken.channels.email.known import words_of
from harken.channels.email.sheet import Fold, Mark, Sheet

_FEWEST_OWN_WORDS = 2
_SIGNATURE_LINES = 12
_LINES_SEARCHED = 80
_MAX_MARKED_WORDS = 150
_MAX_NOTICES = 6


def fold_closings(sheet: Sheet) -> None:
    """Fold what closes the words above a quote and those at the end; a banner on top as well."""
    _fold_banner(sheet)
    for start, stop in sheet.closing_stretches():
        _Closing(sheet, start, stop).fold()


def _fold_banner(sheet: Sheet) -> None:
    first = next((at for at in range(sheet.end) if sheet.lines[at].strip()), -1)
    if first < 0 or sheet.folds[first] or not marks.is_banner(sheet.lines[first]):
        return
    stop = next((at for at in range(first, sheet.end) if not sheet.lines[at].strip()), sheet.end)
    if stop - first <= 4 and sheet.has_own_words(stop, sheet.end, _FEWEST_OWN_WORDS):
        sheet.fold(first, stop, Fold.SIGNATURE)


class _Closing:
    """The end of one stretch of own words; `stop` moves up as what stands there is folded."""

    def __init__(self, sheet: Sheet, start: int, stop: int) -> None:
        self.sheet, self.start, self.stop, self.whole = sheet, start, stop, stop
        self.has_ended = False

    def fold(self) -> None:
        """Fold from the end upwards: machines, notices, the sender's own signature."""
        self._fold_marked()
        self._fold_machine_lines()
        self._fold_below_mark()
        self._fold_framed()
        self._fold_machine_lines()
        self._fold_sign_off()
        self._fold_dashed_name()
        self._fold_notices()

    def _take(self, at: int, stop: int | None = None) -> bool:
        """Fold from `at` on, when words of their own are left above."""
        if not self.sheet.has_own_words(0, min(at, self._mark), _FEWEST_OWN_WORDS):
            return False
        self.sheet.fold(at, self.stop if stop is None else stop, Fold.SIGNATURE)
        self.has_ended = True
        if stop is None or stop >= self._trimmed(self.stop):
            self.stop = at
        return True

    @cached_property
    def _mark(self) -> int:
        """Return where `-- ` stands in this stretch, its end when it does not."""
        lines = self.sheet.lines
        return next(
            (at for at in range(self.start, self.whole) if marks.SIGNATURE.match(lines[at])), self.whole
        )

    def _trimmed(self, stop: int) -> int:
        """Return the line behind the last one above `stop` that has something to say."""
        while stop > self.start and not self._says_something(stop - 1):
            stop -= 1
        return stop

    def _says_something(self, at: int) -> bool:
        return self.sheet.is_own(at) and not marks.RULE.match(self.sheet.lines[at])

    def _upwards(self) -> range:
        stop = self._trimmed(self.stop)
        return range(stop - 1, max(stop - _LINES_SEARCHED, self.start) - 1, -1)

    def _fold_marked(self) -> None:
        """Fold what a mail program put into an element of its own for signatures."""
        stop = self._trimmed(self.stop)
        at = stop
        while at > self.start and (
            self.sheet.marks[at - 1] == Mark.SIGNATURE or not self.sheet.is_own(at - 1)
        ):
            at -= 1
        if at < stop and self._is_short(at, stop) and self.sheet.own_words(at, stop) <= _MAX_MARKED_WORDS:
            self._take(at)

    def _is_short(self, at: int, stop: int) -> bool:
        return sum(self.sheet.is_own(each) for each in range(at, stop)) <= _SIGNATURE_LINES + 2

    def _fold_machine_lines(self) -> None:
        """Fold `Sent from my iPhone` and the like, each in a line of its own."""
        for _ in range(3):
            last = self._trimmed(self.stop) - 1
            if last < self.start or not is_sent_with(self.sheet.lines[last]) or not self._take(last):
                return

    def _fold_below_mark(self) -> None:
        """Fold what stands below `-- `, unless it is long: then somebody drew a line in their letter."""
        at, stop = self._mark, self._trimmed(self.stop)
        if at < stop and self._is_short(at + 1, self._above_notices(stop)):
            self._take(at)

    def _fold_framed(self) -> None:
        """Fold a card of contacts below a line drawn by hand, as Japanese letters end; a second line may close it."""
        lines, stop = self.sheet.lines, self._trimmed(self.stop)
        first = max(stop - _SIGNATURE_LINES - 2, self.start)
        at = next((at for at in range(stop - 1, first - 1, -1) if marks.RULE.match(lines[at])), -1)
        if at < 0:
            return
        card = [line for line in lines[at + 1 : stop] if line.strip()]
        is_closed = any(marks.RULE.match(line) for line in lines[stop : self.stop])
        contacts = sum(marks.is_contact(line) for line in card)
        is_card = all(marks.is_contact(line) or marks.is_beside_contacts(line) for line in card)
        if is_card and contacts >= (1 if is_closed else 2):
            self._take(at)

    def _above_notices(self, stop: int) -> int:
        """Return where the legal notices at the end of a stretch begin; `stop` when there are none."""
        for _ in range(_MAX_NOTICES):
            last = self._trimmed(stop)
            first = last
            while first > self.start and self.sheet.lines[first - 1].strip():
                first -= 1
            if first == last or not self._is_notice("\n".join(self.sheet.lines[first:last])):
                break
            stop = first
        return stop

    def _is_notice(self, paragraph: str) -> bool:
        return self._is_end(paragraph) or marks.is_legal(paragraph)

    def _is_end(self, line: str) -> bool:
        return bool(marks.RULE.fullmatch(line)) or is_sent_with(line)

    def _fold_sign_off(self) -> None:
        """Fold `Kind regards` with the name and the few lines of contact below it."""
        for at in self._upwards():
            if self.sheet.folds[at] or not marks.is_sign_off(self.sheet.lines[at]):
                continue
            # Some sign off in two lines.
            at -= at > self.start and marks.is_sign_off(self.sheet.lines[at - 1])
            below = self._signature_end(at + 1)
            rest = self._above_notices(self._trimmed(self.stop))
            if below >= rest or self._is_apart(at, below):
                self._take(at, self.stop if below >= rest else below)
            return

    def _is_apart(self, at: int, below: int) -> bool:
        """Words follow a signature: it is one only with a name, and a blank line below."""
        return below > at + 1 and not self.sheet.is_own(below)

    def _signature_end(self, start: int) -> int:
        """Return the line behind the name and the contacts that begin at `start`."""
        sheet, stop = self.sheet, self._trimmed(self.stop)
        at = next((at for at in range(start, min(start + 3, stop)) if sheet.is_own(at)), stop)
        # Word puts a blank line between any two.
        gap = at - start
        if at >= stop or not marks.is_name(sheet.lines[at]):
            return start
        end, at, count = at + 1, at + 1, 1
        while at < stop and count < _SIGNATURE_LINES:
            line = sheet.lines[at]
            if line.strip() and not (marks.is_contact(line) or marks.is_beside_contacts(line)):
                break
            count += bool(line.strip())
            at += 1
            if marks.is_contact(line) or (end >= at - 1 - gap and marks.is_title(line)):
                end = at
        return end

    def _fold_dashed_name(self) -> None:
        stop = self._trimmed(self.stop)
        above = stop - 2
        is_alone = above > self.start and not self.sheet.lines[above].strip()
        if not is_alone or not marks.is_named_by_dash(self.sheet.lines[stop - 1]):
            return
        before = self._words_above(above)
        if not before.endswith((":", "：")) and not before.lstrip().startswith(("-", "–", "—")):
            self._take(stop - 1)

    def _words_above(self, at: int) -> str:
        return next(
            (self.sheet.lines[a].rstrip() for a in range(at, self.start - 1, -1) if self.sheet.is_own(a)), ""
        )

    def _fold_notices(self) -> None:
        """Fold legal notices below what ended the letter: a signature, or a line drawn under it."""
        stop = self._trimmed(self.stop)
        first = self._above_notices(stop)
        if first == stop or not words_of("\n".join(self.sheet.lines[first:stop])):
            return
        ruled = next((at for at in range(first, stop) if self._is_end(self.sheet.lines[at])), stop)
        at = first if self.has_ended else ruled
        if at < stop:
            self._take(at)
