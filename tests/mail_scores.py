"""How well a read mail fits what its corpus expects: one true or false per expectation.

Written for our own floors; words are compared, not white space, because every reader lays text out differently.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from harken.channels.contract import Incoming

Expected = dict[str, Any]

ENOUGH = 0.97
FITS = 0.95
LEFT_OVER = 0.05


@dataclass(frozen=True)
class Case:
    """One mail and what must be found in it."""

    name: str
    path: Path
    expected: Expected


def cases(folder: Path) -> Iterator[Case]:
    """Every mail of every corpus; what its own project states goes before what other parsers agree on."""
    for corpus in sorted(path for path in folder.iterdir() if path.is_dir()):
        agreed, own = _lines(corpus / "agree.jsonl"), _lines(corpus / "expect.jsonl")
        for path in sorted(corpus.glob("*.eml")):
            expected = agreed.get(path.stem, {}) | own.get(path.stem, {})
            yield Case(f"{corpus.name}/{path.stem}", path, expected)


def judge(expected: Expected, letter: Incoming) -> dict[str, bool]:
    """Say for each thing expected whether the letter has it."""
    found: dict[str, bool] = {}
    if expected.get("subject"):
        found["subject"] = _same(expected["subject"], letter.subject)
    if expected.get("from"):
        found["from"] = expected["from"].strip("<> ").casefold() == letter.sender.email.casefold()
    wanted = _wanted_text(expected)
    if len(_words(wanted)) > 1:
        no_damage = letter.text.count("\ufffd") <= wanted.count("\ufffd")
        found["text"] = no_damage and _share(wanted, letter.text) >= ENOUGH
    named = [file for file in expected.get("attachments") or [] if file.get("name")]
    if expected.get("attachments"):
        found["attachments"] = all(_is_there(file, letter) for file in named)
    return found | _judge_sender(expected, letter) | _judge_visible(expected, letter.visible_text)


def _judge_sender(expected: Expected, letter: Incoming) -> dict[str, bool]:
    found = {}
    if expected.get("bounce"):
        found["bounce"] = letter.bounce
    if expected.get("auto_reply"):
        found["automatic"] = letter.auto_reply
    if expected.get("bounce") is False and expected.get("auto_reply") is False:
        found["person"] = not letter.bounce and not letter.auto_reply
    return found


def _judge_visible(expected: Expected, visible: str) -> dict[str, bool]:
    if expected.get("visible") is None:
        return {}
    own = expected["visible"]
    found = {"kept": _share(own, visible) >= FITS, "exact": _likeness(own, visible) >= FITS}
    shown_by_right = set(_said(own))
    history = [line for line in _said(expected.get("elided") or "") if len(line.split()) > 3]
    history = [line for line in history if line not in shown_by_right]
    if history:
        left = set(_said(visible))
        found["folded"] = sum(line in left for line in history) / len(history) < LEFT_OVER
    return found


def _wanted_text(expected: Expected) -> str:
    if expected.get("text"):
        return str(expected["text"])
    if expected.get("html"):
        return f"{_without_markup(expected['html'])}\n{expected.get('text_plus') or ''}"
    return ""


def _is_there(file: dict[str, Any], letter: Incoming) -> bool:
    return any(
        _same(file["name"], one.declared_name or one.name) and file.get("size") in {None, len(one.content)}
        for one in letter.files
    )


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if letter.isprintable() and not letter.isspace())


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[^\W_]+", folded)


def _share(wanted: str, found: str) -> float:
    """Which part of the wanted words is there."""
    words, there = Counter(_words(wanted)), Counter(_words(found))
    return (words & there).total() / words.total() if words else 1.0


def _likeness(one: str, other: str) -> float:
    forth, back = _share(one, other), _share(other, one)
    if not _words(one):
        return float(not _words(other))
    return 2 * forth * back / (forth + back) if forth + back else 0.0


def _said(text: str) -> list[str]:
    return [" ".join(_words(line)) for line in text.splitlines()]


def _lines(path: Path) -> dict[str, Expected]:
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["id"]: row for row in rows}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in {"script", "style", "title"}
        self.pieces.append("" if tag in {"b", "i", "a", "span", "font", "em", "strong", "u"} else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "title"}
        self.handle_starttag(
            "span" if tag in {"b", "i", "a", "span", "font", "em", "strong", "u"} else "p", ()
        )

    def handle_data(self, data: str) -> None:
        if self.silent <= 0:
            self.pieces.append(data)


def _without_markup(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces)
