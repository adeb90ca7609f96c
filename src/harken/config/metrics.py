"""Figures for Prometheus: what this process counts itself, and what rooms read when asked (`lib.vitals`)."""

from collections.abc import Iterable

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from harken.lib import vitals

registry = CollectorRegistry()
ProcessCollector(registry=registry)

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_requests = Histogram(
    "harken_request_seconds",
    "Time from a request's arrival in a thread to its answer.",
    ["method", "status"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=registry,
)


class Vitals(Collector):
    """What rooms have registered, read anew at every scrape."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing, so that registering this asks no room for its figures yet."""
        return []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        database = GaugeMetricFamily("harken_database_up", "Whether the database answers: 1 or 0.", value=1)
        try:
            return [database, *_families(vitals.figures())]
        except DatabaseError:
            return [GaugeMetricFamily(database.name, database.documentation, value=0)]


def _families(figures: Iterable[vitals.Figure]) -> Iterable[GaugeMetricFamily]:
    families: dict[str, GaugeMetricFamily] = {}
    for figure in figures:
        family = families.setdefault(
            figure.name, GaugeMetricFamily(figure.name, figure.meaning, labels=tuple(figure.labels))
        )
        family.add_metric(list(figure.labels.values()), figure.value)
    return families.values()


registry.register(Vitals())


def request_answered(method: str, status: int, seconds: float) -> None:
    """Count one answered request; methods nobody knows are one, or a stranger could fill the memory with labels."""
    _requests.labels(method if method in _METHODS else "other", str(status)).observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(registry)
