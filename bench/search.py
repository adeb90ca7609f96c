"""Search: how soon it answers in five languages, what it misses, what slips it forgives, how fast it is built."""

from bench.figures import Figure, Figures, Scale
from bench.inside import told_by

MESSAGES = {"small": 20_000, "medium": 200_000, "large": 5_000_000}


def measure(scale: Scale) -> Figures:
    messages = MESSAGES[scale]
    told = told_by("bench.search_asks", str(messages))
    return {
        name: Figure.of(runs, unit, f"{against}; {messages:,} messages") for name, runs, unit, against in told
    }
