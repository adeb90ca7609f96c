"""The views of the inbox and the feed of the room at many tickets, beside a small workspace: what they cost inside."""

from bench.figures import Figure, Figures, Scale
from bench.inside import told_by

TICKETS = {"small": 20_000, "medium": 100_000, "large": 1_000_000}


def measure(scale: Scale) -> Figures:
    count = TICKETS[scale]
    told = told_by("bench.lists_asked", str(count))
    return {name: Figure.of(runs, unit, f"{goal}; {count:,} tickets") for name, runs, unit, goal in told}
