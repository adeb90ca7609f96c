"""Open pages in numbers: what each weighs, how soon one hears an announcement, and how soon all do."""

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from bench.figures import RUNS, Figure, Figures, Scale, percentile, pss_mb
from harken.config.database import connection_settings
from harken.config.environment import read_environment
from tests.servers.harken import Harken
from tests.servers.visitor import Visitor

STREAMS = {"small": 1000, "medium": 3000, "large": 9000}
ANNOUNCEMENTS = 100
FILES_BESIDE_STREAMS = 500
OLGA, ANN = "olga@crowd.example", "ann@alone.example"


class Listener:
    """One open page, as thrifty as the far end can be."""

    def __init__(self) -> None:
        self.heard_at: float | None = None
        self.has_arrived = asyncio.Event()
        self.has_heard = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def listen(self, port: int, cookie: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
        writer.write(f"GET /live HTTP/1.1\r\nHost: desk\r\nCookie: {cookie}\r\n\r\n".encode())
        self._writer = writer
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.has_arrived.set()
            elif line.startswith(b"data: "):
                self.heard_at = time.perf_counter()
                self.has_heard.set()

    def leave(self) -> None:
        if self._writer:
            self._writer.close()


def measure(scale: Scale) -> Figures:
    count = _within_limits(STREAMS[scale])
    with Harken() as harken:
        harken.run("workspace", "create", "crowd", "--owner", OLGA)
        harken.run("workspace", "create", "alone", "--owner", ANN)
        os.environ["HARKEN_DATA"] = harken.environment["HARKEN_DATA"]
        crowd, alone = (Visitor(harken.sign_in_link(each)).cookie for each in (OLGA, ANN))
        weight, alone_ms, all_ms = asyncio.run(_measure(harken, count, crowd, alone))
    return {
        "kib_per_stream": Figure.of([weight], "KiB", f"G8: at most 30 KiB; {count} streams in one process"),
        "one_p95_ms": Figure.of(
            [percentile(alone_ms, 0.95)], "ms", f"G8: at most 10 ms; {ANNOUNCEMENTS} announcements"
        ),
        "all_ms": Figure.of(all_ms, "ms", f"G8: at most 300 ms; {count} readers on the same machine"),
    }


async def _measure(
    harken: Harken, count: int, crowd: str, alone: str
) -> tuple[float, list[float], list[float]]:
    port, web = int(harken.url.rpartition(":")[2]), harken.child("web")
    async with asyncio.TaskGroup() as group, _connection() as database:
        single = await _open(group, port, alone)
        before = pss_mb([web])
        listeners = [await _open(group, port, crowd) for _ in range(count)]
        weight = (pss_mb([web]) - before) / count * 1024
        ids = await _workspaces(database)
        alone_ms = [await _time_of(database, ids["alone"], [single]) for _ in range(ANNOUNCEMENTS)]
        all_ms = [await _time_of(database, ids["crowd"], listeners) for _ in range(RUNS)]
        for listener in (single, *listeners):
            listener.leave()
    return weight, alone_ms, all_ms


@asynccontextmanager
async def _connection() -> AsyncIterator[psycopg.AsyncConnection]:
    known = connection_settings(read_environment())
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    settings = {name: known[key] for name, key in names.items()}
    async with await psycopg.AsyncConnection.connect(**settings, autocommit=True) as connection:
        yield connection


async def _open(group: asyncio.TaskGroup, port: int, cookie: str) -> Listener:
    listener = Listener()
    group.create_task(listener.listen(port, cookie))
    await listener.has_arrived.wait()
    return listener


async def _workspaces(database: psycopg.AsyncConnection) -> dict[str, int]:
    found = await database.execute("SELECT slug, id FROM workspaces_workspace")
    return dict(await found.fetchall())


async def _time_of(database: psycopg.AsyncConnection, workspace_id: int, listeners: list[Listener]) -> float:
    """Milliseconds from the announcement until the last of the listeners has heard it."""
    for listener in listeners:
        listener.has_heard.clear()
    begun = time.perf_counter()
    await database.execute(
        "SELECT pg_notify('harken_live', json_build_object('w', %s::bigint, 't', 'bench',"
        " 'c', pg_snapshot_xmin(pg_current_snapshot())::text)::text)",
        [workspace_id],
    )
    for listener in listeners:
        await listener.has_heard.wait()
    return (max(listener.heard_at or 0 for listener in listeners) - begun) * 1000


def _within_limits(count: int) -> int:
    """As many streams as this system lets two processes have files; the limit is raised as far as it goes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return min(count, most - FILES_BESIDE_STREAMS) if most != resource.RLIM_INFINITY else count
