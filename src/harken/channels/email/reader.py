"""Reading mail in a process of its own, so that no mail can take this one with it.

The process starts with the first mail and is kept. A mail that crashes it, eats its memory or takes too long
costs that process and nothing else: the caller gets an `Unreadable`, the next mail a fresh process.
"""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from harken.channels.contract import Incoming, Unreadable
from harken.channels.email import wire

TIMEOUT_SECONDS = 10.0
START_SECONDS = 30.0

_CHUNK = 1 << 20
_TOO_LONG = "This mail could not be read. It takes more than {seconds:.0f} seconds."
_DIED = "This mail could not be read. It stops the process that reads mail."
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

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, raw: bytes) -> Incoming | Unreadable:
        """Return what the mail says, or why it could not be read. Raises ReaderUnavailable alone.

        A process that dies may have been killed by somebody else: a fresh one gets the mail once more.
        """
        with self._lock:
            try:
                return self._ask(raw)
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
        return Unreadable(_TOO_LONG.format(seconds=self.timeout_seconds))

    def _ask_again(self, raw: bytes) -> Incoming | Unreadable:
        try:
            return self._ask(raw)
        except _TooLong:
            self._stop()
            return self._too_long()
        except (_Died, wire.Broken) as error:
            return Unreadable(_DIED, f"exit {self._stop()}: {error}")

    def _ask(self, raw: bytes) -> Incoming | Unreadable:
        process = self._running() or self._start()
        return _exchange(process, raw, time.monotonic() + self.timeout_seconds)

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._owner != os.getpid():
            # Forked: the process belongs to the other side, which still talks to it.
            self._process = None
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
            _exchange(process, b"", time.monotonic() + START_SECONDS)
        except (_Died, _TooLong, wire.Broken) as error:
            raise ReaderUnavailable(f"exit {self._stop()}: {error}") from error
        return process

    def _stop(self) -> int | None:
        """Kill the process and return how it ended."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        return process.wait()


def _exchange(process: subprocess.Popen[bytes], raw: bytes, deadline: float) -> Incoming | Unreadable:
    if process.stdin is None or process.stdout is None:
        raise _Died
    to_process, from_process = process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(to_process, False)
    for piece in wire.request(raw):
        _send(to_process, piece, deadline)
    return wire.read_answer(_taker(from_process, deadline))


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
        content = bytearray()
        while len(content) < size:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _TooLong
            piece = os.read(descriptor, min(_CHUNK, size - len(content)))
            if not piece:
                raise _Died
            content += piece
        return bytes(content)

    return take
