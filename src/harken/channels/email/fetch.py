"""The fetch loop of one mailbox: fetch, store, mark, advance, in this order and no other.

A crash between any two steps repeats the message, and the ledger's unique key makes that harmless.
"Flag, then store" would lose it.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from harken.channels.email.errors import (
    CannotStore,
    MailServerProblem,
    MarkingRefused,
    MessageRefused,
    SignInAgain,
    TokenRefused,
    WrongPassword,
)
from harken.channels.email.imap import SAFE, ImapAccount, MailboxSession

log = logging.getLogger(__name__)

POLL_SECONDS = 60
# A new sign-in now and then: a password changed at the server would not be noticed before the line breaks.
RENEW_SECONDS = 120
# Nobody answers a letter of that size, and it would fill the memory of a small machine.
MOST_BYTES = 100 * 1024 * 1024
PAUSES_SECONDS = (2, 5, 15, 30, 60, 120, 300)
# Many providers lock a mailbox after a few wrong passwords.
PAUSES_AFTER_WRONG_PASSWORD_SECONDS = (60, 300, 900)


class Released(Exception):
    """The mailbox is no longer ours to follow: the loop ends without a word."""


class Ledger(Protocol):
    """What the loop needs to be remembered, by UIDVALIDITY and UID. Any method may raise: the loop comes back.

    Released ends it instead.
    """

    def highest_uid(self, uidvalidity: int) -> int | None:
        """Return the UID up to which all is stored; None when this UIDVALIDITY was never seen."""

    def store(self, uidvalidity: int, uid: int, raw: bytes) -> None:
        """Keep the message durably before returning; twice is harmless; raise when it cannot be kept."""

    def store_head(self, uidvalidity: int, uid: int, head: bytes, size: int) -> None:
        """Keep the head of a message that is too large to be taken, as `store` keeps a whole one."""

    def advance(self, uidvalidity: int, uid: int) -> None:
        """Remember that everything up to this UID is stored."""

    def healthy(self) -> None:
        """Note that the mailbox was read to its end just now."""

    def problem(self, problem: MailServerProblem) -> None:
        """Show what stands in the way."""


class Fetcher:
    """Follows one mailbox until told to stop."""

    def __init__(
        self,
        account: ImapAccount,
        ledger: Ledger,
        *,
        poll_seconds: float = POLL_SECONDS,
        pauses_seconds: Sequence[float] = PAUSES_SECONDS,
        renew_seconds: float = RENEW_SECONDS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._poll_seconds = poll_seconds
        self._pauses_seconds = pauses_seconds
        self._renew_seconds = renew_seconds
        self._most_bytes = most_bytes
        self._failures = 0
        self._uidvalidity = 0
        self._stored: set[int] = set()
        self._unmarked: set[int] = set()

    def run(self, stop: threading.Event) -> None:
        """Take mail as it comes, until `stop`; waits and pauses end within a second of it.

        A call to a silent server may hold on for `timeout_seconds`: run this in a daemon thread.
        """
        while not stop.is_set():
            try:
                self._follow(stop)
            except Released:
                return
            except MailServerProblem as problem:
                self._rest(problem, stop)
            except Exception:
                log.exception("fetching from %s failed", self._account.server)
                self._rest(CannotStore(self._account.server, safe=SAFE), stop)

    def once(self) -> None:
        """Take what is there now; raise MailServerProblem when that is not possible."""
        with MailboxSession(self._account) as session:
            self._take_all(session, threading.Event())

    def take(self, uids: Sequence[int]) -> None:
        """Take exactly these letters; raise MailServerProblem when that is not possible."""
        with MailboxSession(self._account) as session:
            self._notice_folder(session)
            too_large = session.larger_uids(min(uids) - 1, self._most_bytes)
            for uid in uids:
                trouble = self._take_head(session, uid) if uid in too_large else self._take(session, uid)
                if trouble:
                    raise trouble

    def _follow(self, stop: threading.Event) -> None:
        until = time.monotonic() + self._renew_seconds
        with MailboxSession(self._account) as session:
            while not stop.is_set():
                self._take_all(session, stop)
                self._failures = 0
                left = until - time.monotonic()
                if left <= 0:
                    return
                session.wait_for_news(min(self._poll_seconds, left), stop)

    def _take_all(self, session: MailboxSession, stop: threading.Event) -> None:
        self._notice_folder(session)
        problem = self._mark(session, sorted(self._unmarked))
        highest = self._highest(session)
        is_whole = True
        new = session.new_uids(highest)
        too_large = session.larger_uids(highest, self._most_bytes) if new else set()
        for uid in new:
            if stop.is_set():
                return
            trouble = self._take_head(session, uid) if uid in too_large else self._take(session, uid)
            # Only an unbroken row counts as read: what is missing is asked for again, the rest is not.
            is_whole = is_whole and uid in self._stored
            if is_whole:
                self._advance(session, uid)
            problem = trouble or problem
        if problem:
            self._ledger.problem(problem)
        else:
            self._ledger.healthy()

    def _notice_folder(self, session: MailboxSession) -> None:
        if session.uidvalidity != self._uidvalidity:
            self._uidvalidity = session.uidvalidity
            self._stored.clear()
            self._unmarked.clear()

    def _highest(self, session: MailboxSession) -> int:
        highest = self._ledger.highest_uid(session.uidvalidity)
        if highest is None:
            # A first connection, or a folder numbered anew: doubles are recognised by their content.
            highest = session.start_above(self._account.take_from)
            self._ledger.advance(session.uidvalidity, highest)
        return highest

    def _take(self, session: MailboxSession, uid: int) -> MailServerProblem | None:
        if uid in self._stored:
            return None
        try:
            raw = session.fetch(uid)
        except MessageRefused as refusal:
            return refusal
        if raw is None:
            self._stored.add(uid)
            return None
        with self._kept(uid):
            self._ledger.store(session.uidvalidity, uid, raw)
        self._stored.add(uid)
        # Noted before it is done: a connection that breaks here must not leave the mail unmarked.
        self._unmarked.add(uid)
        return self._mark(session, [uid])

    def _take_head(self, session: MailboxSession, uid: int) -> MailServerProblem | None:
        """Keep what a letter that is too large says of itself; it stays in the mailbox, unmarked."""
        if uid in self._stored:
            return None
        try:
            found = session.fetch_head(uid)
        except MessageRefused as refusal:
            return refusal
        if found:
            with self._kept(uid):
                self._ledger.store_head(session.uidvalidity, uid, *found)
        self._stored.add(uid)
        return None

    @contextmanager
    def _kept(self, uid: int) -> Iterator[None]:
        try:
            yield
        except Released:
            raise
        except Exception as error:
            log.exception("mail %s of %s could not be stored", uid, self._account.server)
            raise CannotStore(self._account.server, safe=SAFE) from error

    def _mark(self, session: MailboxSession, uids: Sequence[int]) -> MailServerProblem | None:
        # What is stored is safe: a refused mark is shown and tried again, and holds nothing up.
        for uid in uids:
            try:
                session.mark_handled(uid)
            except MarkingRefused as refusal:
                return refusal
            self._unmarked.discard(uid)
        return None

    def _advance(self, session: MailboxSession, uid: int) -> None:
        self._ledger.advance(session.uidvalidity, uid)
        self._stored.discard(uid)

    def _rest(self, problem: MailServerProblem, stop: threading.Event) -> None:
        try:
            self._ledger.problem(problem)
        except Released:
            stop.set()
        except Exception:
            # The database is away: it cannot keep the words either, and the loop must live on.
            log.exception("a problem of %s could not be noted", self._account.server)
        is_locked_out = isinstance(problem, WrongPassword | TokenRefused | SignInAgain)
        pauses = PAUSES_AFTER_WRONG_PASSWORD_SECONDS if is_locked_out else self._pauses_seconds
        stop.wait(pauses[min(self._failures, len(pauses) - 1)])
        self._failures += 1
