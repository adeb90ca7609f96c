"""What somebody wrote now, apart from quoted history and signature. Everything folded stays in the text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harken.channels.email.closings import fold_closings
from harken.channels.email.known import Known, words_of
from harken.channels.email.quotes import fold_quotes
from harken.channels.email.sheet import Fold, Mark, Sheet

# Nobody reads more lines than that: those beyond stay as they are.
MAX_FOLDED = 20_000
_FORWARD = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|pd|doorst|fs|yml|ilt|пересл|转发|轉寄|転送"
    r"|전달|إعادة توجيه|הועבר)\s*[:：]",
    re.I,
)
_GAP = re.compile(r"\n{3,}")
_ANSWER = re.compile(
    r"\s*(?:re|r|aw|antw?|antwort|sv|odp|od|ynt|res|rif|réf?|vá|va|bls|atb|отв?|відп|ответ|回复|回覆|答复|答覆|返信"
    r"|회신|답장|رد|השב|תשובה|απ|σχετ)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]",
    re.I,
)


@dataclass(frozen=True)
class Folded:
    """The words that stay, and the signature; history is in neither."""

    visible_text: str
    signature: str = ""


def fold(
    text: str,
    known: Sequence[str] | Known = (),
    marked: Iterable[tuple[str, Mark]] = (),
    *,
    is_news: bool = False,
) -> Folded:
    """Fold a plain text; `known` are the ticket's texts, newest first, `marked` the lines of the same in HTML.

    `is_news`: the letter answers nothing or forwards something, so what stands below a header is no history.
    """
    lines = text.split("\n")
    inside, beyond = lines[:MAX_FOLDED], lines[MAX_FOLDED:]
    found = _marks_by_words(marked)
    marks = [found.get(" ".join(words_of(line)), Mark.NONE) for line in inside] if found else ()
    return gathered(fold_lines(inside, known, marks, is_news=is_news), beyond)


def fold_lines(
    lines: list[str], known: Sequence[str] | Known = (), marks: Sequence[Mark] = (), *, is_news: bool = False
) -> Sheet:
    """Return the lines with their folds; `marks` say what the HTML around each line tells of it."""
    sheet = Sheet(lines, marks)
    fold_quotes(sheet, known if isinstance(known, Known) else Known(known), is_news=is_news)
    fold_closings(sheet)
    return sheet


def gathered(sheet: Sheet, beyond: Iterable[str] = ()) -> Folded:
    """Return the lines that stay as one text, and those of the signature as another."""
    own = [line for line, fold in zip(sheet.lines, sheet.folds, strict=True) if not fold]
    closing = [line for line, fold in zip(sheet.lines, sheet.folds, strict=True) if fold == Fold.SIGNATURE]
    return Folded(_joined([*own, *beyond]), _joined(closing))


def brings_news(subject: str, *, is_answer: bool) -> bool:
    """Say whether a letter forwards something, by the first word of its subject, or answers nothing at all.

    `is_answer`: it refers to another letter by its id.
    """
    begin = subject[:40]
    return bool(_FORWARD.match(begin)) or not (is_answer or _ANSWER.match(begin))


def _marks_by_words(marked: Iterable[tuple[str, Mark]]) -> Mapping[str, Mark]:
    """The mark of each line that stands only where it is marked so."""
    found: dict[str, Mark] = {}
    for line, mark in marked:
        words = " ".join(words_of(line))
        found[words] = mark if found.get(words, mark) == mark else Mark.NONE
    return found if any(found.values()) else {}


def _joined(lines: Iterable[str]) -> str:
    return _GAP.sub("\n\n", "\n".join([line.rstrip() for line in lines])).strip("\n")
