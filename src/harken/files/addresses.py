"""Signed addresses of files: a browser needs no session to fetch one, and nobody can guess one.

An address holds workspace, file and the last day it opens on, and 192 bits that only this installation can make.
On a page a file has one address a day, so that a browser's cache works, and it opens until the end of tomorrow;
in a letter it opens for as long as the letter says.
"""

import base64
import re
import time
from datetime import date

from django.utils.crypto import constant_time_compare, salted_hmac

DAY_SECONDS = 24 * 60 * 60
_EPOCH = date(1970, 1, 1)
SIGNATURE_BYTES = 24

_TOKEN = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,9})-([\w-]{32})", re.ASCII)


def sign(workspace_id: int, file_id: int, *, until: date | None = None) -> str:
    """Return the token that opens this file to the end of a day (UTC), tomorrow unless said otherwise."""
    last_day = (until - _EPOCH).days if until else _today() + 1
    what = f"{workspace_id}-{file_id}-{last_day}"
    return f"{what}-{_signature(what)}"


def opened_by(token: str) -> tuple[int, int] | None:
    """Return (workspace id, file id) of a token that we made and that still opens; else `None`."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    workspace_id, file_id, day, signature = parts.groups()
    if not constant_time_compare(signature, _signature(f"{workspace_id}-{file_id}-{day}")):
        return None
    return (int(workspace_id), int(file_id)) if _today() <= int(day) else None


def _today() -> int:
    return int(time.time()) // DAY_SECONDS


def _signature(what: str) -> str:
    digest = salted_hmac("harken.files.address", what, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
