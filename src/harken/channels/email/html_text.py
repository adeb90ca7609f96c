"""HTML mail as plain text: headings, lists, tables and links as a person would type them.

A loop over selectolax's tree, because mail is nested deeper than recursion and lxml allow. What
the sender hid (preheaders, `display:none`) is left out; quotes become lines that begin with `> `.
"""

import re
from collections.abc import Callable, Mapping
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
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MAX_LINK = 500
_MAX_QUOTES_SHOWN = 20
RULE = "-" * 10


class Node(Protocol):
    """An element or the words between two: a parser's own, or anything like it."""

    @property
    def tag(self) -> str | None: ...

    @property
    def is_text_node(self) -> bool: ...

    @property
    def is_element_node(self) -> bool: ...

    @property
    def text_content(self) -> str | None: ...

    @property
    def attributes(self) -> Mapping[str, str | None]: ...


def render(html: str) -> str:
    """Return the words of an HTML mail in reading order. Never raises; broken markup costs layout, not words."""
    html, beyond = html[:MAX_HTML], html[MAX_HTML:]
    if not html.strip():
        return ""
    root = LexborHTMLParser(tame(html.replace("\0", ""))).root
    page = Page()
    if root is not None:
        _walk(root, page)
    return (page.text() + "\n" + without_tags(beyond)).strip()


def _walk(root: LexborNode, page: "Page") -> None:
    node: LexborNode | None = root
    while node is not None:
        inside = None if _is_silent(node) else node.first_child
        page.enter(node)
        if inside is not None:
            node = inside
            continue
        page.leave(node)
        while node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return
            page.leave(node)
        node = node.next


def _is_silent(node: Node) -> bool:
    if node.tag in _SILENT:
        return True
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


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

    def enter(self, node: Node) -> None:
        """Write what stands before a node's children, or the words of a text node."""
        if node.is_text_node:
            self._write(node.text_content or "")
        elif node.is_element_node and not _is_silent(node):
            self._open(node.tag or "", node)

    def leave(self, node: Node) -> None:
        """Write what stands after a node's children."""
        tag = node.tag or ""
        if not node.is_element_node or _is_silent(node):
            return
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

    def _open(self, tag: str, node: Node) -> None:
        if tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)
        opening = _OPENINGS.get(tag)
        if opening:
            opening(self, node)

    def _write(self, words: str) -> None:
        words = _FILLERS.sub("", words)
        if self._preformatted:
            first, *others = words.split("\n")
            self._add(first)
            for line in others:
                self._break()
                self._add(line)
            return
        folded = _SPACE.sub(" ", words)
        if folded.startswith(" "):
            self._space = True
        if folded.strip(" "):
            self._add(folded.strip(" "))
            self._space = folded.endswith(" ")

    def _add(self, words: str) -> None:
        if not words:
            return
        if self._space and self._line:
            self._line.append(" ")
        self._space = False
        self._line.append(words)

    def _break(self, blank: bool = False) -> None:
        line = "".join(self._line).rstrip()
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
