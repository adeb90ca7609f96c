"""The engine of web sessions (SESSION_ENGINE), and what a session knows of its browser."""

import time
from typing import Any

from django.http import HttpRequest

from harken.agents.models.session import SessionStore
from harken.lib.text import clean

__all__ = ["SessionStore", "note_sign_in", "note_visit"]

SEEN = "seen"
# Often enough to tell a browser in use from a forgotten one, seldom enough not to write a row per page.
NOTED_EVERY_SECONDS = 300
# What a session may open, when it is not everything: the id of one workspace (see `reach`).
ONLY_WORKSPACE = "only_workspace"


def note_sign_in(sender: Any, request: HttpRequest, **_signal: Any) -> None:
    """Begin a session's notes. Whoever signs in here themselves has all their workspaces before them."""
    request.session.pop(ONLY_WORKSPACE, None)
    _note(request)


def note_visit(request: HttpRequest) -> None:
    """Write down that this browser is in use, from time to time."""
    seen = request.session.get(SEEN) or {"at": 0}
    if time.time() - seen["at"] > NOTED_EVERY_SECONDS:
        _note(request)


def _note(request: HttpRequest) -> None:
    request.session[SEEN] = {
        "at": int(time.time()),
        "device": clean(request.META.get("HTTP_USER_AGENT", ""))[:300],
        "address": request.META.get("REMOTE_ADDR", "")[:45],
    }
