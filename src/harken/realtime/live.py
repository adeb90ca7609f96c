"""`/live`: the stream of one browser, as a native ASGI application.

A stream resumes by cursor, not by event number. Every announcement carries the oldest transaction that still ran
when it was recorded (`announce.cursor`), and a resuming page gets everything recorded by that transaction or a later
one again. An event whose transaction began early and ended late is therefore among them, although its number
may be lower than numbers the page has already seen; doubles are harmless, because the page only fetches anew.

The order here is what makes it complete: join the hub, then read what came before, then send what the hub has
queued meanwhile.
"""

import random
import re
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError
from django.http.cookie import parse_cookie

from harken.lib.asgi import Receive, Scope, Send, refuse
from harken.realtime import registry
from harken.realtime.announce import cursor
from harken.realtime.frames import Frame, arrived, frame, reload
from harken.realtime.hub import hub
from harken.realtime.registry import Admission
from harken.realtime.stream import NoLongerAdmitted, Stream
from harken.realtime.threads import in_thread

# Spread, so that a crowd does not return in one instant.
_RETRY_MILLISECONDS = 1_000, 4_000

_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the stream of the signed-in user; 401 without a session, 503 while the database is away."""
    session_key = _session_key(scope)
    try:
        admission = await in_thread(registry.admit, session_key) if session_key else None
    except DatabaseError:
        await refuse(send, 503, "The database does not answer. Try again in a moment.")
    else:
        if admission is None:
            await refuse(send, 401, "Sign in first.")
        else:
            stream = Stream(session_key, admission, _asked_cursor(scope), send, _catch_up)
            await _stream(stream, receive, send)


async def _stream(stream: Stream, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    hub.add(stream)
    try:
        stream.resume()
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        hub.remove(stream)
        stream.drop()


async def _catch_up(stream: Stream) -> list[Frame]:
    """Read in a thread what the page has missed. Raises NoLongerAdmitted."""
    return await in_thread(_missed, stream.session_key, stream.admission, stream.cursor)


def _missed(session_key: str, admission: Admission, since: str | None) -> list[Frame]:
    # Also right after connecting: what changed before the stream had joined the hub was not announced to it.
    if registry.admit(session_key) != admission:
        raise NoLongerAdmitted
    now = cursor()
    here = arrived(now, random.randint(*_RETRY_MILLISECONDS))
    if since is None:
        return [here]
    payloads = registry.replay(admission.workspace_ids, since)
    return [reload(now), here] if payloads is None else [*map(frame, payloads), here]


def _session_key(scope: Scope) -> str:
    cookies = parse_cookie(_header(scope, b"cookie"))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")


def _asked_cursor(scope: Scope) -> str | None:
    """The browser's own memory (it sends it when it reconnects) before the one in the address of the page."""
    asked = (
        _header(scope, b"last-event-id")
        or parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    )
    return asked if re.fullmatch("[0-9]{1,18}", asked) else None


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
