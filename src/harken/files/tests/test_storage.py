import hashlib
import os
import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from harken.files import storage
from harken.files.errors import FileAltered, FileMissing

LETTER = b"Two jars were broken."


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> Path:
    settings.HARKEN_FILES_URL = f"file://{tmp_path}/shelf%20one"
    return tmp_path / "shelf one"


def kept(shelf: Path) -> list[Path]:
    return [path for path in shelf.rglob("*") if path.is_file()]


def test_what_is_written_is_read_again():
    sha256 = storage.write(7, LETTER)

    assert sha256 == hashlib.sha256(LETTER).hexdigest()
    assert storage.read(7, sha256) == LETTER


def test_the_same_content_is_stored_once(shelf: Path):
    storage.write(7, LETTER)
    storage.write(7, LETTER)

    assert len(kept(shelf)) == 1


def test_a_second_write_does_not_touch_the_bytes(shelf: Path):
    storage.write(7, LETTER)
    before = kept(shelf)[0].stat()

    storage.write(7, LETTER)

    assert kept(shelf)[0].stat().st_ino == before.st_ino


def test_workspaces_share_no_bytes():
    sha256 = storage.write(7, LETTER)

    with pytest.raises(FileMissing):
        storage.read(8, sha256)


def test_mail_that_no_workspace_owns_is_kept_too():
    assert storage.read(None, storage.write(None, LETTER)) == LETTER


def test_missing_bytes_are_called_missing(shelf: Path):
    sha256 = storage.write(7, LETTER)
    kept(shelf)[0].unlink()

    with pytest.raises(FileMissing, match="missing"):
        storage.read(7, sha256)


def test_altered_bytes_are_called_altered(shelf: Path):
    sha256 = storage.write(7, LETTER)
    kept(shelf)[0].write_bytes(LETTER + b"!")

    with pytest.raises(FileAltered, match="changed"):
        storage.read(7, sha256)


def test_writing_again_mends_a_damaged_copy(shelf: Path):
    sha256 = storage.write(7, LETTER)
    kept(shelf)[0].write_bytes(b"rot")

    storage.write(7, LETTER)

    assert storage.read(7, sha256) == LETTER


@pytest.mark.parametrize(
    "hostile", ["../../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "\n", "a/" + "a" * 62]
)
def test_only_a_digest_names_a_file(hostile: str):
    with pytest.raises(FileMissing):
        storage.read(7, hostile)


def test_nobody_else_on_the_machine_reads_along(shelf: Path):
    storage.write(7, LETTER)

    assert stat.S_IMODE(kept(shelf)[0].stat().st_mode) == 0o600
    assert stat.S_IMODE((shelf / "7").stat().st_mode) == 0o700


def test_the_name_appears_only_when_the_content_is_on_the_disk(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noted_replace(source: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(source, target)

    storage.write(7, b"so that the folders exist")
    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    (shelf / "7" / hashlib.sha256(LETTER).hexdigest()[:2]).mkdir(exist_ok=True)
    storage.write(7, LETTER)

    assert steps == ["file", "rename", "folder"]


def test_a_full_disk_leaves_nothing_half_written(shelf: Path, monkeypatch: pytest.MonkeyPatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    storage.write(7, b"so that the folders exist")
    before = kept(shelf)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        storage.write(7, LETTER)

    assert kept(shelf) == before
