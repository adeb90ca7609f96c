import errno
import os

import pytest

from harken.config import data_folder
from harken.config.data_folder import prepare_data_folder, refused
from harken.config.errors import DataFolderRefused


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_new_folder_is_closed_to_others(tmp_path):
    prepare_data_folder(tmp_path / "new" / "data")

    assert mode(tmp_path / "new" / "data") == 0o700


def test_an_open_folder_that_is_ours_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "secret_key").touch()

    prepare_data_folder(tmp_path)

    assert mode(tmp_path) == 0o700


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "something else").touch()

    prepare_data_folder(tmp_path)

    assert mode(tmp_path) == 0o755


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "data").touch()

    with pytest.raises(DataFolderRefused, match="is not a folder"):
        prepare_data_folder(tmp_path / "data")
    with pytest.raises(DataFolderRefused, match="is not a folder"):
        prepare_data_folder(tmp_path / "data" / "below")


def test_a_folder_of_another_owner_is_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(DataFolderRefused, match=r"belongs to .* but .* runs Harken: run it as"):
        prepare_data_folder(tmp_path)


def test_a_folder_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    # Root may write anywhere, so the kernel's answer is taken from its mouth.
    monkeypatch.setattr(data_folder.os, "access", lambda *_: False)

    with pytest.raises(DataFolderRefused, match="is not writable"):
        prepare_data_folder(tmp_path)


def test_a_full_disk_is_called_full(tmp_path):
    sentence = str(refused(tmp_path, OSError(errno.ENOSPC, "No space left on device")))

    assert sentence == f"HARKEN_DATA={tmp_path} is full: free some space there, or name another folder."
