"""The disk is full in the middle: nothing is acknowledged that is not stored, and nothing is left half there."""

import errno
import os
import smtplib
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from harken.channels.arriving import intake, listening
from harken.channels.arriving.fetching import MailboxLedger
from harken.channels.email.errors import CannotStore
from harken.channels.email.fetch import Fetcher
from harken.channels.email.listener import run_listener
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import letter
from harken.files import storage
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.django_db(transaction=True)

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


def refuse(*_arguments, **_named):
    raise NO_SPACE


# Every call of the operating system by which a letter comes to lie on the disk.
STEPS = {
    "the folder": ("harken.files.storage.Path.mkdir", refuse),
    "a temporary file": ("harken.files.storage.tempfile.mkstemp", refuse),
    "its bytes": ("harken.files.storage.os.fdopen", refuse),
    "to the disk": ("harken.files.storage.os.fsync", refuse),
    "its name": ("harken.files.storage.Path.replace", refuse),
}


@pytest.fixture
def channel():
    return make_channel(make_workspace(slug="fennel"), imap_host="localhost")


@contextmanager
def smtp_door() -> Iterator[smtplib.SMTP]:
    stop, ready, port = threading.Event(), threading.Event(), []

    def opened(number):
        port.append(number)
        ready.set()

    thread = threading.Thread(
        target=run_listener,
        args=("127.0.0.1", 0, alone(listening.take), alone(listening.knows), stop),
        kwargs={"on_ready": opened},
    )
    thread.start()
    try:
        assert ready.wait(10)
        with smtplib.SMTP("127.0.0.1", port[0], timeout=30) as client:
            yield client
    finally:
        stop.set()
        thread.join(10)


def alone(work):
    """Let each call of the door's threads end its own connection: the test database wants to be empty of them."""

    def called(*arguments):
        try:
            return work(*arguments)
        finally:
            connection.close()

    return called


def kept():
    return [path for path in storage.root().rglob("*") if path.is_file()]


@pytest.mark.parametrize("step", STEPS)
def test_whatever_step_finds_the_disk_full_nothing_is_stored_or_left_behind(
    channel, monkeypatch, settings, tmp_path, step
):
    # Where nothing has been stored yet, so that every step is taken.
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step])
        with pytest.raises(OSError, match="No space left"):
            intake.store(letter(), source="deliver")

    assert not Arrival.objects.exists()
    assert [path for path in kept() if path.name.startswith(".part-")] == []


def test_an_smtp_sender_is_told_to_come_again(channel, monkeypatch):
    wall.leave()
    with smtp_door() as client:
        client.ehlo()
        client.mail("ann@crumb.example")
        client.rcpt("help@fennel.example")
        with monkeypatch.context() as patch:
            patch.setattr("harken.files.storage.tempfile.mkstemp", refuse)
            code, words = client.data(letter())
        client.mail("ann@crumb.example")
        client.rcpt("help@fennel.example")
        later, _words = client.data(letter())

    assert (code, later) == (452, 250)
    assert b"No room" in words
    wall.enter(channel.workspace_id)
    assert Arrival.objects.count() == 1


@pytest.mark.mail_servers
def test_a_letter_that_is_not_stored_stays_unmarked_in_its_mailbox(channel, monkeypatch):
    with Dovecot() as server:
        uid = server.append("full", letter())
        fetcher = _fetcher(server, channel)
        with monkeypatch.context() as patch:
            patch.setattr("harken.files.storage.os.fsync", refuse)
            with pytest.raises(CannotStore):
                fetcher.once()
        marks_when_full = server.flags("full")[uid]

        _fetcher(server, channel).once()
        marks_afterwards = server.flags("full")[uid]

    assert marks_when_full == set()
    assert "\\Seen" in marks_afterwards
    assert Arrival.objects.count() == 1


def _fetcher(server, channel):
    connection.ensure_connection()
    account = server.account("full", take_from=date(2000, 1, 1))
    return Fetcher(account, MailboxLedger(channel.mailbox, threading.Event()))


@pytest.fixture
def small_disk(settings) -> Iterator[Path]:
    """A real file system of 256 KiB; only root may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True
        ).returncode
    )
    if not mounted:
        folder.rmdir()
        pytest.skip("a small disk can be mounted by root alone")
    settings.HARKEN_FILES_URL = folder.as_uri()
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def test_on_a_real_full_disk_what_was_acknowledged_is_whole_and_the_rest_comes_later(channel, small_disk):
    letters = [letter(os.urandom(15_000).hex()) for _ in range(40)]
    refused = []
    for raw in letters:
        try:
            intake.store(raw, source="deliver")
        except OSError:
            refused.append(raw)
    stored = [arrival.raw.read() for arrival in Arrival.objects.select_related("raw")]

    assert refused
    assert sorted(stored + refused) == sorted(letters)
    assert [path for path in kept() if path.name.startswith(".part-")] == []
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    for raw in refused:
        intake.store(raw, source="deliver")
    assert Arrival.objects.count() == len(letters)
