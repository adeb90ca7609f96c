"""From the command to the first page, to nothing left; and what the whole of it weighs while idle."""

import time
import urllib.request
from pathlib import Path

from bench.figures import RUNS, Figure, Figures, Scale, family, pss_mb, seconds_of
from tests.servers.harken import Harken

SETTLE_SECONDS = 5


def measure(scale: Scale) -> Figures:
    harken = Harken()
    first = seconds_of(lambda: _start_to_first_page(harken))
    starts, stops, weights = [], [harken.stop()], []
    for _ in range(RUNS):
        starts.append(seconds_of(lambda: _start_to_first_page(harken)))
        time.sleep(SETTLE_SECONDS)
        weights.append(pss_mb(_everything(harken)))
        stops.append(harken.stop())
    with harken:
        pass
    return {
        "first_start_seconds": Figure.of([first], "s", "the very first start, which makes the database"),
        "start_seconds": Figure.of(starts, "s", "G11: start to first page at most 3 s"),
        "stop_seconds": Figure.of(stops, "s", "CONTRACT: everything ends within 5 s"),
        "idle_mb": Figure.of(weights, "MB", "G11: everything idle at most 300 MB (PSS, PostgreSQL included)"),
    }


def _start_to_first_page(harken: Harken) -> None:
    harken.start()
    urllib.request.urlopen(f"{harken.url}/accounts/login/", timeout=20).close()


def _everything(harken: Harken) -> list[int]:
    postgres = Path(harken.environment["HARKEN_DATA"]) / "postgres" / "postmaster.pid"
    return [*family(harken.pid), *family(int(postgres.read_text().split()[0]))]
