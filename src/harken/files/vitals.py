"""What `/readyz` learns about the disk that the files lie on."""

import shutil
from collections.abc import Iterable

from harken.files import storage

LITTLE_BYTES = 1_000_000_000
NO_BYTES = 100_000_000


def disk_warnings() -> Iterable[str]:
    """Say so before the disk is full: mail is refused then until there is room, and nothing of it is lost."""
    place = next(folder for folder in (storage.root(), *storage.root().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if free < NO_BYTES:
        yield f"The disk is full: {free / 1e6:.0f} MB are left. Mail waits at its senders. Make room now."
    elif free < LITTLE_BYTES:
        yield f"The disk is nearly full: {free / 1e6:.0f} MB are left. Make room soon."
