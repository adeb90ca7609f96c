"""One process of `lists`, run by `bench.inside`: fills two workspaces, looks at their lists, prints what it took."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from bench.desk_of import fill
from bench.figures import RUNS, percentile, seconds_of
from harken.agents.models import Agent
from harken.agents.opening import open_workspace
from harken.cli.work import tables
from harken.desk.inbox.counts import counts_for
from harken.desk.inbox.lists import VIEWS, View, page_of
from harken.desk.room import feed
from harken.lib import prepared
from harken.tickets import counting
from harken.tickets.models import Ticket
from harken.workspaces import wall

SMALL = 200
ASKED, PAGES_DOWN = 100, 10

Told = list[tuple[str, list[float], str, str]]


def main() -> None:
    tables.make()
    large, small = _workspace("large", int(sys.argv[1])), _workspace("small", SMALL)
    told: Told = []
    for view in VIEWS.values():
        runs = [_sql_p95(view, large) for _ in range(RUNS)]
        beside = [_sql_p95(view, small) for _ in range(RUNS)]
        told.append((f"{view.name}_sql_p95", runs, "ms", "G1: at most 3 ms"))
        told.append((f"{view.name}_sql_p95_small", beside, "ms", f"G1: the same view of {SMALL} tickets"))
    told += _depth(large) + _counts(large) + _feed(large)
    print(json.dumps(told))


def _workspace(slug: str, count: int) -> Agent:
    open_workspace(slug.title(), owner_email=f"olga@{slug}.example", slug=slug)
    fill(slug, count)
    with wall.inside(workspace := _id_of(slug)):
        # As a worker does every minute; here none runs.
        counting.fold(workspace)
        return Agent.objects.select_related("workspace", "user").get(user__email=f"olga@{slug}.example")


def _id_of(slug: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM workspaces_workspace WHERE slug = %s", [slug])
        return int(cursor.fetchone()[0])


class _Stopwatch:
    """How long the database was asked, all statements together: Django's own and prepared ones."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            self.seconds += time.perf_counter() - begun

    @contextmanager
    def running(self) -> Iterator[None]:
        run = prepared.run
        prepared.run = lambda *statement: self(run, *statement)
        try:
            with connection.execute_wrapper(self):
                yield
        finally:
            prepared.run = run


def _sql_p95(view: View, agent: Agent, before: str = "") -> float:
    times = []
    with wall.inside(agent.workspace_id):
        for _ in range(ASKED):
            watch = _Stopwatch()
            with watch.running():
                page_of(view, agent, before=before)
            times.append(watch.seconds * 1000)
    return percentile(times, 0.95)


def _depth(agent: Agent) -> Told:
    view, before = VIEWS["closed"], ""
    with wall.inside(agent.workspace_id):
        for _ in range(PAGES_DOWN):
            before = page_of(view, agent, before=before).next
    ratios = [_sql_p95(view, agent, before) / _sql_p95(view, agent) for _ in range(RUNS)]
    return [("deep_page_ratio", ratios, "x", f"G1: at most 1.5; page {PAGES_DOWN + 1} of the closed ones")]


def _counts(agent: Agent) -> Told:
    with wall.inside(agent.workspace_id):
        counts = counts_for(agent)
        assert counts.ours == Ticket.objects.exclude(waiting_since=None).count()
        runs = [_p95(lambda: counts_for(agent)) for _ in range(RUNS)]
    return [("counts_p95", runs, "ms", f"G2: at most 0.5 ms; {counts.open:,} not closed")]


def _feed(agent: Agent) -> Told:
    with wall.inside(agent.workspace_id):
        runs = [_p95(lambda: feed.page_of(agent)) for _ in range(RUNS)]
        waiting = [_p95(lambda: feed.page_of(agent, only_waiting=True)) for _ in range(RUNS)]
    return [
        ("room_p95", runs, "ms", "a page of 25 requests with their words, Python and SQL"),
        ("room_waiting_p95", waiting, "ms", "the same of those that wait"),
    ]


def _p95(ask: Callable[[], Any]) -> float:
    return percentile([seconds_of(ask) for _ in range(ASKED)], 0.95) * 1000
