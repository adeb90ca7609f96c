"""Signed addresses of files: a browser needs no session to fetch one, and nobody can guess one.

An address holds workspace, file and day, and 192 bits that only this installation can make. A file has one
address a day, so that a browser's cache works; it opens for at least a day and at most two.
"""

import base64
import re
import time

from django.utils.crypto import constant_time_compare, salted_hmac

DAY_SECONDS = 24 * 60 * 60
SIGNATURE_BYTES = 24

_TOKEN = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,9})-([\w-]{32})", re.ASCII)


def sign(workspace_id: int, file_id: int) -> str:
    """Return the token that opens this file until the end of tomorrow (UTC)."""
    what = f"{workspace_id}-{file_id}-{_today()}"
    return f"{what}-{_signature(what)}"


def opened_by(token: str) -> tuple[int, int] | None:
    """Return (workspace id, file id) of a token that we made and that still opens; else `None`."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    workspace_id, file_id, day, signature = parts.groups()
    if not constant_time_compare(signature, _signature(f"{workspace_id}-{file_id}-{day}")):
        return None
    return (int(workspace_id), int(file_id)) if 0 <= _today() - int(day) <= 1 else None


def _today() -> int:
    return int(time.time()) // DAY_SECONDS


def _signature(what: str) -> str:
    digest = salted_hmac("harken.files.address", what, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
