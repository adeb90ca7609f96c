"""What a benchmark gives back."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Scale = Literal["small", "medium", "large"]
RUNS = 3


@dataclass(frozen=True)
class Figure:
    """A median with its spread (lowest and highest run), and what it was measured against."""

    value: float
    unit: str
    spread: tuple[float, float]
    against: str

    @classmethod
    def of(cls, runs: Iterable[float], unit: str, against: str) -> "Figure":
        found = sorted(runs)
        low, middle, high = (_rounded(each) for each in (found[0], statistics.median(found), found[-1]))
        return cls(middle, unit, (low, high), against)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Figures = dict[str, Figure]
Measure = Callable[[Scale], Figures]


def seconds_of(action: Callable[[], Any]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pss_mb(pids: Iterable[int]) -> float:
    """The memory of these processes, what they share counted once."""
    return sum(_pss_kb(pid) for pid in pids) / 1024


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def resident_mb() -> float:
    """The memory of this process, with what it shares."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _rounded(value: float) -> float:
    return round(value, 1 if value >= 100 else 2 if value >= 1 else 4)
