"""Fetching: one thread for each mailbox, following what the settings say while the worker runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, IntegrityError, close_old_connections, connection
from django.db.models import QuerySet

from harken.channels.arriving import intake
from harken.channels.email.accounts import PasswordUnreadable, account_of
from harken.channels.email.errors import MailServerProblem
from harken.channels.email.fetch import Fetcher, Released
from harken.channels.email.imap import ImapAccount
from harken.channels.mailboxes.troubles import report
from harken.channels.models import Arrival, FolderState, Mailbox, Part
from harken.channels.steps import Step, passed
from harken.workspaces import wall

log = structlog.get_logger(__name__)

LOOK_FOR_CHANGES_SECONDS = 3
# A class of advisory locks of our own, so that no other use of them can meet ours.
FETCH_LOCK = 0x4841524B


class LockLost(Released):
    """The database connection that held the mailbox's lock is gone; another worker may follow the mailbox now."""


class MailboxGone(Released):
    """The mailbox was removed in the settings."""


class MailboxLedger:
    """One mailbox's side of the ledger, as the fetch loop sees it. Every call stands alone: threads live long.

    A call sets `stop` and raises LockLost when the connection is no longer the one the mailbox was locked on.
    """

    def __init__(self, mailbox: Mailbox, stop: threading.Event) -> None:
        self._mailbox = mailbox
        self._stop = stop
        self._locked_on = connection.connection

    def highest_uid(self, uidvalidity: int) -> int | None:
        with self._inside():
            states = self._states().filter(uidvalidity=uidvalidity)
            return states.values_list("highest_uid", flat=True).first()

    def store(self, uidvalidity: int, uid: int, raw: bytes) -> None:
        with self._inside():
            place = intake.Place(self._mailbox.imap_folder, uidvalidity, uid)
            intake.store(raw, source=Arrival.Source.IMAP, channel=self._mailbox.channel, place=place)

    def store_head(self, uidvalidity: int, uid: int, head: bytes, size: int) -> None:
        with self._inside():
            place = intake.Place(self._mailbox.imap_folder, uidvalidity, uid)
            intake.store_head(head, size=size, channel=self._mailbox.channel, place=place)

    def advance(self, uidvalidity: int, uid: int) -> None:
        passed(Step.HANDLED_AT_SOURCE)
        with self._inside():
            FolderState.objects.update_or_create(
                mailbox=self._mailbox,
                folder=self._mailbox.imap_folder,
                uidvalidity=uidvalidity,
                defaults={"highest_uid": uid},
                create_defaults={
                    "highest_uid": uid,
                    "began_above": uid,
                    "workspace_id": self._mailbox.workspace_id,
                },
            )

    def healthy(self) -> None:
        with self._inside():
            self._mailbox.channel.note_checked()
            self._mailbox.channel.report_well(Part.FETCHING)

    def problem(self, problem: MailServerProblem) -> None:
        with self._inside():
            report(self._mailbox.channel, Part.FETCHING, problem)

    def _states(self) -> QuerySet[FolderState]:
        return FolderState.objects.filter(mailbox=self._mailbox, folder=self._mailbox.imap_folder)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        close_old_connections()
        if connection.connection is None or connection.connection is not self._locked_on:
            self._stop.set()
            raise LockLost
        with wall.inside(self._mailbox.workspace_id):
            try:
                yield
            except IntegrityError:
                self._release_if_gone()
                raise

    def _release_if_gone(self) -> None:
        # Removed in the settings while its mail is read: what was stored stays, and nobody follows it any more.
        if not Mailbox.objects.filter(pk=self._mailbox.pk).exists():
            self._stop.set()
            raise MailboxGone


@dataclass
class _Running:
    """A thread that follows one mailbox, and the settings it was started with."""

    account: ImapAccount
    stop: threading.Event
    thread: threading.Thread


class Fetchers:
    """Follows all mailboxes of all workspaces; starts, stops and restarts threads as the settings change."""

    def __init__(self) -> None:
        self._running: dict[int, _Running] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fetchers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask every thread to end; they are daemons, so that a silent server cannot hold the process."""
        self._stop.set()
        for running in list(self._running.values()):
            running.stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_FOR_CHANGES_SECONDS if self._running else 0.5):
            try:
                close_old_connections()
                self._follow(fetched_mailboxes())
            except DatabaseError as error:
                log.warning("mailboxes could not be listed", error=type(error).__name__)
            except Exception:
                # Whatever it is: the next look may go well, and without looks no mailbox is followed any more.
                log.exception("mailboxes could not be followed")

    def _follow(self, mailboxes: dict[int, Mailbox]) -> None:
        for pk in set(self._running) - set(mailboxes):
            self._running.pop(pk).stop.set()
        for mailbox in mailboxes.values():
            try:
                self._follow_one(mailbox, account_of(mailbox))
            except PasswordUnreadable as problem:
                with wall.inside(mailbox.workspace_id):
                    report(mailbox.channel, Part.FETCHING, problem)

    def _follow_one(self, mailbox: Mailbox, account: ImapAccount) -> None:
        running = self._running.get(mailbox.pk)
        if running and running.account == account and running.thread.is_alive():
            return
        if running:
            running.stop.set()
        self._running[mailbox.pk] = _start(mailbox, account)


def fetched_mailboxes() -> dict[int, Mailbox]:
    """Return every mailbox that is fetched by IMAP, in all workspaces, by its id."""
    with wall.across():
        mailboxes = (
            Mailbox.objects.select_related("channel", "grant")
            .filter(channel__is_active=True)
            .exclude(imap_host="")
        )
        return {mailbox.pk: mailbox for mailbox in mailboxes}


def _start(mailbox: Mailbox, account: ImapAccount) -> _Running:
    stop = threading.Event()
    thread = threading.Thread(
        target=_follow_mailbox, args=(mailbox, account, stop), name=f"mailbox-{mailbox.pk}", daemon=True
    )
    thread.start()
    return _Running(account, stop, thread)


def _follow_mailbox(mailbox: Mailbox, account: ImapAccount, stop: threading.Event) -> None:
    # Of several workers one follows a mailbox; the lock goes with its connection, and another takes over.
    try:
        while not stop.is_set() and not _take_lock(mailbox):
            stop.wait(LOOK_FOR_CHANGES_SECONDS)
        Fetcher(account, MailboxLedger(mailbox, stop)).run(stop)
    except DatabaseError as error:
        log.warning("a mailbox could not be locked", mailbox=mailbox.pk, error=type(error).__name__)
    finally:
        connection.close()


def _take_lock(mailbox: Mailbox) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [FETCH_LOCK, mailbox.pk])
        (taken,) = cursor.fetchone()
    return bool(taken)
