"""Letters are packed on the disk, proved when they are read, and told when they are not whole."""

import gzip
import hashlib
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from harken.files import storage
from harken.files.errors import FileAltered, FileMissing
from harken.files.vitals import disk_warnings

LETTER = b"Two jars were broken. " * 200


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> Path:
    settings.HARKEN_FILES_URL = f"file://{tmp_path}/shelf"
    return tmp_path / "shelf"


def kept(shelf: Path) -> list[Path]:
    return [path for path in shelf.rglob("*") if path.is_file()]


def test_a_letter_is_read_again_byte_for_byte_and_takes_less_room(shelf: Path):
    sha256 = storage.pack(7, LETTER)

    assert sha256 == hashlib.sha256(LETTER).hexdigest()
    assert storage.unpack(7, sha256) == LETTER
    assert kept(shelf)[0].stat().st_size < len(LETTER) / 10


def test_any_tool_can_unpack_it(shelf: Path):
    storage.pack(7, LETTER)

    assert gzip.decompress(kept(shelf)[0].read_bytes()) == LETTER


def test_the_same_letter_lies_there_once(shelf: Path):
    storage.pack(7, LETTER)
    before = kept(shelf)[0].stat()
    storage.pack(7, LETTER)

    assert [path.stat().st_ino for path in kept(shelf)] == [before.st_ino]


def test_a_letter_from_before_they_were_packed_is_still_read():
    assert storage.unpack(7, storage.write(7, LETTER)) == LETTER


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"no gzip",
        gzip.compress(b"Another letter"),
        gzip.compress(LETTER)[:-20],
        gzip.compress(LETTER)[:40],
    ],
    ids=["empty", "not packed", "another letter", "without its end", "torn off"],
)
def test_a_damaged_letter_is_told_and_mended_when_it_comes_again(shelf: Path, damage: bytes):
    sha256 = storage.pack(7, LETTER)
    kept(shelf)[0].write_bytes(damage)

    with pytest.raises(FileAltered):
        storage.unpack(7, sha256)
    storage.pack(7, LETTER)

    assert storage.unpack(7, sha256) == LETTER


def test_a_removed_letter_is_missing_and_an_enclosure_with_its_bytes_is_not():
    sha256 = storage.pack(7, LETTER)
    storage.write(7, LETTER)

    storage.remove_packed(7, sha256)
    storage.remove_packed(7, sha256)
    assert storage.read(7, sha256) == LETTER
    storage.remove(7, sha256)

    with pytest.raises(FileMissing):
        storage.unpack(7, sha256)


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_is_not(shelf: Path):
    storage.pack(7, LETTER)
    folder = kept(shelf)[0].parent
    old, new = folder / ".part-old", folder / ".part-new"
    for part in (old, new):
        part.write_bytes(b"half")
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))

    swept = storage.sweep(timedelta(days=1))

    assert swept == 1
    assert {path.name for path in kept(shelf)} == {".part-new", f"{hashlib.sha256(LETTER).hexdigest()}.gz"}


@pytest.mark.parametrize(
    ("free", "words"), [(50_000_000, "is full"), (500_000_000, "nearly full"), (5_000_000_000, "")]
)
def test_a_disk_without_room_is_told_before_it_is_full(
    monkeypatch: pytest.MonkeyPatch, free: int, words: str
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=free))

    assert words in "".join(disk_warnings())
    assert bool(words) == bool(list(disk_warnings()))
