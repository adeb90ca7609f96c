"""Folding in HTML as in plain text: the same lines fold, and the elements and words they came from are marked.

Works on what `lib.html.sanitise` made, tag by tag: nothing is parsed anew, and nothing but fixed attributes and
spans are put in. Everything stays in the letter; `data-fold` tells the page what to hide until somebody asks.
"""

import html as entities
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from harken.channels.email import html_marks
from harken.channels.email.folding import Folded, fold, fold_lines, gathered
from harken.channels.email.html_text import Node, Page, is_silent
from harken.channels.email.known import Known, words_of
from harken.channels.email.sheet import Fold, Mark, Sheet
from harken.lib.html import MARK, without_marks

# A letter with more in it is shown whole: the walk takes a second for thirty thousand tags.
MAX_HTML = 1 << 20
MAX_TAGS = 50_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_VOID = {"br", "hr", "img", "col", "wbr"}
_LEAVES = {"img", "hr"}
_PICTURE = "\ufffc"


@dataclass(frozen=True)
class FoldedLetter:
    """The words of a letter that stay, its signature, and its HTML with both kinds of folds marked."""

    visible_text: str
    signature: str
    html: str


def fold_letter(text: str, html: str, known: Sequence[str] = (), *, is_news: bool = False) -> FoldedLetter:
    """Fold a letter in both its forms. `html` is sanitised, with its marks, or `""`.

    Where the HTML says the same words as the text, the text folds as the HTML does.
    """
    if not html or len(html) > MAX_HTML or html.count("<") > MAX_TAGS:
        plain = fold(text, known, is_news=is_news)
        return FoldedLetter(plain.visible_text, plain.signature, without_marks(html))
    letter, held = _Letter(html), Known(known)
    sheet = fold_lines(letter.lines, held, letter.marks, is_news=is_news)
    folded = _folded_alike(text, sheet)
    if folded is None:
        marked = zip(letter.lines, letter.marks, strict=True) if any(letter.marks) else ()
        folded = fold(text, held, marked, is_news=is_news)
    return FoldedLetter(folded.visible_text, folded.signature, letter.folded(sheet))


def _folded_alike(text: str, sheet: Sheet) -> Folded | None:
    """Fold the lines of a text as the same words fold on a sheet; `None` when it says something else."""
    if words_of("\n".join(sheet.lines)) != words_of(text):
        return None
    if not any(sheet.folds):
        return gathered(Sheet(text.split("\n")))
    said = [words_of(line) for line in sheet.lines]
    plain = Sheet(text.split("\n"))
    folds = iter([fold_ for fold_, words in zip(sheet.folds, said, strict=True) for _ in words])
    silent = _silent(sheet)
    for at, line in enumerate(plain.lines):
        here = {next(folds) for _ in words_of(line)} or {silent.get(_bare(line), Fold.NONE)}
        plain.folds[at] = here.pop() if len(here) == 1 else Fold.NONE
    return gathered(plain)


def _silent(sheet: Sheet) -> dict[str, Fold]:
    """How lines without a word fold, where all that look the same fold alike: rules and the mark of a signature."""
    found: dict[str, Fold] = {}
    for line, fold_ in zip(sheet.lines, sheet.folds, strict=True):
        if not words_of(line):
            bare = _bare(line)
            found[bare] = fold_ if found.get(bare, fold_) == fold_ else Fold.NONE
    return found


def _bare(line: str) -> str:
    return line.replace(_PICTURE, "").strip()


@dataclass(slots=True)
class _Node:
    """A tag, or the words between two; `leaf` numbers what a line can come from."""

    tag: str
    source: str
    words: str = ""
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    closes: bool = False
    leaf: int = -1
    fold: Fold | None = None

    def shown(self, fold: Fold) -> str:
        """Return the source with its fold written in."""
        if not fold or not self.source.strip():
            return self.source
        if not self.tag:
            return f'<span data-fold="{fold}">{self.source}</span>'
        return f'{self.source[:-1]} data-fold="{fold}">'


class _TracedPage(Page):
    """A page that knows of each line which leaves it came from."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[list[int]] = []
        self.leaf = -1
        self._from: list[int] = []

    def _add(self, words: str) -> None:
        if words and self.leaf >= 0:
            self._from.append(self.leaf)
        super()._add(words)

    def _put(self, line: str) -> None:
        before = len(self.lines)
        super()._put(line)
        self.sources += [[] for _ in range(len(self.lines) - before - 1)] + [self._from]
        self._from = []

    def _picture(self, node: Node) -> None:
        self._add(f"[{node.attributes['alt']}]" if (node.attributes.get("alt") or "").strip() else _PICTURE)

    def _rule(self, node: Node) -> None:
        self._break()
        self._from = [self.leaf]
        super()._rule(node)


class _Letter:
    """Sanitised HTML as nodes in order, and the lines a reader sees of it."""

    def __init__(self, html: str) -> None:
        self.nodes = list(_nodes(html))
        self._page = _TracedPage()
        self._leaf_marks: list[Mark] = []
        self._open: list[Mark] = []
        self._before_quote = False
        for node in self.nodes:
            self._walk(node)
        self._page.text()
        self.lines = self._page.lines
        self.marks = (
            [self._mark_of(sources) for sources in self._page.sources] if any(self._leaf_marks) else []
        )

    def folded(self, sheet: Sheet) -> str:
        """Return the HTML with the folds of its lines; without any where nothing would stay."""
        leaves = self._leaf_folds(sheet) if any(sheet.folds) else {}
        if all(leaves.values()):
            return "".join(node.source for node in self.nodes)
        for node in self.nodes:
            node.fold = leaves.get(node.leaf, Fold.NONE) if node.leaf >= 0 else None
        _inherit(self.nodes)
        _gather(self.nodes)
        return "".join(_written(self.nodes))

    def _walk(self, node: _Node) -> None:
        if node.closes:
            self._page.close(node.tag)
            if self._open:
                self._open.pop()
        elif not node.tag:
            self._note_leaf(node)
            self._page.write(node.words)
        else:
            self._enter(node)

    def _enter(self, node: _Node) -> None:
        if node.tag in _LEAVES:
            self._note_leaf(node)
        if not is_silent(node):
            self._page.open(node.tag, node)
        if node.tag not in _VOID:
            self._enter_mark(node)

    def _note_leaf(self, node: _Node) -> None:
        self._page.leaf = -1
        if node.tag or node.words.strip():
            node.leaf = self._page.leaf = len(self._leaf_marks)
            self._leaf_marks.append(self._current())

    def _current(self) -> Mark:
        mark = self._open[-1] if self._open else Mark.NONE
        return Mark.NONE if mark == Mark.ATTRIBUTION and not self._before_quote else mark

    def _enter_mark(self, node: _Node) -> None:
        own = Mark(node.attributes.get(MARK) or "")
        if not own and node.tag == "div" and html_marks.is_ruled(node.attributes.get("style") or ""):
            own = Mark.HEADER
        if node.tag == "blockquote":
            # Behind a quote inside the same element stand answers.
            self._before_quote = False
        elif own == Mark.ATTRIBUTION:
            self._before_quote = True
        self._open.append(own or (self._open[-1] if self._open else Mark.NONE))

    def _mark_of(self, sources: list[int]) -> Mark:
        marks = {self._leaf_marks[leaf] for leaf in sources}
        return marks.pop() if len(marks) == 1 else Mark.NONE

    def _leaf_folds(self, sheet: Sheet) -> dict[int, Fold]:
        folds: dict[int, Fold] = {}
        for sources, fold_ in zip(self._page.sources, sheet.folds, strict=True):
            for leaf in sources:
                folds[leaf] = fold_ if folds.get(leaf, fold_) == fold_ else Fold.NONE
        return folds


def _nodes(html: str) -> Iterator[_Node]:
    """Return words and tags by turns; words are left out where there are none."""
    # The same few stand in a letter hundreds of times.
    attributes_of = cache(_attributes)
    words, *rest = _TAG.split(html)
    if words:
        yield _text(words)
    for closing, tag, written, words in zip(*[iter(rest)] * 4, strict=True):
        source = without_marks(f"<{closing}{tag}{written}>")
        yield _Node(tag, source, "", attributes_of(written), bool(closing))
        if words:
            yield _text(words)


def _text(source: str) -> _Node:
    return _Node("", source, entities.unescape(source))


def _attributes(written: str) -> Mapping[str, str | None]:
    return {name: entities.unescape(value) for name, value in _ATTRIBUTE.findall(written)}


def _inherit(nodes: list[_Node]) -> None:
    """What has no words of its own (a line break, an empty paragraph) folds between two leaves that fold."""
    following: list[Fold | None] = []
    after: Fold | None = None
    for node in reversed(nodes):
        following.append(after)
        after = node.fold if node.fold is not None else after
    before: Fold | None = None
    for node, next_fold in zip(nodes, reversed(following), strict=True):
        if node.fold is not None:
            before = node.fold
        elif before and next_fold != Fold.NONE:
            node.fold = next_fold or before


def _gather(nodes: list[_Node]) -> None:
    """An element folds when all of its leaves fold alike."""
    open_elements: list[tuple[_Node, set[Fold]]] = []
    for node in nodes:
        if node.leaf >= 0 and open_elements:
            open_elements[-1][1].add(node.fold or Fold.NONE)
        elif node.closes and open_elements:
            element, folds = open_elements.pop()
            if folds:
                element.fold = next(iter(folds)) if len(folds) == 1 else Fold.NONE
            if open_elements:
                open_elements[-1][1].update(folds)
        elif node.tag and node.tag not in _VOID and not node.closes:
            open_elements.append((node, set()))


def _written(nodes: list[_Node]) -> list[str]:
    written: list[str] = []
    inside = 0
    for node in nodes:
        is_element = bool(node.tag) and node.tag not in _VOID
        if node.closes:
            inside -= inside > 0
            written.append(node.source)
            continue
        written.append(node.source if inside else node.shown(node.fold or Fold.NONE))
        if is_element and (inside or node.fold):
            inside += 1
    return written
