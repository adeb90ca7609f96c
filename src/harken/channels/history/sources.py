"""Where old letters lie: mbox files and Maildirs. Each is looked through once and read again letter by letter."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from harken.channels.history.heads import LONGEST_HEAD, Head, head_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """One letter of a source: `place` names it for people, `key` finds it again; `at` is when it came."""

    source: "Source"
    place: str
    key: tuple[int, int] | str | int
    ids: tuple[str, ...]
    at: datetime

    def read(self) -> bytes | None:
        """Return the letter as it came, `None` when it is gone meanwhile. Raises OSError or MailServerProblem."""
        return self.source.read(self)


class Source(Protocol):
    """A store of letters that is only ever read."""

    def entries(self) -> Iterator[Entry]:
        """Yield every letter, in the order it lies there. Raises NotReadable or MailServerProblem."""

    def read(self, entry: Entry) -> bytes | None:
        """Return the bytes of one of them."""


class NotReadable(Exception):
    """A file or folder is not what it was said to be; the argument says so in a sentence."""


def entry_of(source: Source, place: str, key: tuple[int, int] | str | int, head: Head, at: datetime) -> Entry:
    """An entry dated by its own header, else by `at`, what its source says."""
    sent_at = head.sent_at
    is_possible = sent_at is not None and sent_at < datetime.now(UTC) + ONE_DAY
    return Entry(source, place, key, head.ids, sent_at if sent_at and is_possible else at)


# "From " begins a letter only after a blank line and before a header field: people write that word too.
_START = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n)|(?<=\n\r\n))From [^\n]*\n(?=>?[!-9;-~]+[ \t]*:|>From |\r?\n)"
)
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")


class Mbox:
    """A file of letters, each behind a line that begins with `From ` (RFC 4155; `>From ` is unquoted)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> Iterator[Entry]:
        with self._path.open("rb") as file:
            if not self._path.stat().st_size:
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield from self._entries(content)

    def read(self, entry: Entry) -> bytes | None:
        assert isinstance(entry.key, tuple)
        start, end = entry.key
        with self._path.open("rb") as file:
            file.seek(start)
            return _QUOTED_FROM.sub(rb"\1", file.read(end - start))

    def _entries(self, content: mmap.mmap) -> Iterator[Entry]:
        starts = [(found.start(), found.end()) for found in _START.finditer(content)]
        if not starts or starts[0][0] != 0:
            raise NotReadable(f"{self._path} is no mbox file: it does not begin with a line “From …”.")
        written_at = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        ends = [start for start, _ in starts[1:]] + [len(content)]
        for number, ((_, start), end) in enumerate(zip(starts, ends, strict=True), 1):
            head = head_of(content[start : min(end, start + LONGEST_HEAD)])
            place = f"{self._path.name}, letter {number}"
            yield entry_of(self, place, (start, _without_blank_line(content, end)), head, written_at)


class Maildir:
    """A folder of files, one letter each, in `cur` and `new`; folders inside it are taken along."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self) -> Iterator[Entry]:
        if not (self._path / "cur").is_dir():
            raise NotReadable(f"{self._path} is no Maildir: there is no folder “cur” in it.")
        for folder in sorted(each for each in self._path.rglob("*") if each.is_dir()):
            if folder.name in ("cur", "new"):
                for path in sorted(each for each in folder.iterdir() if each.is_file()):
                    yield self._entry(path)

    def read(self, entry: Entry) -> bytes | None:
        assert isinstance(entry.key, str)
        path = Path(entry.key)
        # A mail program may have marked it meanwhile, and the mark is a part of the name.
        named = path if path.exists() else next(_renamed(path), None)
        return named.read_bytes() if named else None

    def _entry(self, path: Path) -> Entry:
        with path.open("rb") as file:
            head = head_of(file.read(LONGEST_HEAD))
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return entry_of(self, str(path.relative_to(self._path)), str(path), head, written_at)


def _renamed(path: Path) -> Iterator[Path]:
    unique = path.name.partition(":2,")[0]
    for folder in (path.parent.parent / "cur", path.parent.parent / "new"):
        yield from (each for each in folder.iterdir() if each.name.partition(":2,")[0] == unique)


def _without_blank_line(content: mmap.mmap, end: int) -> int:
    """The blank line before the next `From ` belongs to the file, not to the letter."""
    if content[end - 2 : end] == b"\n\n":
        return end - 1
    return end - 2 if content[end - 4 : end] == b"\r\n\r\n" else end
