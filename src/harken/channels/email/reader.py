"""Reading mail in a process of its own, so that no mail can take this one with it.

The process starts with the first mail and is kept. A mail that crashes it, eats its memory or takes too long
costs that process and nothing else: the caller gets an `Unreadable`, the next mail a fresh process.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from io import BytesIO

from harken.channels.contract import Incoming, Unread, Unreadable
from harken.channels.email import wire

TIMEOUT_SECONDS = 10.0
START_SECONDS = 30.0

# A mail that has not been answered by then is slow: others need not wait behind it.
SLOW_SECONDS = 1.0

_CHUNK = 1 << 20
# What a pipe takes without anybody reading at its other end.
_FITS_BYTES = 48 << 10
# No secret of ours goes where foreign mail is read.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")


class ReaderUnavailable(Exception):
    """The reading process cannot be started: the machine's fault, not the mail's. Try again later."""


class _TooLong(Exception):
    """The answer did not come in time."""


class _Died(Exception):
    """The process ended without an answer."""


class Reader:
    """One reading process, shared by the threads of this one; after a fork each side has its own."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        # The mail that the process was given ahead, while its last answer is worked on.
        self._ahead: bytes | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(
        self, raw: bytes, *, then: bytes | None = None, when_slow: Callable[[], None] = lambda: None
    ) -> Incoming | Unreadable:
        """Return what the mail says, or why it could not be read. Raises ReaderUnavailable alone.

        `then` is the mail asked for next: it is begun with already. `when_slow` is called when the answer is not
        there within a second. A process that dies may have been killed by somebody else: a fresh one gets the mail
        once more.
        """
        with self._lock:
            answer = self._answer(raw, when_slow)
            self._begin(then)
            return answer

    def _answer(self, raw: bytes, when_slow: Callable[[], None]) -> Incoming | Unreadable:
        try:
            return self._ask(raw, when_slow)
        except (_Died, wire.Broken):
            if self._stop() == -signal.SIGXCPU:
                return self._too_long()
        except _TooLong:
            self._stop()
            return self._too_long()
        return self._ask_again(raw)

    def close(self) -> None:
        """End the process; the next `read` starts another."""
        with self._lock:
            self._stop()

    def _too_long(self) -> Unreadable:
        return Unreadable(Unread.TIME, round(self.timeout_seconds))

    def _ask_again(self, raw: bytes) -> Incoming | Unreadable:
        try:
            return self._ask(raw)
        except _TooLong:
            self._stop()
            return self._too_long()
        except (_Died, wire.Broken) as error:
            return Unreadable(Unread.CRASH, detail=f"exit {self._stop()}: {error}")

    def _ask(self, raw: bytes, when_slow: Callable[[], None] = lambda: None) -> Incoming | Unreadable:
        if self._ahead is not None and self._ahead is not raw:
            self._forget_ahead()
        process = self._running() or self._start()
        # A process that died meanwhile took what it was given ahead with it.
        is_begun, self._ahead = self._ahead is raw, None
        deadline = time.monotonic() + self.timeout_seconds
        if not is_begun:
            _request(process, raw, deadline)
        if not _answers_within(process, SLOW_SECONDS):
            when_slow()
        return _answer_of(process, deadline)

    def _begin(self, raw: bytes | None) -> None:
        if raw is not None and len(raw) <= _FITS_BYTES and self._process is not None:
            with contextlib.suppress(_Died, _TooLong):
                _request(self._process, raw, time.monotonic() + SLOW_SECONDS)
                self._ahead = raw

    def _forget_ahead(self) -> None:
        # Its answer would be taken for the next one's.
        try:
            _answer_of(self._running() or self._start(), time.monotonic() + SLOW_SECONDS)
        except (_Died, _TooLong, wire.Broken):
            self._stop()

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._owner != os.getpid():
            # Forked: the process belongs to the other side, which still talks to it.
            self._process = self._ahead = None
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        """Start a process and wait until it answers: no mail pays for loading Python."""
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "harken.channels.email.reading_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        except OSError as error:
            raise ReaderUnavailable(str(error)) from error
        self._process, self._owner = process, os.getpid()
        try:
            deadline = time.monotonic() + START_SECONDS
            _request(process, b"", deadline)
            _answer_of(process, deadline)
        except (_Died, _TooLong, wire.Broken) as error:
            raise ReaderUnavailable(f"exit {self._stop()}: {error}") from error
        return process

    def _stop(self) -> int | None:
        """Kill the process and return how it ended."""
        process, self._process, self._ahead = self._process, None, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        return process.wait()


def _request(process: subprocess.Popen[bytes], raw: bytes, deadline: float) -> None:
    if process.stdin is None:
        raise _Died
    to_process = process.stdin.fileno()
    os.set_blocking(to_process, False)
    for piece in wire.request(raw):
        _send(to_process, piece, deadline)


def _answers_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    if process.stdout is None:
        raise _Died
    ready, _, _ = select.select([process.stdout.fileno()], [], [], seconds)
    return bool(ready)


def _answer_of(process: subprocess.Popen[bytes], deadline: float) -> Incoming | Unreadable:
    if process.stdout is None:
        raise _Died
    return wire.read_answer(_taker(process.stdout.fileno(), deadline))


def _send(descriptor: int, content: bytes, deadline: float) -> None:
    rest = memoryview(content)
    while rest:
        _, ready, _ = select.select([], [descriptor], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise _TooLong
        try:
            rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
        except BlockingIOError:
            continue
        except BrokenPipeError as error:
            raise _Died from error


def _taker(descriptor: int, deadline: float) -> Callable[[int], bytes]:
    def take(size: int) -> bytes:
        # Its buffer becomes the bytes: fifty megabytes are not copied once more.
        content = BytesIO()
        while content.tell() < size:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _TooLong
            piece = os.read(descriptor, min(_CHUNK, size - content.tell()))
            if not piece:
                raise _Died
            content.write(piece)
        return content.getvalue()

    return take
