"""The stories: what was asked and answered, in plain text files that anybody can write on.

    # The subject
    [customer by=priya ago=75 cc=dan file=list.png]
    What Priya wrote 75 minutes ago.

    [reply]
    What we answered.

    [close]

A turn opens with its kind in brackets and whatever differs from chance: `by` whom, how many minutes `ago`,
`cc`, `file`, `beside` whose request it comes out of, and bare words for what else became of it. `{called}`, `{me}`,
`{company}` and `{number}` are filled in when the story is told.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STORIES = Path(__file__).parent / "stories"

# The others say nothing on a ticket: `draft` keeps its words apart, `close lost aside spam assign` have none.
SPOKEN = ("customer", "reply", "note")
# The mark of a customer's last word, after which nobody waits for anything.
THANKS = "thanks"

_SUBJECT = re.compile(r"^# ", re.M)
_TURN = re.compile(r"^\[([^\]\n]+)\]\n", re.M)


@dataclass(frozen=True)
class Turn:
    """One step of a story; `by` is `""` when chance may decide, `minutes_ago` `None` likewise."""

    kind: str
    text: str = ""
    by: str = ""
    to: str = ""
    minutes_ago: int | None = None
    cc: str = ""
    beside: str = ""
    files: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def is_spoken(self) -> bool:
        return self.kind in SPOKEN


@dataclass(frozen=True)
class Story:
    """One matter from the first letter to its end."""

    subject: str
    turns: tuple[Turn, ...]

    @property
    def asker(self) -> str:
        """Whose story it is; `""` when it may happen to anybody."""
        return self.turns[0].by

    def up_to(self, kind: str) -> "Story":
        """Return the story as it stands while somebody waits: cut after the last turn of this kind, thanks left out."""
        turns = [turn for turn in self.turns if turn.is_spoken and THANKS not in turn.marks]
        ends = [end for end, turn in enumerate(turns, 1) if turn.kind == kind]
        return Story(self.subject, tuple(turns[: ends[-1]]))

    def ending(self, kind: str) -> "Story":
        """Return the story with this end to it."""
        return Story(self.subject, (*self.turns, Turn(kind)))


@cache
def stories(name: str) -> tuple[Story, ...]:
    """Return the stories of one file, in its order."""
    text = (STORIES / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(_story(part) for part in _SUBJECT.split(text)[1:])


def _story(part: str) -> Story:
    subject, _newline, rest = part.partition("\n")
    heads = _TURN.split(rest)[1:]
    return Story(subject.strip(), tuple(_turn(*pair) for pair in zip(heads[::2], heads[1::2], strict=True)))


def _turn(head: str, text: str) -> Turn:
    kind, *words = head.split()
    options = dict(word.split("=", 1) for word in words if "=" in word)
    return Turn(
        kind=kind,
        text=text.strip(),
        by=options.get("by", ""),
        to=options.get("to", ""),
        minutes_ago=int(options["ago"]) if "ago" in options else None,
        cc=options.get("cc", ""),
        beside=options.get("beside", ""),
        files=tuple(options["file"].split(",")) if "file" in options else (),
        marks=frozenset(word for word in words if "=" not in word),
    )
