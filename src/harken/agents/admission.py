"""Who may listen to the live stream: asked when a page connects, and again when a session or membership changed."""

import hashlib
from importlib import import_module
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from harken.agents.models import User
from harken.agents.reach import open_to
from harken.realtime import Admission


def admit(session_key: str) -> Admission | None:
    """Return what the holder of this session may listen to; `None` for nobody, an ended session included."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    # Django checks the session against the user's present password; it reads no more of a request than this.
    user = get_user(cast(HttpRequest, SimpleNamespace(session=session)))
    if not isinstance(user, User):
        return None
    workspace_ids = tuple(sorted(agent.workspace_id for agent in open_to(session, user)))
    return Admission(user.pk, workspace_ids, _fingerprint(user, workspace_ids))


def _fingerprint(user: User, workspace_ids: tuple[int, ...]) -> str:
    # Changes exactly when a stream opened under it should close.
    seen = f"{user.pk}:{user.get_session_auth_hash()}:{workspace_ids}"
    return hashlib.sha256(seen.encode()).hexdigest()
