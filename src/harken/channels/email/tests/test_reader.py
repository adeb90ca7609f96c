"""The process that reads mail: limited, replaced when it dies, gone when nobody needs it."""

import base64
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator

import pytest

from harken.channels.contract import Incoming, Unread, Unreadable
from harken.channels.email import reader as reader_module
from harken.channels.email.read import read
from harken.channels.email.reader import Reader, ReaderUnavailable
from harken.channels.email.tests.mails import make_mail, make_parts


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader() as made:
        yield made


def pid_of(reader: Reader) -> int:
    reader.read(b"")
    assert reader._process is not None
    return reader._process.pid


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_comes_back_is_what_read_gives(reader: Reader):
    raw = make_parts(
        "\nGrüße\n> quoted",
        "Content-Type: image/png; name=a.png\nContent-ID: <a>\n\n\x00\x01",
        cc="Bob <b@x.example>",
    )

    assert reader.read(raw) == read(raw)


def test_one_process_serves_many_mails_and_threads(reader: Reader):
    pid = pid_of(reader)
    found: list[Incoming | Unreadable] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(reader.read(make_mail(f"mail {n}"))))
        for n in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {letter.text for letter in found if isinstance(letter, Incoming)} == {
        f"mail {n}" for n in range(8)
    }
    assert pid_of(reader) == pid


def test_a_killed_process_is_replaced_and_the_mail_read(reader: Reader):
    pid = pid_of(reader)
    os.kill(pid, signal.SIGKILL)

    letter = reader.read(make_mail("still here"))

    assert isinstance(letter, Incoming)
    assert letter.text == "still here"
    assert pid_of(reader) != pid


def test_a_silent_process_is_given_up_in_time_and_the_next_mail_read(reader: Reader):
    reader.timeout_seconds = 0.5
    os.kill(pid_of(reader), signal.SIGSTOP)
    begun = time.monotonic()

    letter = reader.read(make_mail())

    assert isinstance(letter, Unreadable)
    assert letter.why == "takes-too-long"
    assert time.monotonic() - begun < 5
    reader.timeout_seconds = 10
    assert isinstance(reader.read(make_mail()), Incoming)


@pytest.mark.parametrize(
    ("raw", "why", "most"),
    [
        (make_mail("--x\n\n" * 20_000, content_type="multipart/mixed; boundary=x"), "too-many-parts", 5_000),
        (b"Content-Type: message/rfc822\n\n" * 1_000, "nested-too-deep", 100),
    ],
)
def test_a_mail_over_a_limit_is_unreadable_and_the_limit_is_named(
    reader: Reader, raw: bytes, why: str, most: int
):
    letter = reader.read(raw)

    assert letter == Unreadable(Unread(why), most)


def test_a_mail_that_needs_too_much_memory_is_unreadable_and_the_next_is_read(reader: Reader):
    letter = reader.read(make_mail("Ж".encode() * (60 << 20)))

    assert isinstance(letter, Unreadable)
    assert letter.why == "too-much-memory"
    assert isinstance(reader.read(make_mail()), Incoming)


def test_fifty_megabytes_come_through_whole(reader: Reader):
    content = bytes(range(256)) * 204_800
    head = b"Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"

    letter = reader.read(make_parts("\nSee the file", head + base64.b64encode(content)))

    assert isinstance(letter, Incoming)
    assert letter.files[0].content == content


def test_a_header_of_a_megabyte_is_read(reader: Reader):
    letter = reader.read(make_mail("Hello", x_long="a" * (1 << 20), to='\\"(' * 100_000))

    assert isinstance(letter, Incoming)
    assert letter.text == "Hello"


def test_closing_ends_the_process_and_reading_starts_another(reader: Reader):
    pid = pid_of(reader)

    reader.close()

    assert not is_alive(pid)
    assert isinstance(reader.read(make_mail()), Incoming)


def test_the_process_ends_when_its_parent_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(
            """
            import time
            from harken.channels.email.reader import Reader
            reader = Reader()
            reader.read(b"")
            print(reader._process.pid, flush=True)
            time.sleep(60)
            """
        )],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert parent.stdout is not None
    with parent, parent.stdout:
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()

    deadline = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not is_alive(child)


def test_after_a_fork_each_side_has_its_own_process(reader: Reader):
    pid = pid_of(reader)
    reader._owner = os.getpid() + 1  # as the other side of a fork sees it
    inherited = reader._process

    other = pid_of(reader)

    assert other != pid
    assert is_alive(pid)
    assert inherited is not None
    for pipe in (inherited.stdin, inherited.stdout):
        assert pipe is not None
        pipe.close()
    inherited.wait()


def test_the_process_sees_no_secret_of_ours(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HARKEN_SECRET_KEY", "canary")

    with open(f"/proc/{pid_of(reader)}/environ") as environment:
        assert "canary" not in environment.read()


def test_a_process_that_cannot_start_is_not_the_mails_fault(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reader_module.sys, "executable", "/nowhere/python")

    with pytest.raises(ReaderUnavailable):
        reader.read(make_mail())


def test_the_process_loads_neither_django_nor_a_database_driver():
    code = (
        "import sys, harken.channels.email.reading_process; print({'django', 'psycopg'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


def said(answer: Incoming | Unreadable) -> str:
    assert isinstance(answer, Incoming)
    return answer.text.strip()


def test_the_next_mail_is_read_while_this_one_is_worked_on(reader: Reader):
    first, second = make_mail("First"), make_mail("Second")

    reader.read(first, then=second)

    assert said(reader.read(second)) == "Second"


def test_another_mail_than_the_one_begun_gets_its_own_answer(reader: Reader):
    first, second, third = make_mail("First"), make_mail("Second"), make_mail("Third")

    reader.read(first, then=second)

    assert said(reader.read(third)) == "Third"


def test_a_mail_begun_by_a_process_that_dies_is_read_by_the_next(reader: Reader):
    first, second = make_mail("First"), make_mail("Second")

    pid = pid_of(reader)
    reader.read(first, then=second)
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.01)

    assert said(reader.read(second)) == "Second"


def test_who_waits_for_a_slow_mail_is_told(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("harken.channels.email.reader.SLOW_SECONDS", 0.0)
    told: list[str] = []

    # Long enough that no answer is there at once.
    reader.read(make_mail("Slow words\r\n" * 20_000), when_slow=lambda: told.append("slow"))

    assert told == ["slow"]
