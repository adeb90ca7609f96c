"""The embedded PostgreSQL: made, started, found again and stopped."""

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, TypedDict

import psycopg

from harken.config.data_folder import prepare_data_folder, refused, user_name
from harken.config.database.account import Account, postgresql_account
from harken.config.database.binaries import brought_version, programs_for
from harken.config.database.configuration import SUPERUSER, write_configuration
from harken.config.database.locks import open_lock, take_alone
from harken.config.errors import DatabaseRefused, DataFolderRefused

_SOCKET_PATH_LIMIT = 90  # bytes; the kernel takes 107, on macOS 103
_RECOVERY_SECONDS = 300
_LOG_BYTES = 10_000_000
_OWN_FOLDER = Path("/proc/self/cwd")
_PHASES = ("starting up", "shutting down", "recovery mode", "not yet accepting", "not accepting")
_LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]


class Address(TypedDict):
    """The host and port of a server."""

    host: str
    port: int


class Cluster:
    """PostgreSQL in the data folder. Only one process at a time may make or start it: see `Lease`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / "postgres"
        self._log = data / "postgres.log"
        self._alive = data / "postgres.lock"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: the cluster's own, or a private one under /tmp when its path is too long."""
        if len(os.fsencode(self.folder / ".s.PGSQL.5432.lock")) <= _SOCKET_PATH_LIMIT:
            return self.folder
        # Always /tmp: TMPDIR may differ between the processes that must meet here.
        return Path("/tmp") / f"harken-{sha256(os.fsencode(self.folder)).hexdigest()[:16]}"

    @property
    def address(self) -> Address:
        """Where the server is, in the words of libpq; given in full, so that no PG… variable has a say."""
        return {"host": str(self.sockets), "port": 5432}

    def is_running(self) -> bool:
        """Is any process of this cluster alive? Every one holds the lock that the first was born with."""
        if not self._alive.exists():
            return False
        descriptor = open_lock(self._alive)
        try:
            return not take_alone(descriptor)
        finally:
            os.close(descriptor)

    def start(self) -> None:
        """Make the cluster if there is none, start it if it does not run, and wait until it answers."""
        prepare_data_folder(self.data)
        if self.is_running() and self._answers():
            return
        try:
            self._make()
            self._launch()
        except OSError as error:
            raise refused(self.data, error) from None
        if not self._answers():
            raise self._failure("PostgreSQL did not start")

    def stop(self, patience_seconds: float = 1.4) -> None:
        """Stop in good order, or when that takes too long at once: the next start then recovers."""
        for way in (signal.SIGINT, signal.SIGQUIT):
            self._tell(way)
            if _eventually(lambda: not self.is_running(), patience_seconds):
                break
        if self.sockets != self.folder:
            shutil.rmtree(self.sockets, ignore_errors=True)

    @cached_property
    def _account(self) -> Account:
        return postgresql_account(self.folder)

    @cached_property
    def _programs(self) -> Path:
        return programs_for(self._account)

    def _make(self) -> None:
        if self.folder.exists():
            self._refuse_other_version()
            return
        # A start that was killed half way leaves a draft behind, never a cluster.
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        self._account.own(draft)
        self._run(draft, "initdb", f"--username={SUPERUSER}", "--auth=peer", "--no-instructions", *_LOCALE)
        (draft / "local.conf").touch()
        draft.rename(self.folder)
        _make_durable(self.data)

    def _refuse_other_version(self) -> None:
        found, ours = (self.folder / "PG_VERSION").read_text().strip(), brought_version().split(".")[0]
        if found != ours:
            raise DatabaseRefused(
                f"{self.folder} was made by PostgreSQL {found}, but this Harken brings PostgreSQL {ours}: dump it "
                f"with the Harken that made it and load the dump into an empty HARKEN_DATA "
                f"(docs/how-to/change-postgresql.md)."
            )

    def _launch(self) -> None:
        # Nobody is alive, so these are a dead server's; its number may be somebody else's by now, and PostgreSQL
        # would then refuse to start.
        for trace in (self.folder / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            trace.unlink(missing_ok=True)
        self._prepare_sockets()
        write_configuration(self.folder, "." if self.sockets == self.folder else str(self.sockets))
        descriptor = open_lock(self._alive)
        try:
            if not take_alone(descriptor):
                raise DatabaseRefused(
                    f"Processes of an old PostgreSQL in {self.folder} do not end: stop them."
                )
            self._run(self.folder, "pg_ctl", "start", "--no-wait", "--silent", pass_fds=(descriptor,))
        finally:
            os.close(descriptor)

    def _prepare_sockets(self) -> None:
        if self.sockets == self.folder:
            return
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid not in (self._account.uid, os.geteuid()):
            raise DatabaseRefused(
                f"{self.sockets} belongs to {user_name(found.st_uid)}: remove it, or choose a shorter HARKEN_DATA."
            )
        self._account.own(self.sockets)

    def _run(self, folder: Path, program: str, *arguments: str, pass_fds: tuple[int, ...] = ()) -> None:
        # The folder is named by way of the process's own place in it, so that the other account needs no rights
        # on the folders above: HARKEN_DATA may lie under root's closed home.
        place = folder if self._account.is_ours or not _OWN_FOLDER.exists() else _OWN_FOLDER
        command = [str(self._programs / program), *arguments, "--pgdata", str(place)]
        with self._log_file() as log:
            done = subprocess.run(
                command,
                cwd=folder,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                pass_fds=pass_fds,
                **self._account.process_options,
            )
        if done.returncode:
            raise self._failure(f"{program} failed")

    def _log_file(self) -> BinaryIO:
        if self._log.exists() and self._log.stat().st_size > _LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.old"))
        return os.fdopen(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def _answers(self) -> bool:
        """Wait for an answer; False when no server is left to give one. Recovery after a crash takes its time."""
        started = time.monotonic()
        while time.monotonic() - started < _RECOVERY_SECONDS:
            try:
                psycopg.connect(**self.address, user=SUPERUSER, dbname="postgres").close()
            except psycopg.OperationalError as error:
                self._refuse_unless_starting(str(error))
                if not self.is_running():
                    return False
            else:
                return True
            time.sleep(0.02)
        raise self._failure(f"PostgreSQL gave no answer within {_RECOVERY_SECONDS} s")

    def _refuse_unless_starting(self, words: str) -> None:
        if "FATAL" in words and not any(phase in words for phase in _PHASES):
            raise DatabaseRefused(f"The embedded PostgreSQL refuses Harken: {words.splitlines()[-1]}")

    def _tell(self, way: signal.Signals) -> None:
        # The file is a dead server's when only its last children are left: they end without being told.
        with contextlib.suppress(OSError, ValueError):
            number = int((self.folder / "postmaster.pid").read_text().split()[0])
            os.kill(number, way)

    def _failure(self, what: str) -> DatabaseRefused | DataFolderRefused:
        words = self._last_words()
        if "No space left on device" in words or "Disk quota exceeded" in words:
            return refused(self.data, OSError(errno.ENOSPC, ""))
        return DatabaseRefused(f"{what}: {words} (more in {self._log})")

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace")[-4000:].splitlines() if self._log.exists() else []
        telling = [line for line in lines if re.search(r"FATAL|PANIC|error:|could not", line)] or lines
        return telling[-1].strip() if telling else "no words in its log"


def _make_durable(folder: Path) -> None:
    # A name is safe from a power cut only when its folder was written.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
