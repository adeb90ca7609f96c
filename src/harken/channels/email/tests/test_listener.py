"""The door for mail takes what it can keep, and says "later" to what it cannot."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harken.channels.email.listener import CannotListen, run_listener
from tests.servers.certificates import make_certificate

HELP, SALES = "help@acme.example", "sales@acme.example"
LETTER = b"From: ann@example.com\r\nSubject: Hi\r\n\r\nHello\r\n"


class Desk:
    """What stands behind the door: keeps letters, or fails when told to."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[tuple[bytes, str, tuple[str, ...]]] = []
        self.mailboxes = {HELP, SALES, "помощь@acme.example"}
        self.handed_over_by = ""
        self.failure: Exception | None = None
        self.takes_seconds = 0.0

    def take(self, raw: bytes, envelope_from: str, recipients: tuple[str, ...], client_ip: str) -> None:
        time.sleep(self.takes_seconds)
        if self.failure:
            raise self.failure
        self.handed_over_by = client_ip
        self.letters.append((raw, envelope_from, recipients))

    def knows(self, address: str) -> bool:
        if self.failure:
            raise self.failure
        return address.lower() in self.mailboxes


@contextmanager
def listening(desk: Desk, **options: Any) -> Iterator[threading.Event]:
    stop, ready = threading.Event(), threading.Event()

    def open_for(port: int) -> None:
        desk.port = port
        ready.set()

    thread = threading.Thread(
        target=run_listener,
        args=("127.0.0.1", 0, desk.take, desk.knows, stop),
        kwargs={"on_ready": open_for} | options,
    )
    thread.start()
    try:
        assert ready.wait(10)
        yield stop
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def desk() -> Iterator[Desk]:
    behind = Desk()
    with listening(behind):
        yield behind


@contextmanager
def sender(desk: Desk, greeting: str = "ehlo") -> Iterator[smtplib.SMTP]:
    kind = smtplib.LMTP if greeting == "lhlo" else smtplib.SMTP
    with kind("127.0.0.1", desk.port, "client.example", timeout=30) as client:
        client.command_encoding = "utf-8"
        client.docmd(greeting, "client.example")
        yield client


@pytest.mark.parametrize("greeting", ["helo", "ehlo", "lhlo"])
def test_a_letter_is_kept_before_it_is_acknowledged(desk: Desk, greeting: str):
    with sender(desk, greeting) as client:
        assert client.docmd("MAIL FROM:<ann@example.com>")[0] == 250
        assert client.docmd(f"RCPT TO:<{HELP}>")[0] == 250
        code, _words = client.data(LETTER)
        kept = list(desk.letters)

    assert code == 250
    assert kept == [(LETTER, "ann@example.com", (HELP,))]


def test_what_cannot_be_kept_now_is_asked_for_again(desk: Desk):
    with sender(desk) as client:
        client.mail("ann@example.com")
        client.rcpt(HELP)
        desk.failure = OSError(28, "No space left on device: /secret/path")
        code, words = client.data(LETTER)

    assert code == 452
    assert b"secret" not in words
    assert desk.letters == []


def test_a_mailbox_that_cannot_be_looked_up_now_is_asked_for_again(desk: Desk):
    desk.failure = ConnectionError("the database is away")

    with sender(desk) as client:
        client.mail("ann@example.com")
        assert client.rcpt(HELP)[0] == 451


def test_nothing_is_taken_for_unknown_mailboxes_or_other_domains(desk: Desk):
    with sender(desk) as client:
        client.mail("mallory@example.com")
        assert client.rcpt("nobody@acme.example")[0] == 550
        assert client.rcpt("ann@example.com")[0] == 550
        assert client.docmd("DATA")[0] == 503


def test_one_letter_for_two_mailboxes_is_taken_once(desk: Desk):
    with sender(desk) as client:
        client.sendmail("ann@example.com", [HELP, SALES], LETTER)

    assert [recipients for _raw, _sender, recipients in desk.letters] == [(HELP, SALES)]


def test_lmtp_takes_one_recipient_at_a_time_and_answers_for_it(desk: Desk):
    with sender(desk, "lhlo") as client:
        client.mail("ann@example.com")
        assert client.rcpt(HELP)[0] == 250
        assert client.rcpt(SALES)[0] == 452
        assert client.data(LETTER)[0] == 250

    assert [recipients for _raw, _sender, recipients in desk.letters] == [(HELP,)]


def test_a_returned_letter_has_no_sender(desk: Desk):
    with sender(desk) as client:
        client.mail("")
        client.rcpt(HELP)
        client.data(LETTER)

    assert desk.letters[0][1] == ""


def test_addresses_outside_ascii_are_taken(desk: Desk):
    with sender(desk) as client:
        assert client.docmd("MAIL FROM:<анна@example.com> SMTPUTF8")[0] == 250
        assert client.docmd("RCPT TO:<помощь@acme.example>")[0] == 250
        assert client.data("Subject: Привет\r\n\r\nПривет\r\n".encode())[0] == 250

    assert desk.letters == [
        ("Subject: Привет\r\n\r\nПривет\r\n".encode(), "анна@example.com", ("помощь@acme.example",))
    ]


@pytest.mark.parametrize(
    "address", [b"<he\xfflp@acme.example>", b"<help\x00@acme.example>", b"<<<>>>", b"", b"\xff"]
)
def test_an_unreadable_recipient_is_refused_and_the_line_stays_open(desk: Desk, address: bytes):
    with sender(desk) as client:
        client.mail("ann@example.com")
        client.send(b"RCPT TO:" + address + b"\r\n")
        assert client.getreply()[0] >= 400
        assert client.rcpt(HELP)[0] == 250


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\r\n.b.\r\n",
        b"Subject: bare\n\nline\nfeeds\n.\nstill here\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 300_000 + b"\r\n",
        b"X: " + b"y" * 1_000_000 + b"\r\n\r\nbody\r\n",
        b"Subject: binary\r\n\r\n" + bytes(range(256)) * 10 + b"\r\n",
        b"\r\n",
        b"Subject: smuggled\r\n\r\na\n.\r\nMAIL FROM:<mallory@example.com>\r\nb\r\n",
        b"Subject: smuggled\r\n\r\na\r.\r\nMAIL FROM:<mallory@example.com>\r\nb\r\n",
    ],
)
def test_every_byte_of_a_letter_is_kept_and_it_ends_where_it_ends(desk: Desk, raw: bytes):
    with sender(desk) as client:
        client.mail("ann@example.com")
        client.rcpt(HELP)
        client.docmd("DATA")
        stuffed = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]
        client.send(stuffed + b".\r\n")
        assert client.getreply()[0] == 250
        assert client.noop()[0] == 250

    assert [letter[0] for letter in desk.letters] == [raw]


def test_an_empty_letter_is_a_letter(desk: Desk):
    with sender(desk) as client:
        client.mail("ann@example.com")
        client.rcpt(HELP)
        client.docmd("DATA")
        client.send(b".\r\nNOOP\r\n")
        assert (client.getreply()[0], client.getreply()[0]) == (250, 250)

    assert desk.letters == [(b"", "ann@example.com", (HELP,))]


def test_a_letter_too_big_is_refused_before_and_after_it_is_sent():
    desk = Desk()
    with listening(desk, largest_bytes=1000), sender(desk) as client:
        client.ehlo()
        assert client.mail("ann@example.com", [f"size={2000}"])[0] == 552
        client.mail("ann@example.com")
        client.rcpt(HELP)
        assert client.data(b"x\r\n" * 50_000)[0] == 552
        client.mail("ann@example.com")
        client.rcpt(HELP)
        assert client.data(b"x" * 998 + b"\r\n")[0] == 250

    assert len(desk.letters) == 1


def test_fifty_megabytes_come_in_whole(desk: Desk):
    raw = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 670_000

    with sender(desk) as client:
        client.sendmail("ann@example.com", [HELP], raw)

    assert desk.letters[0][0] == raw


def test_a_sender_who_hangs_up_leaves_nothing_behind(desk: Desk):
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(f"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<{HELP}>\r\nDATA\r\nSubject: half".encode())
        time.sleep(0.2)
    with sender(desk) as client:
        client.sendmail("ann@example.com", [HELP], LETTER)

    assert [letter[0] for letter in desk.letters] == [LETTER]


def test_a_letter_in_hand_is_finished_when_the_door_closes():
    desk = Desk()
    desk.takes_seconds = 0.7
    with listening(desk) as stop, sender(desk) as client:
        client.mail("ann@example.com")
        client.rcpt(HELP)
        client.docmd("DATA")
        client.send(LETTER + b".\r\n")
        time.sleep(0.1)
        stop.set()
        assert client.getreply()[0] == 250

    assert len(desk.letters) == 1


def test_the_door_closes_in_time_with_lines_open():
    desk = Desk()
    with listening(desk) as stop, socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.recv(100)
        began = time.monotonic()
        stop.set()
        line.settimeout(10)
        assert line.recv(100) == b""

    assert time.monotonic() - began < 5


def test_the_line_is_encrypted_where_that_is_offered(tmp_path: Path):
    certificate = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    desk = Desk()
    with listening(desk, tls=context), smtplib.SMTP("localhost", desk.port, "client.example") as client:
        client.starttls(context=ssl.create_default_context(cafile=str(certificate.authority)))
        client.sendmail("ann@example.com", [HELP], LETTER)
        offers = client.esmtp_features

    assert desk.letters[0][0] == LETTER
    assert "auth" not in offers


def test_too_many_lines_at_once_are_asked_to_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harken.channels.email.listener.MOST_CONNECTIONS", 1)

    with sender(desk), socket.create_connection(("127.0.0.1", desk.port)) as second:
        assert second.recv(100).startswith(b"421")
        assert second.recv(100) == b""
    with sender(desk) as third:
        assert third.noop()[0] == 250


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}.*Another program"):
            run_listener("127.0.0.1", port, Desk().take, Desk().knows, threading.Event())


def test_a_host_that_is_not_ours_is_named():
    with pytest.raises(CannotListen, match="Check the host"):
        run_listener("192.0.2.1", 2525, Desk().take, Desk().knows, threading.Event())


def test_the_desk_learns_who_handed_a_letter_over():
    desk = Desk()

    with listening(desk), smtplib.SMTP("127.0.0.1", desk.port) as smtp:
        smtp.sendmail("ann@example.com", [HELP], b"Subject: Bread\r\n\r\nWhere?\r\n")

    assert desk.handed_over_by == "127.0.0.1"
