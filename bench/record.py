"""The record: the best that each figure ever was. Scores may never fall; speeds depend on the day and are shown."""

import json
from pathlib import Path

from bench.figures import Figure, Figures

RECORD = Path(__file__).with_name("record.json")
SCORE = "%"
# More of these is better; of everything else less is.
_MORE = {SCORE, "/s", "x"}


def best_so_far() -> dict[str, float]:
    """The record by `benchmark.figure`; empty before the first."""
    return dict(json.loads(RECORD.read_text())) if RECORD.exists() else {}


def fallen(results: dict[str, Figures]) -> list[str]:
    """Name the scores that are below their record."""
    best = best_so_far()
    return [
        f"{name} is {figure.value} %, and was {best[name]} %"
        for name, figure in _named(results)
        if figure.unit == SCORE and figure.value < best.get(name, 0)
    ]


def keep(results: dict[str, Figures]) -> None:
    """Write down what is better than ever before."""
    best = best_so_far()
    for name, figure in _named(results):
        better = max if figure.unit in _MORE else min
        best[name] = better(figure.value, best.get(name, figure.value))
    RECORD.write_text(json.dumps(dict(sorted(best.items())), indent=2) + "\n")


def _named(results: dict[str, Figures]) -> list[tuple[str, Figure]]:
    return [(f"{name}.{key}", figure) for name, found in results.items() for key, figure in found.items()]
