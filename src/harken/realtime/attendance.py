"""Who listens to this process, told to the room above: in one go, however many come or go at once.

A process that is killed tells nothing any more. Whoever keeps what is told here gives each process a lease, which
every call renews.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from time import monotonic
from uuid import uuid4

from django.db import DatabaseError

from harken.realtime import registry
from harken.realtime.registry import Listener
from harken.realtime.stream import Stream
from harken.realtime.threads import in_thread

logger = logging.getLogger(__name__)

SECONDS_TO_GATHER = 0.2
# A page that is loaded anew closes its stream and opens another one: nobody has left.
SECONDS_UNTIL_GONE = 3.0
SECONDS_BETWEEN_BEATS = 10.0


class Attendance:
    """The open streams of this process. Everything but `keep` belongs to the event loop's thread and never waits."""

    def __init__(self) -> None:
        self._process = uuid4()
        self._here: dict[Stream, Listener] = {}
        self._came: list[Listener] = []
        self._leaving: deque[tuple[float, Listener]] = deque()
        self._beat_at = 0.0
        self._has_news = asyncio.Event()

    def come(self, stream: Stream) -> None:
        """Note a stream that was opened."""
        admission = stream.admission
        listener = Listener(uuid4(), stream.session_key, admission.user_id, admission.workspace_ids)
        self._here[stream] = listener
        self._came.append(listener)
        self._has_news.set()

    def leave(self, stream: Stream) -> None:
        """Note a stream that ended; harmless when it is not there."""
        listener = self._here.pop(stream, None)
        if listener:
            self._leaving.append((monotonic() + SECONDS_UNTIL_GONE, listener))
            self._has_news.set()

    async def keep(self) -> None:
        """Tell who came and who left, and again and again that this process lives, until cancelled."""
        while True:
            await self._wait()
            await self._tell()

    async def _wait(self) -> None:
        now = monotonic()
        due = min([self._beat_at, *(moment for moment, _ in list(self._leaving)[:1])])
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_news.wait(), max(due - now, 0))
        self._has_news.clear()
        if self._came:
            await asyncio.sleep(SECONDS_TO_GATHER)

    async def _tell(self) -> None:
        now = monotonic()
        came, self._came = self._came, []
        gone = self._gone_by(now)
        if not (came or gone or now >= self._beat_at):
            return
        self._beat_at = now + SECONDS_BETWEEN_BEATS
        try:
            is_known = await in_thread(registry.attend, self._process, came, gone)
        except Exception as error:
            # A database that is away for a moment is no news: the pages say so themselves.
            is_away = isinstance(error, DatabaseError)
            logger.warning(
                "Who is here could not be written down; it will be tried again", exc_info=not is_away
            )
            self._leaving.extendleft((now + SECONDS_UNTIL_GONE, listener) for listener in reversed(gone))
            is_known = False
        if not is_known:
            # Forgotten by the database, or never told: with the next beat all are told again.
            self._came = list(self._here.values())
            self._beat_at = now + SECONDS_UNTIL_GONE

    def _gone_by(self, now: float) -> list[Listener]:
        gone = []
        while self._leaving and self._leaving[0][0] <= now:
            gone.append(self._leaving.popleft()[1])
        return gone
