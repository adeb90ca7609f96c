"""Locks between processes that the kernel lets go when their last holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Return a descriptor of the lock file, not locked yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until nobody else is inside, then go in."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def take_shared(descriptor: int) -> None:
    """Hold the lock beside others who share it; wait for one who has it alone."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def take_alone(descriptor: int) -> bool:
    """Take the lock for ourselves if nobody else has it. A shared hold of ours is gone afterwards in any case."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
