"""The settling loop of a worker: takes letters off the queue and settles them in the order they came."""

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog
from django.db import DatabaseError, OperationalError, close_old_connections, connection

from harken.channels.arriving import queue
from harken.channels.arriving.receive import settle_taken
from harken.channels.contract import Incoming, Unreadable
from harken.channels.email.reader import Reader, ReaderUnavailable
from harken.channels.models import Arrival
from harken.channels.steps import Step, passed
from harken.files.errors import FilesError
from harken.lib import rows
from harken.workspaces import wall

log = structlog.get_logger(__name__)

# One settles; the others stand ready for when a slow letter holds it up.
THREADS = 3
# What rings nobody, as what was broken off, is found within this time.
LOOK_EVERY_SECONDS = 2.0
PAUSE_AFTER_TROUBLE_SECONDS = 2.0
# Whoever works at a handful for longer gives the rest back, long before others would take it up again.
LONGEST_HANDFUL_SECONDS = 3.0

Letter = Incoming | Unreadable


class ReadingAhead:
    """Reads taken letters in their order: the next one already while this one is settled."""

    def __init__(
        self, read: Callable[..., Letter], rest: deque[Arrival], when_slow: Callable[[], None] = lambda: None
    ) -> None:
        self._read, self._rest, self._when_slow = read, rest, when_slow
        self._ahead: bytes | None = None

    def __call__(self, arrival: Arrival) -> Letter:
        """Return what the letter says; `rest` are those still to come. Raises FilesError or ReaderUnavailable."""
        raw = arrival.raw.content
        self._ahead = self._next()
        return self._read(raw, then=self._ahead, when_slow=self._when_slow)

    def _next(self) -> bytes | None:
        try:
            return self._rest[0].raw.content if self._rest else None
        except (OSError, FilesError):
            # Its own turn will tell.
            return None


class Settlers:
    """Settles what waits, in all workspaces, while the worker runs."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._turn = Turn()

    def start(self) -> None:
        for number in range(THREADS):
            settler = Settler(self._turn, self._stop)
            threading.Thread(target=settler.run, name=f"settler-{number}", daemon=True).start()

    def stop(self) -> None:
        """Ask all to end; they are daemons, and whatever they leave is taken up again."""
        self._stop.set()


class Turn:
    """Whose turn it is to settle. Whoever has it may pass it on before their work is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._has_it = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._has_it = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        if self.is_mine:
            self.pass_on()

    @property
    def is_mine(self) -> bool:
        return self._has_it == threading.get_ident()

    def pass_on(self) -> None:
        self._has_it = 0
        self._lock.release()


class Settler:
    """One thread: settles when it has its turn, and passes the turn on when a letter holds it up."""

    def __init__(self, turn: Turn, stop: threading.Event) -> None:
        self._turn, self._stop = turn, stop
        self._reader = Reader()
        self._rest: deque[Arrival] = deque()

    def run(self) -> None:
        """Settle what comes, until told to stop."""
        try:
            while not self._stop.is_set():
                with self._turn:
                    self._work()
        finally:
            self.close()
            connection.close()

    def settle_all(self) -> None:
        """Settle until nothing waits."""
        with self._turn:
            while self._settle_what_waits():
                pass

    def close(self) -> None:
        """Let go of the process that reads."""
        self._reader.close()

    def _work(self) -> None:
        try:
            close_old_connections()
            if not self._settle_what_waits():
                queue.wait(LOOK_EVERY_SECONDS)
        except (OSError, DatabaseError, ReaderUnavailable) as error:
            log.warning("letters wait", error=type(error).__name__)
            self._stop.wait(PAUSE_AFTER_TROUBLE_SECONDS)
        except Exception:
            # Whatever it is: the next look may go well, and without looks no letter is settled any more.
            log.exception("settling failed")
            self._stop.wait(PAUSE_AFTER_TROUBLE_SECONDS)

    def _settle_what_waits(self) -> bool:
        """Settle a handful of each workspace in which letters wait; say whether there were any."""
        # What a power cut takes back is `received` again and settled again; whatever leaves the desk because of it
        # commits later, and flushes it first.
        rows.ask("SELECT set_config('synchronous_commit', 'off', false)")
        waiting = queue.waiting()
        for workspace_id in waiting:
            with wall.inside(workspace_id):
                self._settle_handful(workspace_id)
            if not self._turn.is_mine:
                break
        return bool(waiting)

    def _settle_handful(self, workspace_id: int | None) -> None:
        self._rest = deque(queue.take(workspace_id))
        passed(Step.ARRIVAL_TAKEN)
        reading = ReadingAhead(self._reader.read, self._rest, self._let_others_pass)
        until = time.monotonic() + LONGEST_HANDFUL_SECONDS
        try:
            while self._rest and time.monotonic() < until:
                self._settle(self._rest.popleft(), reading)
        finally:
            queue.give_back([*self._rest])

    def _settle(self, arrival: Arrival, reading: ReadingAhead) -> None:
        try:
            settle_taken(arrival, reading)
        except (OSError, OperationalError, ReaderUnavailable):
            raise
        except Exception:
            # Its attempt counts: after the third it is held, and those behind it do not wait for that.
            log.exception("a letter could not be settled", arrival=arrival.pk)
            queue.set_apart(arrival)

    def _let_others_pass(self) -> None:
        """Give back what would wait behind a slow letter, and let another thread settle it."""
        queue.give_back([*self._rest])
        self._rest.clear()
        if self._turn.is_mine:
            self._turn.pass_on()
