"""The one door: `/live` and `/healthz` on the event loop, everything else Django in threads.

Django's own ASGI handler serves a fifth of the pages a second that this arrangement does (docs/why/server.md).
"""

import os
from typing import Any

import django
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from harken.config.bridge import Bridge
from harken.config.static import gather
from harken.lib.asgi import Receive, Scope, Send, refuse
from harken.realtime.hub import hub
from harken.realtime.live import live

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harken.config.settings")

# Python runs one thread at a time: more threads only help while others wait for the database, and each keeps a
# connection to it. Past eight nothing was gained (docs/why/server.md).
THREADS = 8
MOST_BYTES = 60_000_000

django.setup(set_prefix=False)
gather()
wsgi = get_wsgi_application()
# Else the first visitor waits until every page and the whole API are loaded.
get_resolver().url_patterns  # noqa: B018

desk = Bridge(wsgi, threads=THREADS, most_bytes=MOST_BYTES)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or run from start to stop for `lifespan`."""
    if scope["type"] == "lifespan":
        await _live_and_stop(receive, send)
    elif scope["type"] == "http":
        await _DOORS.get(scope["path"], desk)(scope, receive, send)
    else:
        await send({"type": "websocket.close"})


async def alive(scope: Scope, receive: Receive, send: Send) -> None:
    """The process lives: asks neither the database nor a thread."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"alive\n"})


async def live_to_readers(scope: Scope, receive: Receive, send: Send) -> None:
    """`/live` can only be read."""
    if scope["method"] == "GET":
        await live(scope, receive, send)
    else:
        await refuse(send, 405, "This address can only be read.")


async def _live_and_stop(receive: Receive, send: Send) -> None:
    await receive()
    hub.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await hub.stop()
    desk.stop()
    await send({"type": "lifespan.shutdown.complete"})


_DOORS: dict[str, Any] = {"/live": live_to_readers, "/healthz": alive}
