"""The processes of `harken up`: forked from one that has everything loaded, restarted when they die, ended with it."""

import gc
import logging
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
STOP_WITHIN_SECONDS = 3.3
LONGEST_PAUSE_SECONDS = 30.0
# A process that lived this long was well: its next death is a new story.
WELL_AFTER_SECONDS = 60.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class Child:
    """One process of the family and what it does until SIGTERM."""

    name: str
    work: Callable[[], None]
    pid: int | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)


class Family:
    """A parent and its children. The parent does no work of its own, so that little can go wrong in it."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        # Nobody writes into this pipe: its end is the parent's end, however that came.
        self._life, self._held_by_parent = os.pipe()

    def add(self, name: str, work: Callable[[], None]) -> None:
        """Name a child; it is born with `run`."""
        self._children.append(Child(name, work))

    def run(self, *, when_ready: Callable[[], None], care: Callable[[], object]) -> None:
        """Start all, call `when_ready` once and `care` every second, until told to stop; then stop all."""
        # What is loaded now is never collected, so that its pages stay shared between parent and children.
        gc.collect()
        gc.freeze()
        with _heard_signals() as heard:
            try:
                self._start_the_missing()
                when_ready()
                while not heard.wants_stop:
                    heard.wait(LOOK_EVERY_SECONDS)
                    self._bury_the_dead()
                    care()
                    self._start_the_missing()
            finally:
                self._stop()

    def _start_the_missing(self) -> None:
        for child in self._children:
            if child.pid is None and time.monotonic() >= child.restart_at:
                self._bear(child)

    def _bear(self, child: Child) -> None:
        # A signal between fork and the child's own handlers would be lost: it waits.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        child.pid, child.started_at = os.fork(), time.monotonic()
        if child.pid == 0:
            self._live(child)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _live(self, child: Child) -> NoReturn:
        os.close(self._held_by_parent)
        _be_called(f"harken-{child.name}")
        signal.set_wakeup_fd(-1)
        # Ctrl-C reaches every process of the terminal's group; the parent alone says when it is time.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        threading.Thread(target=self._die_with_parent, name="die-with-parent", daemon=True).start()
        code = 1
        try:
            child.work()
            code = 0
        except Exception:
            log.exception("%s failed", child.name)
        finally:
            # Never back into the parent's code: what it holds is not ours to close.
            os._exit(code)

    def _die_with_parent(self) -> None:
        os.read(self._life, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_WITHIN_SECONDS)
        os._exit(1)

    def _bury_the_dead(self) -> None:
        for child in self._children:
            if child.pid is not None and _has_ended(child.pid):
                self._note_death(child)

    def _note_death(self, child: Child) -> None:
        was_well = time.monotonic() - child.started_at > WELL_AFTER_SECONDS
        child.pid, child.deaths = None, 1 if was_well else child.deaths + 1
        pause = min(0.25 * 2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
        child.restart_at = time.monotonic() + pause
        log.warning("%s ended, it is started again", child.name)

    def _stop(self) -> None:
        for way, patience in ((signal.SIGTERM, STOP_WITHIN_SECONDS), (signal.SIGKILL, 1.0)):
            self._tell(way)
            deadline = time.monotonic() + patience
            while self._living() and time.monotonic() < deadline:
                time.sleep(0.01)

    def _tell(self, way: signal.Signals) -> None:
        for child in self._children:
            if child.pid is not None:
                os.kill(child.pid, way)

    def _living(self) -> list[Child]:
        for child in self._children:
            if child.pid is not None and _has_ended(child.pid):
                child.pid = None
        return [child for child in self._children if child.pid is not None]


def _be_called(name: str) -> None:
    """Let `ps` and `top` tell the parts apart; a convenience of Linux, done without elsewhere."""
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)


class _Heard:
    """The signals that came."""

    def __init__(self, ear: socket.socket) -> None:
        self.wants_stop = False
        self._ear = ear

    def wait(self, seconds: float) -> None:
        """Sleep, but not past a signal."""
        readable, _, _ = select.select([self._ear], [], [], seconds)
        if readable and set(self._ear.recv(4096)) & set(_SIGNALS):
            self.wants_stop = True


@contextmanager
def _heard_signals() -> Iterator[_Heard]:
    # The kernel writes each signal's number into a socket: nothing of ours runs inside a handler.
    ear, mouth = socket.socketpair()
    ear.setblocking(False)
    mouth.setblocking(False)
    numbers = (*_SIGNALS, signal.SIGCHLD)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    old = signal.set_wakeup_fd(mouth.fileno())
    try:
        yield _Heard(ear)
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        ear.close()
        mouth.close()


def _has_ended(pid: int) -> bool:
    try:
        ended, _status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True
    return ended == pid
