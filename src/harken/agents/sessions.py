"""The engine of web sessions (SESSION_ENGINE), and what a session knows of its browser."""

import time
from typing import Any

from django.http import HttpRequest

from harken.agents.models.session import Session, SessionStore

__all__ = ["SessionStore", "device_name", "note_sign_in", "note_visit"]

SEEN = "seen"
# Often enough to tell a browser in use from a forgotten one, seldom enough not to write a row per page.
NOTED_EVERY_SECONDS = 300
# What a session may open, when it is not everything: the id of one workspace (see `reach`).
ONLY_WORKSPACE = "only_workspace"

_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrom": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def note_sign_in(sender: Any, request: HttpRequest, **_signal: Any) -> None:
    """Begin a session's notes. Whoever signs in here themselves has all their workspaces before them."""
    request.session.pop(ONLY_WORKSPACE, None)
    _note(request)


def note_visit(request: HttpRequest) -> None:
    """Write down that this browser is in use, from time to time."""
    seen = request.session.get(SEEN) or {"at": 0}
    if time.time() - seen["at"] > NOTED_EVERY_SECONDS:
        _note(request)


def device_name(session: Session) -> str:
    """Return browser and system of a session: "Firefox, Linux"; `""` when neither is known."""
    found = (_first(_BROWSERS, session.device), _first(_SYSTEMS, session.device))
    return ", ".join(name for name in found if name)


def _note(request: HttpRequest) -> None:
    request.session[SEEN] = {
        "at": int(time.time()),
        "device": request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:300],
        "address": request.META.get("REMOTE_ADDR", "")[:45],
    }


def _first(names: dict[str, str], text: str) -> str:
    return next((name for sign, name in names.items() if sign in text), "")
