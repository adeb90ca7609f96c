"""Connections to relays, kept for a while after a letter: signing in takes several round trips, and is counted by some.

One that lay idle is asked before it is used again. A connection on which anything went wrong is never kept.
"""

import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from harken.channels.email.relay import Relay, problems_of, say_goodbye, signed_in

IDLE_SECONDS = 5
# Many servers hang up after a hundred.
MOST_LETTERS = 50


@dataclass
class _Kept:
    """An open connection, how many letters it took, and until when it may lie idle."""

    smtp: smtplib.SMTP
    letters: int = 0
    idle_until: float = 0


class Connections:
    """The idle connections of this process, by relay."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._idle: dict[Relay, list[_Kept]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def connected(self, relay: Relay) -> Iterator[smtplib.SMTP]:
        """Give a connection ready for MAIL, a kept one if it still answers; raises MailServerProblem."""
        with problems_of(relay):
            kept = self._take(relay) or _Kept(signed_in(relay))
            try:
                yield kept.smtp
            except BaseException:
                kept.smtp.close()
                raise
            self._give_back(relay, kept)

    def close(self) -> None:
        """Hang up everywhere."""
        self._close_idle(before=float("inf"))

    def _take(self, relay: Relay) -> _Kept | None:
        while True:
            with self._lock:
                waiting = self._idle.get(relay)
                kept = waiting.pop() if waiting else None
            if kept is None or _is_ready(kept.smtp, relay):
                return kept
            kept.smtp.close()

    def _give_back(self, relay: Relay, kept: _Kept) -> None:
        kept.letters += 1
        if kept.smtp.sock is None or kept.letters >= MOST_LETTERS:
            _hang_up(kept.smtp)
            return
        kept.idle_until = time.monotonic() + self._idle_seconds
        with self._lock:
            self._idle.setdefault(relay, []).append(kept)
        timer = threading.Timer(self._idle_seconds + 0.1, self._close_idle)
        timer.daemon = True
        timer.start()

    def _close_idle(self, before: float | None = None) -> None:
        limit = time.monotonic() if before is None else before
        with self._lock:
            too_long = [
                kept for waiting in self._idle.values() for kept in waiting if kept.idle_until <= limit
            ]
            self._idle = {
                relay: [kept for kept in waiting if kept.idle_until > limit]
                for relay, waiting in self._idle.items()
                if any(kept.idle_until > limit for kept in waiting)
            }
        for kept in too_long:
            _hang_up(kept.smtp)


def _is_ready(smtp: smtplib.SMTP, relay: Relay) -> bool:
    """Forget what was begun (RFC 5321, 4.1.1.5), which shows too whether the server is still there."""
    with suppress(OSError, smtplib.SMTPException):
        if smtp.sock is not None:
            smtp.sock.settimeout(relay.timeout_seconds)
            return smtp.rset()[0] == 250
    return False


def _hang_up(smtp: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        if smtp.sock is not None:
            say_goodbye(smtp)
    smtp.close()
