"""How the desk is doing: rooms register what they can say about it, `/readyz`, `/metrics` and `doctor` ask."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Check = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `name` as Prometheus wants it, with its unit: `harken_jobs_waiting`."""

    name: str
    meaning: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing looked at; the sentence says what is, and when it is not well what to do."""

    about: str
    state: Literal["well", "advice", "wrong"]
    sentence: str


Measure = Callable[[], Iterable[Figure]]
Look = Callable[[], Iterable[Finding]]

_checks: dict[str, Check] = {}
_measures: dict[str, Measure] = {}
_looks: dict[str, Look] = {}


def warn_with(about: str, check: Check) -> None:
    """Let `check` say, in whole sentences, what somebody should look at; nothing when all is well."""
    _checks[about] = check


def measure_with(about: str, measure: Measure) -> None:
    """Let `measure` give figures whenever somebody asks for them."""
    _measures[about] = measure


def examine_with(about: str, look: Look) -> None:
    """Let `look` find out for `harken doctor` how things are: it may take its time, ask servers and name rows."""
    _looks[about] = look


def findings() -> Iterator[Finding]:
    """What every room finds, well or not."""
    for look in _looks.values():
        yield from look()


def warnings() -> Iterator[tuple[str, str]]:
    """What somebody should look at: what it is about, and the sentence."""
    for about, check in _checks.items():
        for sentence in check():
            yield about, sentence


def figures() -> Iterator[Figure]:
    """Every figure of every room."""
    for measure in _measures.values():
        yield from measure()
