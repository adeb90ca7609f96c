"""One LISTEN connection per process, and every open page behind it.

Nothing may be missed: a stream joins before it reads what came before, and whenever the connection to the
database was lost, each stream resumes from its cursor.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import psycopg
from django.db import connection

from harken.realtime.announce import CHANNEL
from harken.realtime.attendance import Attendance
from harken.realtime.frames import frame
from harken.realtime.stream import Stream

logger = logging.getLogger(__name__)

# Proxies cut connections that are silent for 30 s or 60 s.
SECONDS_BETWEEN_BEATS = 25
# A database host that vanished without a word is noticed by asking.
PROBE_AFTER_SECONDS = 20.0
PROBE_PATIENCE_SECONDS = 5.0
# The first pages read while the last ones are still to be told, and others get their turn in between.
STREAMS_IN_ONE_GO = 200
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 3.0


class Hub:
    """Hands what PostgreSQL announces to the streams it concerns."""

    def __init__(self) -> None:
        self.is_listening = False
        self._attendance = Attendance()
        self._by_workspace: dict[int, set[Stream]] = defaultdict(set)
        # Every stream is in one ring; one ring a second gets its heartbeat, so that no second has all the work.
        self._rings: tuple[set[Stream], ...] = tuple(set() for _ in range(SECONDS_BETWEEN_BEATS))
        self._next_ring = cycle(self._rings)
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        return sum(len(ring) for ring in self._rings)

    def __iter__(self) -> Iterator[Stream]:
        for ring in self._rings:
            yield from tuple(ring)

    def add(self, stream: Stream) -> None:
        """Let a stream hear its workspaces from now on."""
        next(self._next_ring).add(stream)
        self._attendance.come(stream)
        for workspace_id in stream.admission.workspace_ids:
            self._by_workspace[workspace_id].add(stream)

    def remove(self, stream: Stream) -> None:
        """Forget a stream; harmless when it is not there."""
        self._attendance.leave(stream)
        for ring in self._rings:
            ring.discard(stream)
        for workspace_id in stream.admission.workspace_ids:
            self._by_workspace[workspace_id].discard(stream)
            if not self._by_workspace[workspace_id]:
                del self._by_workspace[workspace_id]

    def start(self) -> None:
        """Begin to listen and to beat, on the running event loop."""
        loop = asyncio.get_running_loop()
        work = (self._keep_listening(), self._keep_beating(), self._attendance.keep())
        self._tasks = [loop.create_task(each) for each in work]

    async def stop(self) -> None:
        """End every stream and leave the database."""
        self.end_all()
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            # Python 3.11 loses a cancellation that meets the end of a `wait_for`: then it is said again.
            _, still_there = await asyncio.wait(self._tasks, timeout=0.2)
            self._tasks = list(still_there)

    def end_all(self) -> None:
        """Finish every open answer at once; the pages connect again by themselves."""
        for stream in self:
            stream.end()

    async def hand_out(self, announcement: str) -> None:
        """Pass one announcement on to the streams of its workspace, or let those of its user prove themselves."""
        payload: dict[str, Any] = json.loads(announcement)
        if "u" in payload:
            self._resume_streams_of(payload["u"])
        streams = self._by_workspace.get(payload.get("w", 0))
        if streams:
            framed = frame(payload)
            for count, stream in enumerate(tuple(streams), start=1):
                stream.push(framed)
                if count % STREAMS_IN_ONE_GO == 0:
                    await asyncio.sleep(0)

    def _resume_streams_of(self, user_id: int) -> None:
        for stream in self:
            if stream.admission.user_id == user_id:
                stream.resume()

    async def _keep_listening(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                if self.is_listening:
                    pause = FIRST_PAUSE_SECONDS
                    logger.warning("Live updates wait for the database: %s", error)
            except Exception:
                logger.exception("Live updates broke off and begin anew")
            self.is_listening = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            **_connection_settings(), autocommit=True
        ) as listener:
            await listener.execute(f"LISTEN {CHANNEL}")
            self.is_listening = True
            for stream in self:
                stream.resume()
            while True:
                async for notice in listener.notifies(timeout=PROBE_AFTER_SECONDS):
                    await self.hand_out(notice.payload)
                await asyncio.wait_for(listener.execute("SELECT 1"), PROBE_PATIENCE_SECONDS)

    async def _keep_beating(self) -> None:
        for ring in cycle(self._rings):
            await asyncio.sleep(1)
            for stream in tuple(ring):
                stream.beat()


def _connection_settings() -> dict[str, Any]:
    """Django's own, so that there is one place to set them; less what belongs to its cursors."""
    settings = dict(connection.get_connection_params())
    for name in ("context", "cursor_factory"):
        settings.pop(name, None)
    return settings | {"application_name": "harken live"}


hub = Hub()
