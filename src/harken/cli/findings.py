"""What `harken doctor` finds before it asks the database: the folder, the disk, the public address."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from harken.config.data_folder import user_name
from harken.config.environment import Environment
from harken.lib.disk import LITTLE_BYTES, NO_BYTES, free_bytes, nearest
from harken.lib.vitals import Finding

SHORT_KEY = 32


def findings_of_the_machine(settings: Environment) -> Iterator[Finding]:
    """Look at rights, room on the disk and the address; nothing is changed and nothing connected to."""
    yield from _rights(settings)
    for folder in dict.fromkeys((nearest(settings.data), nearest(settings.files_folder))):
        yield _room(folder)
    yield _public_address(settings)


def _rights(settings: Environment) -> Iterator[Finding]:
    if not settings.data.exists():
        yield Finding("permissions", "well", f"{settings.data} is not there yet; the first start makes it.")
        return
    found = settings.data.stat()
    yield _owner(settings.data, found)
    yield _mode(settings.data, found, 0o700)
    key = settings.data / "secret_key"
    if key.exists():
        yield _mode(key, key.stat(), 0o600)
    if settings.given_secret_key and len(settings.given_secret_key) < SHORT_KEY:
        sentence = f"HARKEN_SECRET_KEY is short: take one of at least {SHORT_KEY} random characters."
        yield Finding("permissions", "wrong", sentence)


def _owner(path: Path, found: os.stat_result) -> Finding:
    owner = user_name(found.st_uid)
    if found.st_uid == os.geteuid():
        return Finding("permissions", "well", f"{path} belongs to {owner}, who runs Harken.")
    return Finding(
        "permissions", "wrong", f"{path} belongs to {owner}: run Harken as {owner}, or change the owner."
    )


def _mode(path: Path, found: os.stat_result, wanted: int) -> Finding:
    mode = stat.S_IMODE(found.st_mode)
    if mode & ~wanted == 0:
        return Finding("permissions", "well", f"{path} is closed to others ({mode:o}).")
    return Finding("permissions", "wrong", f"{path} is open to others ({mode:o}): chmod {wanted:o} {path}")


def _room(folder: Path) -> Finding:
    free = free_bytes(folder)
    words = f"{free / 1e9:.1f} GB are free where {folder} lies"
    if free < NO_BYTES:
        return Finding("disk", "wrong", f"{words}: PostgreSQL stops when none are left. Make room now.")
    if free < LITTLE_BYTES:
        return Finding("disk", "advice", f"{words}: make room soon.")
    return Finding("disk", "well", f"{words}.")


def _public_address(settings: Environment) -> Finding:
    parts = urlsplit(settings.url)
    if parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return Finding("address", "well", f"Links lead to {settings.url}.")
    return Finding(
        "address",
        "advice",
        f"Links lead to {settings.url}, without encryption: put a proxy with TLS before it and set "
        "HARKEN_URL=https://…",
    )
