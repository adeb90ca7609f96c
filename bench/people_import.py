"""A file of people taken in to its end: rows a second, the first time and when the same file comes again."""

from bench.figures import Figure, Figures, Scale
from bench.inside import told_by

ROWS = {"small": 5_000, "medium": 50_000, "large": 200_000}


def measure(scale: Scale) -> Figures:
    count = ROWS[scale]
    told = told_by("bench.people_takes", str(count))
    against = f"{count:,} rows, one in a hundred refused"
    return {
        "new_rows": Figure.of(told["new"], "/s", against),
        "known_rows": Figure.of(told["known"], "/s", f"{against}; the same file again"),
        "slowest_batch_ms": Figure.of(told["slowest_ms"], "ms", "one transaction of the first run"),
    }
