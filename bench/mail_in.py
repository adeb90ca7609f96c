"""Letters of 12 KB until each is settled and survives a power cut, beside django-helpdesk on the same server.

Both acknowledge new tickets as they do out of the box: the other one sends before it takes the next letter, ours is
queued with the ticket and sent by whoever sends.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from bench.figures import RUNS, Figure, Figures, Scale, percentile
from bench.helpdesk import Helpdesk
from bench.letters import letters_in, write_letters
from harken.channels.email.read import read
from harken.config.database import open_database
from harken.config.database.cluster import Cluster
from harken.config.environment import read_environment
from tests.servers.ports import free_port

LETTERS = {"small": 400, "medium": 2_000, "large": 20_000}
# The other one is slower by so much that fewer of the same letters tell as much.
SHARE_OF_THE_OTHER = 10
CORPORA = Path(__file__).parents[2] / "shared" / "mail"
PYTHON = [sys.executable, "-P", "-m"]


class Took(NamedTuple):
    """What the processes of one run told: letters a second, and of ours the processor time of each and the memory."""

    rate: float
    cpu_ms: float
    memory: list[float]


def measure(scale: Scale) -> Figures:
    with _installation() as bench:
        # By turns, so that whatever else the machine does falls on all of them.
        runs = [
            (bench.ours(LETTERS[scale], 1), bench.ours(LETTERS[scale], 2), bench.other(LETTERS[scale]))
            for _ in range(RUNS)
        ]
    one, two, other = zip(*runs, strict=True)
    longest = max(one, key=lambda took: took.rate).memory
    against = f"{LETTERS[scale]} letters of 12 KB, half with HTML, every fifth an answer"
    return {
        "one_process": Figure.of([took.rate for took in one], "/s", against),
        "two_processes": Figure.of([took.rate for took in two], "/s", "G5: at least 1.7 times one process"),
        "django_helpdesk": Figure.of(
            [took.rate for took in other], "/s", "the same letters, the same PostgreSQL"
        ),
        "times_django_helpdesk": Figure.of(_ratios(one, other), "x", "G6: at least 10, one process each"),
        "two_times_django_helpdesk": Figure.of(_ratios(two, other), "x", "two processes of ours"),
        "cpu_per_letter": Figure.of([took.cpu_ms for took in one], "ms", "Python alone"),
        "memory_start": Figure.of(longest[:1], "MB", "resident, after the first letters"),
        "memory_middle": Figure.of(longest[1:2], "MB", "resident"),
        "memory_end": Figure.of(longest[2:], "MB", "flat: as at the start"),
        **_reading(scale),
    }


def _ratios(ours: tuple[Took, ...], other: tuple[Took, ...]) -> list[float]:
    return [mine.rate / theirs.rate for mine, theirs in zip(ours, other, strict=True)]


def _reading(scale: Scale) -> Figures:
    """How long a letter is understood: of the test mails of other projects where they are, else of our own."""
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as folder:
        if CORPORA.is_dir():
            letters, whose = (
                [path.read_bytes() for path in sorted(CORPORA.rglob("*.eml"))],
                "of other projects",
            )
        else:
            letters, whose = letters_in(write_letters(Path(folder) / "letters", LETTERS[scale])), "of our own"
    spans = [_milliseconds(letter) for letter in letters]
    against = f"{len(letters)} mails {whose}"
    return {
        "parse_p95": Figure.of([percentile(spans, 0.95)], "ms", against),
        "parse_slowest": Figure.of([max(spans)], "ms", against),
    }


def _milliseconds(letter: bytes) -> float:
    begun = time.process_time()
    read(letter)
    return (time.process_time() - begun) * 1000


class _Bench:
    """Both installations, and letters that each takes in for the first time."""

    def __init__(self, folder: Path, environment: dict[str, str], helpdesk: Helpdesk) -> None:
        self._folder, self._environment, self._helpdesk = folder, environment, helpdesk
        self._numbers = count()

    def ours(self, letters: int, processes: int) -> Took:
        folders = [self._letters(letters // processes) for _ in range(processes)]
        return _run([self._taker(folder) for folder in folders])

    def other(self, letters: int) -> Took:
        return _run([self._helpdesk.takes(self._letters(letters // SHARE_OF_THE_OTHER))])

    def _letters(self, letters: int) -> Path:
        return write_letters(self._folder / f"letters-{next(self._numbers)}", letters)

    def _taker(self, letters: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "bench.inside", "bench.harken_takes", str(letters)]
        return subprocess.Popen(
            command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )


@contextmanager
def _installation() -> Iterator[_Bench]:
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as name:
        folder = Path(name)
        os.environ["HARKEN_DATA"] = str(folder / "harken")
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "harken.config.settings"}
        with open_database(read_environment()):
            create = [*PYTHON, "harken.cli", "workspace", "create", "acme", "--owner", "olga@acme.example"]
            create += ["--mail", "help@acme.example"]
            subprocess.run(create, env=environment, check=True, capture_output=True)
            with _taking_all() as smtp_port:
                cluster = Cluster(read_environment().data)
                yield _Bench(folder, environment, Helpdesk(folder, cluster, smtp_port))


@contextmanager
def _taking_all() -> Iterator[int]:
    """The port of a mail server that takes every letter and keeps none."""
    server = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def _run(takers: "list[subprocess.Popen[str]]") -> Took:
    for taker in takers:
        _wait_for_word(taker)
    for taker in takers:
        print("go", file=taker.stdin, flush=True)
    told = [json.loads(taker.communicate()[0]) for taker in takers]
    # Together from the first to begin to the last to end.
    seconds = max(each["ended"] for each in told) - min(each["begun"] for each in told)
    taken = sum(each["taken"] for each in told)
    return Took(taken / seconds, sum(each["cpu"] for each in told) / taken * 1000, told[0].get("memory", []))


def _wait_for_word(taker: "subprocess.Popen[str]") -> None:
    assert taker.stdout
    if not taker.stdout.readline():
        raise RuntimeError(f"a process that takes letters ended with {taker.wait()}")
