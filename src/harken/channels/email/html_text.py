"""HTML mail as plain text: headings, lists, tables and links as a person would type them.

A loop over selectolax's tree, because mail is nested deeper than recursion and lxml allow. What
the sender hid (preheaders, `display:none`) is left out; quotes become lines that begin with `> `.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Protocol

from selectolax.lexbor import LexborHTMLParser, LexborNode

from harken.lib.html import tame, without_tags

# Beyond it the words come without layout: the tree costs twenty times what the text does.
MAX_HTML = 1 << 20

_SILENT = {"head", "script", "style", "title", "template", "meta", "link", "object", "iframe", "svg", "math"}
_PARAGRAPHS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "blockquote",
    "pre",
    "table",
    "figure",
}
_LISTS = {"ul", "ol"}
_BLOCKS = _PARAGRAPHS | {
    *(
        "div",
        "li",
        "dt",
        "dd",
        "tr",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
    ),
    *("center", "fieldset", "form", "caption", "thead", "tbody", "tfoot", "figcaption", "details", "summary"),
}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.I,
)
# Zero-width fillers that newsletters put behind a preheader.
_FILLERS = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]+")
_BLANK = " \t\r\n\f"
# A single space stays as it is.
_SPACE = re.compile(rf"[{_BLANK}]{{2,}}|[\t\r\n\f]")
_WORD = re.compile(r"\w")
_TEXT = "-text"
_MAX_LINK = 500
_MAX_QUOTES_SHOWN = 20
RULE = "-" * 10


class Node(Protocol):
    """An element: a parser's own, or anything like it."""

    @property
    def tag(self) -> str | None: ...

    @property
    def attributes(self) -> Mapping[str, str | None]: ...


def render(html: str) -> str:
    """Return the words of an HTML mail in reading order. Never raises; broken markup costs layout, not words."""
    return Rendering(html).text


class Rendering:
    """An HTML mail read as far as somebody asks: one that says the same in plain text is hardly read at all."""

    def __init__(self, html: str) -> None:
        self._html = html if html[:MAX_HTML].strip() else ""

    @cached_property
    def has_words(self) -> bool:
        """Whether there is any word in the text; no further than its line is walked, and no tree is kept."""
        page = Page()
        if any(page.lines and _WORD.search(page.lines[-1]) for _ in _walk(self._html, page)):
            return True
        self.text = self._text_of(page)
        return bool(_WORD.search(self.text))

    @cached_property
    def text(self) -> str:
        """The words in reading order."""
        page = Page()
        for _ in _walk(self._html, page):
            pass
        return self._text_of(page)

    def _text_of(self, page: "Page") -> str:
        return (page.text() + "\n" + without_tags(self._html[MAX_HTML:])).strip()


def _walk(html: str, page: "Page") -> Iterator[None]:
    """Write an HTML mail on a page; a step for each element and each run of words."""
    if not html:
        return
    node: LexborNode | None = LexborHTMLParser(tame(html[:MAX_HTML].replace("\0", ""))).root
    around: list[tuple[LexborNode, str]] = []
    while node is not None:
        tag = node.tag or ""
        if tag == _TEXT:
            page.write(node.text_content or "")
            following = node.next
        elif node.is_element_node and not is_silent(node):
            page.open(tag, node)
            around.append((node, tag))
            following = node.first_child
        else:
            following = node.next
        while following is None and around:
            parent, tag = around.pop()
            page.close(tag)
            following = parent.next
        node = following
        yield


def is_silent(node: Node) -> bool:
    """Say whether an element is not meant to be read."""
    if node.tag in _SILENT:
        return True
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))
    )


class Page:
    """The lines written so far and the one being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._space = False
        self._blank = False
        self._marker = ""
        self._quotes = 0
        self._depth_before = 0
        self._preformatted = 0
        self._lists: list[int] = []
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        """Return what was written."""
        self._break()
        return "\n".join(self.lines).strip("\n")

    def open(self, tag: str, node: Node) -> None:
        """Write what stands before an element's children."""
        if tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)
        opening = _OPENINGS.get(tag)
        if opening:
            opening(self, node)

    def close(self, tag: str) -> None:
        """Write what stands after an element's children."""
        if tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self._quotes -= 1
        elif tag in _LISTS:
            self._lists.pop()
        elif tag == "pre":
            self._preformatted -= 1
        elif tag == "a":
            self._close_link()

    def write(self, words: str) -> None:
        """Write words between two tags."""
        if not words.isascii():
            words = _FILLERS.sub("", words)
        if self._preformatted:
            first, *others = words.split("\n")
            self._add(first)
            for line in others:
                self._break()
                self._add(line)
            return
        bare = words.strip(_BLANK)
        self._space = self._space or words[:1] != bare[:1]
        if bare:
            self._add(_SPACE.sub(" ", bare))
            self._space = words[-1] != bare[-1]

    def _add(self, words: str) -> None:
        if not words:
            return
        if self._space and self._line:
            self._line.append(" ")
        self._space = False
        self._line.append(words)

    def _break(self, blank: bool = False) -> None:
        line = "".join(self._line).rstrip() if self._line else ""
        if line:
            self._put(self._marker + line)
            self._marker = ""
        self._line, self._space = [], False
        self._blank = self._blank or blank

    def _put(self, line: str) -> None:
        depth = min(self._quotes, _MAX_QUOTES_SHOWN)
        if self._blank and self.lines:
            self.lines.append(">" * min(depth, self._depth_before))
        self._blank, self._depth_before = False, depth
        self.lines.append(f"{'>' * depth} {line}" if depth else line)

    def _new_line(self, _: Node) -> None:
        self._break(blank=not self._line)

    def _rule(self, _: Node) -> None:
        self._break()
        self._put(RULE)

    def _cell(self, _: Node) -> None:
        if self._line:
            self._add("\t")

    def _quote(self, _: Node) -> None:
        self._quotes += 1

    def _preformat(self, _: Node) -> None:
        self._preformatted += 1

    def _list(self, node: Node) -> None:
        self._lists.append(0 if node.tag == "ol" else -1)

    def _item(self, _: Node) -> None:
        indent = "  " * (min(len(self._lists), 10) - 1)
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._marker = f"{indent}{self._lists[-1]}. "
        else:
            self._marker = f"{indent}• "

    def _picture(self, node: Node) -> None:
        alternative = " ".join((node.attributes.get("alt") or "").split())
        if alternative:
            self._add(f"[{alternative}]")

    def _link(self, node: Node) -> None:
        self._links.append(((node.attributes.get("href") or "").strip(), len(self._line)))

    def _close_link(self) -> None:
        href, start = self._links.pop() if self._links else ("", 0)
        words = "".join(self._line[start:]).strip()
        address = re.sub(r"^(?:https?://(?:www\.)?|mailto:)", "", href, flags=re.I).rstrip("/")
        shown = (
            not words or address.lower() in words.lower() or ("@" in words and href[:7].lower() == "mailto:")
        )
        if not shown and address != href and len(href) <= _MAX_LINK:
            self._space = True
            self._add(f"<{href.removeprefix('mailto:')}>")


_OPENINGS: dict[str, Callable[[Page, Node], None]] = {
    "br": Page._new_line,
    "hr": lambda page, node: page._rule(node),
    "td": Page._cell,
    "th": Page._cell,
    "blockquote": Page._quote,
    "pre": Page._preformat,
    "ul": Page._list,
    "ol": Page._list,
    "li": Page._item,
    "img": lambda page, node: page._picture(node),
    "a": Page._link,
}
