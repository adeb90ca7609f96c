"""The folder of everything an installation keeps: database, files and keys."""

import errno
import os
import pwd
import sys
from pathlib import Path


class DataFolderRefused(Exception):
    """The data folder cannot be used; the sentence says why and what to do."""


def default_data_folder() -> Path:
    """Return the user's own data folder, or the system's when root runs Harken."""
    if os.geteuid() == 0:
        return Path("/var/lib/harken")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "harken"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "harken"


def prepare_data_folder(data: Path) -> None:
    """Make the folder, for us alone, when it is not there; refuse one that we cannot use. Calling twice is safe."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = data.stat().st_uid
    except OSError as error:
        raise refused(data, error) from None
    if owner != os.geteuid():
        raise DataFolderRefused(
            f"HARKEN_DATA={data} belongs to {user_name(owner)}, but {user_name(os.geteuid())} runs Harken: "
            f"run it as {user_name(owner)}, or name another folder."
        )
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise DataFolderRefused(
            f"HARKEN_DATA={data} is not writable: change its mode, or name another folder."
        )


def refused(data: Path, error: OSError) -> DataFolderRefused:
    """Say in one sentence why nothing can be written to the folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DataFolderRefused(
            f"HARKEN_DATA={data} is full: free some space there, or name another folder."
        )
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return DataFolderRefused(f"HARKEN_DATA={data} is not a folder: name another one.")
    return DataFolderRefused(
        f"HARKEN_DATA={data} is not writable ({error.strerror}): change its rights, or name another folder."
    )


def user_name(uid: int) -> str:
    """Return the name of an account of this machine, or its number in words when it has no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
