"""An import from start to end: look every source through, then take the letters in, the oldest first."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from harken.channels.email.errors import MessageRefused
from harken.channels.history.sources import Entry, Source
from harken.channels.history.take import Archive, take_past
from harken.channels.history.threads import Threads
from harken.channels.models import Arrival
from harken.workspaces import wall

State = Arrival.State


@dataclass(frozen=True)
class HeldLetter:
    """A letter that waits for a person: where it lay, and why."""

    place: str
    reason: str


@dataclass
class Report:
    """What an import did: letters by what became of them, and those a person should look at."""

    known: int = 0
    gone: int = 0
    states: Counter[str] = field(default_factory=Counter)
    held: list[HeldLetter] = field(default_factory=list)
    refused: list[HeldLetter] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        return self.known + self.gone + self.states.total() + len(self.refused)

    def note(self, entry: Entry, arrival: Arrival | None) -> None:
        if arrival is None:
            self.known += 1
            return
        self.states[arrival.state] += 1
        if arrival.state == State.HELD:
            self.held.append(HeldLetter(entry.place, arrival.reason))


Progress = Callable[[Sequence[Entry]], Iterable[Entry]]


def import_past(archive: Archive, sources: Sequence[Source], progress: Progress = iter) -> Report:
    """Take in every letter of the sources and say what became of them; may be broken off and run again.

    `progress` is handed the letters in the order they are taken and yields them. Raises NotReadable,
    MailServerProblem, OSError (a full disk): what was taken in until then stays.
    """
    threads = Threads()
    entries = sorted(_looked_through(sources, threads), key=lambda each: each.at)
    report = Report()
    with wall.inside(archive.workspace.pk):
        for entry in progress(entries):
            _take(archive, entry, threads, report)
    return report


def _looked_through(sources: Sequence[Source], threads: Threads) -> Iterator[Entry]:
    for entry in (each for source in sources for each in source.entries()):
        threads.add(entry.ids)
        # One id leads to the conversation; all ids of a hundred thousand letters would fill the memory.
        yield replace(entry, ids=entry.ids[:1])


def _take(archive: Archive, entry: Entry, threads: Threads, report: Report) -> None:
    try:
        raw = entry.read()
    except MessageRefused as refusal:
        report.refused.append(HeldLetter(entry.place, str(refusal.sentence)))
        return
    if raw is None:
        report.gone += 1
        return
    report.note(
        entry,
        take_past(archive, raw, entry.at, place=entry.place, relatives=threads.relatives_of(entry.ids)),
    )
