"""How the desk is doing: rooms register what they can say about it, `/readyz`, `/metrics` and `doctor` ask."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Check = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `name` as Prometheus wants it, with its unit: `harken_jobs_waiting`."""

    name: str
    meaning: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Measure = Callable[[], Iterable[Figure]]

_checks: dict[str, Check] = {}
_measures: dict[str, Measure] = {}


def warn_with(about: str, check: Check) -> None:
    """Let `check` say, in whole sentences, what somebody should look at; nothing when all is well."""
    _checks[about] = check


def measure_with(about: str, measure: Measure) -> None:
    """Let `measure` give figures whenever somebody asks for them."""
    _measures[about] = measure


def warnings() -> Iterator[tuple[str, str]]:
    """What somebody should look at: what it is about, and the sentence."""
    for about, check in _checks.items():
        for sentence in check():
            yield about, sentence


def figures() -> Iterator[Figure]:
    """Every figure of every room."""
    for measure in _measures.values():
        yield from measure()
