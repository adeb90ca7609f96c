"""One open page: a bounded queue, and a cursor from which it can always catch up.

An idle stream is one waiting task and no timer; a task that writes exists only while there is something to
write. Nine thousand idle streams are the rule, nine thousand busy ones last a moment.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.db import DatabaseError

from harken.lib.asgi import Send
from harken.realtime.frames import HEARTBEAT, Frame
from harken.realtime.registry import Admission

logger = logging.getLogger(__name__)

MOST_WAITING_FRAMES = 128
BEATS_BETWEEN_PROOFS = 24


class NoLongerAdmitted(Exception):
    """The session ended, or its memberships changed: the page has to connect anew."""


class Stream:
    """Frames on their way to one page. The public methods belong to the event loop's thread and never wait."""

    __slots__ = (
        "_beats",
        "_catch_up",
        "_frames",
        "_is_behind",
        "_is_ending",
        "_send",
        "_writer",
        "admission",
        "cursor",
        "session_key",
    )

    def __init__(
        self, session_key: str, admission: Admission, cursor: str | None, send: Send, catch_up: "CatchUp"
    ):
        self.session_key = session_key
        self.admission = admission
        self.cursor = cursor
        self._send = send
        self._catch_up = catch_up
        self._frames: list[Frame] = []
        self._beats = 0
        self._is_behind = False
        self._is_ending = False
        self._writer: asyncio.Task[None] | None = None

    def push(self, frame: Frame) -> None:
        """Send a frame. What a page is too slow to take is dropped here and read again from its cursor."""
        if self._is_behind:
            return
        self._frames.append(frame)
        if len(self._frames) > MOST_WAITING_FRAMES:
            self._is_behind = True
        self._wake()

    def resume(self) -> None:
        """Ask again whether this page may listen (the stream ends if not), and read everything since its cursor."""
        self._is_behind = True
        self._wake()

    def beat(self) -> None:
        """Show proxies that the connection lives, and now and then that the session still does."""
        self._beats += 1
        if self._beats % BEATS_BETWEEN_PROOFS == 0:
            self.resume()
        elif self._writer is None:
            self.push(Frame(self.cursor, HEARTBEAT))

    def end(self) -> None:
        """Finish the answer; the page connects again by itself."""
        self._is_ending = True
        self._wake()

    def drop(self) -> None:
        """Forget the page: its connection is gone."""
        self._is_ending = True
        if self._writer is not None:
            self._writer.cancel()

    def _wake(self) -> None:
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while not self._is_ending and (self._is_behind or self._frames):
                await (self._send_missed() if self._is_behind else self._send_waiting())
            if self._is_ending:
                await self._send({"type": "http.response.body", "body": b""})
        finally:
            self._writer = None

    async def _send_waiting(self) -> None:
        frames, self._frames = self._frames, []
        await self._send_frames(frames)

    async def _send_missed(self) -> None:
        # From here on new frames wait in the queue, so that none falls between this reading and them.
        self._is_behind, self._frames = False, []
        try:
            await self._send_frames(await self._catch_up(self))
        except NoLongerAdmitted:
            self._is_ending = True
        except DatabaseError as error:
            logger.warning("A live stream could not catch up; its page will connect again: %s", error)
            self._is_ending = True
        except Exception:
            logger.exception("A live stream could not catch up; its page will connect again")
            self._is_ending = True

    async def _send_frames(self, frames: list[Frame]) -> None:
        words = b"".join(frame.words for frame in frames)
        await self._send({"type": "http.response.body", "body": words, "more_body": True})
        self.cursor = frames[-1].cursor


CatchUp = Callable[[Stream], Awaitable[list[Frame]]]
