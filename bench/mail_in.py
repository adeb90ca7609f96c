"""Letters of 12 KB until each is a ticket that survives a power cut: stored, read and settled."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from bench.figures import RUNS, Figure, Figures, Scale
from harken.config.database import open_database
from harken.config.environment import read_environment

LETTERS = {"small": 200, "medium": 1000, "large": 5000}
PYTHON = [sys.executable, "-P", "-m"]


def measure(scale: Scale) -> Figures:
    count = LETTERS[scale]
    with _installation() as environment:
        one = [_run(environment, count, processes=1) for _ in range(RUNS)]
        two = [_run(environment, count, processes=2) for _ in range(RUNS)]
    against = f"{count} letters of 12 KB; django-helpdesk takes 15 to 18/s, Request Tracker 5 1.1 to 1.6/s"
    return {
        "one_process": Figure.of([run.rate for run in one], "/s", f"G6: {against}"),
        "two_processes": Figure.of([run.rate for run in two], "/s", "G5: at least 1.7 times one process"),
        "cpu_per_letter": Figure.of(
            [run.cpu_ms for run in one], "ms", "Python alone: what a busy machine does not change"
        ),
    }


@contextmanager
def _installation() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as folder:
        os.environ["HARKEN_DATA"] = folder
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "harken.config.settings"}
        with open_database(read_environment()):
            create = [*PYTHON, "harken.cli", "workspace", "create", "acme", "--owner", "olga@acme.example"]
            subprocess.run(create, env=environment, check=True, capture_output=True)
            yield environment


class Run(NamedTuple):
    """Letters a second, and processor time of ours for each."""

    rate: float
    cpu_ms: float


def _run(environment: dict[str, str], count: int, *, processes: int) -> Run:
    takers = [_taker(environment, count // processes) for _ in range(processes)]
    for taker in takers:
        _wait_for_word(taker)
    for taker in takers:
        print("go", file=taker.stdin, flush=True)
    # Together from the first to begin to the last to end.
    spans = [tuple(map(float, taker.communicate()[0].split())) for taker in takers]
    seconds = max(end for _, end, _ in spans) - min(begin for begin, _, _ in spans)
    return Run(count / seconds, sum(used for _, _, used in spans) / count * 1000)


def _taker(environment: dict[str, str], count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.letters", str(count)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _wait_for_word(taker: "subprocess.Popen[str]") -> None:
    assert taker.stdout
    if not taker.stdout.readline():
        raise RuntimeError(f"a process that takes letters ended with {taker.wait()}")
