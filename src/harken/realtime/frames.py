"""Server-sent events as bytes (WHATWG HTML, 9.2)."""

import json
from typing import NamedTuple

from harken.realtime.registry import Payload

HEARTBEAT = b":\n\n"


class Frame(NamedTuple):
    """Bytes on their way to pages, and the cursor a page has reached once it read them."""

    cursor: str | None
    words: bytes


def frame(payload: Payload) -> Frame:
    """One payload; its cursor becomes the id that a browser sends back when it resumes."""
    text = json.dumps(payload, separators=(",", ":")).encode()
    return Frame(payload["c"], b"id: %b\ndata: %b\n\n" % (payload["c"].encode(), text))


def arrived(cursor: str, retry_milliseconds: int) -> Frame:
    """No news, but where to resume from now on, and when to come back after a loss."""
    return Frame(cursor, b"retry: %d\nid: %b\n\n" % (retry_milliseconds, cursor.encode()))


def reload(cursor: str) -> Frame:
    """Tell the page that it missed more than is worth telling one by one."""
    return frame({"t": "reload", "c": cursor})
