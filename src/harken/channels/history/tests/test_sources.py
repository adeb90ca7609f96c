"""Letters in mbox files and Maildirs: where one ends and the next begins, and how they hang together."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harken.channels.history.sources import Maildir, Mbox, NotReadable
from harken.channels.history.threads import Threads

FIRST = (
    b"From: ann@crumb.example\nDate: Mon, 5 Jan 2015 10:00:00 +0000\nMessage-ID: <1@crumb.example>\n\nHello\n"
)
SECOND = b"Message-ID: <2@crumb.example>\nReferences: <0@lost.example>\n <1@crumb.example>\n\nBye\n"


def mbox(folder: Path, content: bytes) -> Mbox:
    path = folder / "inbox.mbox"
    path.write_bytes(content)
    return Mbox(path)


def letters(source: Mbox | Maildir) -> list[bytes | None]:
    return [entry.read() for entry in source.entries()]


def test_every_letter_of_an_mbox_comes_out_as_it_went_in(tmp_path: Path):
    source = mbox(tmp_path, b"From a Mon Jan 5 2015\n" + FIRST + b"\nFrom - Tue Jan 6 2015\n" + SECOND)

    assert letters(source) == [FIRST, SECOND]


def test_a_letter_that_says_from_at_the_start_of_a_line_is_not_torn(tmp_path: Path):
    said = FIRST + b"\nFrom here on it is easy.\n>From the heart.\n"
    source = mbox(tmp_path, b"From a\n" + said.replace(b"\n>From", b"\n>>From") + b"\nFrom b\n" + SECOND)

    assert letters(source) == [said, SECOND]


def test_lines_that_end_as_on_windows_end_letters_too(tmp_path: Path):
    source = mbox(tmp_path, (b"From a\n" + FIRST + b"\nFrom b\n" + SECOND).replace(b"\n", b"\r\n"))

    assert letters(source) == [FIRST.replace(b"\n", b"\r\n"), SECOND.replace(b"\n", b"\r\n")]


def test_an_empty_mbox_has_no_letters_and_another_file_is_none(tmp_path: Path):
    assert letters(mbox(tmp_path, b"")) == []
    with pytest.raises(NotReadable, match="is no mbox file"):
        letters(mbox(tmp_path, b"%PDF-1.7\n"))


def test_a_letter_is_dated_by_its_header_and_else_by_its_source(tmp_path: Path):
    source = mbox(
        tmp_path,
        b"From a\n" + FIRST + b"\nFrom b\nDate: soon\n\nHi\n" + b"\nFrom c\nDate: 1 Jan 2090\n\nHi\n",
    )
    os.utime(tmp_path / "inbox.mbox", (1_500_000_000, 1_500_000_000))

    dates = [entry.at for entry in source.entries()]

    assert dates == [datetime(2015, 1, 5, 10, tzinfo=UTC), *[datetime.fromtimestamp(1_500_000_000, UTC)] * 2]


def test_a_maildir_is_read_with_its_folders_and_after_a_mark_was_set(tmp_path: Path):
    for folder in ("cur", "new", "tmp", ".Sent/cur"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "cur" / "1.a:2,").write_bytes(FIRST)
    (tmp_path / ".Sent/cur" / "2.a:2,S").write_bytes(SECOND)
    (tmp_path / "tmp" / "3.a").write_bytes(b"half a let")

    entries = list(Maildir(tmp_path).entries())
    (tmp_path / "cur" / "1.a:2,").rename(tmp_path / "cur" / "1.a:2,S")

    assert sorted(entry.read() or b"" for entry in entries) == sorted([FIRST, SECOND])


def test_a_folder_that_is_no_maildir_is_refused(tmp_path: Path):
    with pytest.raises(NotReadable, match="is no Maildir"):
        letters(Maildir(tmp_path))


def test_letters_are_relatives_by_an_ancestor_that_is_not_there():
    threads = Threads()
    for ids in (["1", "0"], ["2", "0"], ["3", "2"], ["4"], []):
        threads.add(ids)

    assert threads.relatives_of(["3"]) == threads.relatives_of(["1", "0"])
    assert len(threads.relatives_of(["1"])) == 4
    assert len(threads.relatives_of(["4"])) == 1
    assert threads.relatives_of([]) == ()
