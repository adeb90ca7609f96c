"""The secret key that an installation makes for itself and keeps."""

import contextlib
import os
import secrets
from pathlib import Path

from harken.config.data_folder import prepare_data_folder


def kept_secret_key(data: Path) -> str:
    """Return the key kept in the data folder, made on first use, mode 0600; several processes may start at once."""
    prepare_data_folder(data)
    path = data / "secret_key"
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    draft = path.with_name(f".secret_key.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    # A link refuses to replace: of two processes that start together the second takes the key of the first.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
