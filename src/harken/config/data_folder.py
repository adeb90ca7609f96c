"""The folder of everything an installation keeps: database, files and keys."""

import errno
import os
import pwd
import sys
from pathlib import Path

from harken.config.errors import DataFolderRefused

_OURS = ("secret_key", "postgres")


def default_data_folder() -> Path:
    """Return the user's own data folder, or the system's when root runs Harken."""
    if os.geteuid() == 0:
        return Path("/var/lib/harken")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "harken"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "harken"


def prepare_data_folder(data: Path) -> None:
    """Make the folder for us alone when it is not there; refuse one that we cannot use. Calling twice is safe."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_foreign(data)
        _close_to_others(data)
    except OSError as error:
        raise refused(data, error) from None


def _refuse_foreign(data: Path) -> None:
    owner, us = data.stat().st_uid, os.geteuid()
    if owner != us:
        raise DataFolderRefused(
            f"HARKEN_DATA={data} belongs to {user_name(owner)}, but {user_name(us)} runs Harken: "
            f"run it as {user_name(owner)}, or name another folder."
        )
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _close_to_others(data: Path) -> None:
    # A folder that holds other things keeps its mode: somebody may have named /tmp.
    names = os.listdir(data)
    if data.stat().st_mode & 0o077 and (not names or any(name in names for name in _OURS)):
        data.chmod(0o700)


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
