"""Room on a disk: how much is left, and when that is little."""

import shutil
from pathlib import Path

LITTLE_BYTES = 1_000_000_000
NO_BYTES = 100_000_000


def nearest(folder: Path) -> Path:
    """Return the folder itself, or the first one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def free_bytes(folder: Path) -> int:
    """Return how much room is left where a folder lies, or will lie once it is made."""
    return shutil.disk_usage(nearest(folder)).free
