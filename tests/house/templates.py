"""Rules about Jinja templates: whom they include, what stays untranslated, what the page's policy forbids."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from tests.house.floors import Floors

_JINJA = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
_WORD = re.compile(r"[^\W\d_]{2,}")
# Names that are the same in every language, those of the people in our pictures too.
_SAME_EVERYWHERE = {"Harken", "IMAP", "SMTP", "STARTTLS", "TLS", "API", "Rosa", "Lind", "Olga"}
# Blocks of a frame that stand inside a tag: what fills them are classes and attributes.
_INSIDE_TAGS = {"bodyclass", "doorclass", "root"}
_SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title"}
_NOT_SPOKEN = {"code", "kbd", "script", "style", "pre", "samp"}


@dataclass(frozen=True)
class Template:
    path: Path
    house: Path

    @property
    def place(self) -> str:
        return self.path.relative_to(self.house).as_posix()

    @property
    def room(self) -> str:
        return self.path.relative_to(self.house).parts[0]

    @property
    def tree(self) -> nodes.Template:
        return _JINJA.parse(self.path.read_text(encoding="utf-8"), filename=str(self.path))


def templates(house: Path) -> list[Template]:
    return [Template(path, house) for path in sorted(house.glob("*/templates/**/*.html"))]


def reaching_up(found: list[Template], floors: Floors) -> list[str]:
    """Templates that extend, include or import one of a room that is not below, or a computed name."""
    return [
        f"{template.place} uses {name or 'a template whose name is computed'}"
        for template in found
        for name in meta.find_referenced_templates(template.tree)
        if name is None or not _may_use(template.room, name.split("/")[0], floors)
    ]


def untranslated(found: list[Template]) -> list[str]:
    """Words that a reader sees or hears and that do not pass through `_("…")`."""
    return [f"{template.place}: {words!r}" for template in found for words in _Reader.read(template).words]


def against_policy(found: list[Template]) -> list[str]:
    """Scripts, styles and handlers inside the page: the content security policy stops them in silence."""
    return [f"{template.place}: {fault}" for template in found for fault in _Reader.read(template).faults]


def _may_use(room: str, other: str, floors: Floors) -> bool:
    return other in floors and floors.may_know(room, other)


class _Reader(HTMLParser):
    """Reads a template's own words; an expression's place is taken by a sign that is no letter."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []

    @classmethod
    def read(cls, template: Template) -> "_Reader":
        reader = cls()
        reader.feed("".join(_own_text(template.tree)))
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _NOT_SPOKEN:
            self._open.append(tag)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"<{tag}> inside the page")
        self.faults += [f"{name}=…" for name in given if name == "style" or name.startswith("on")]
        for name in _SPOKEN_ATTRIBUTES & given.keys():
            self._note(given[name])

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._open:
            self._note(data)

    def _note(self, text: str) -> None:
        if any(word not in _SAME_EVERYWHERE for word in _WORD.findall(text)):
            self.words.append(" ".join(text.split()))


def _own_text(node: nodes.Node) -> list[str]:
    """The template's literal text in order; what is computed becomes a middle dot."""
    if isinstance(node, nodes.TemplateData):
        return [node.data]
    if isinstance(node, nodes.Output):
        return [text for child in node.nodes for text in (_own_text(child) or ["·"])]
    if isinstance(node, nodes.Expr) or (isinstance(node, nodes.Block) and node.name in _INSIDE_TAGS):
        return []
    return [text for child in node.iter_child_nodes() for text in _own_text(child)]
