"""What `/readyz` learns about the disk that the files lie on."""

from collections.abc import Iterable

from harken.files import storage
from harken.lib.disk import LITTLE_BYTES, NO_BYTES, free_bytes


def disk_warnings() -> Iterable[str]:
    """Say so before the disk is full: mail is refused then until there is room, and nothing of it is lost."""
    free = free_bytes(storage.root())
    if free < NO_BYTES:
        yield f"The disk is full: {free / 1e6:.0f} MB are left. Mail waits at its senders. Make room now."
    elif free < LITTLE_BYTES:
        yield f"The disk is nearly full: {free / 1e6:.0f} MB are left. Make room soon."
