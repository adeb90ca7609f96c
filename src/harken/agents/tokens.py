"""API tokens: from the text in a request to the agent it speaks for."""

import re
from datetime import timedelta

from django.utils import timezone

from harken.agents.digests import digest_of
from harken.agents.models import Agent, Token
from harken.workspaces import wall

_TOKEN = re.compile(r"hk_(?P<workspace>[1-9][0-9]{0,17})_(?P<secret>[A-Za-z0-9_-]{43})")
# Often enough to tell a token in use from a forgotten one, seldom enough not to write a row per request.
NOTED_EVERY = timedelta(minutes=1)


def authenticate(text: str) -> Agent | None:
    """Return the agent a token speaks for, their workspace entered; `None`, and no workspace entered, otherwise."""
    parts = _TOKEN.fullmatch(text)
    if parts is None:
        return None
    workspace_id = int(parts["workspace"])
    wall.enter(workspace_id)
    token = _token(workspace_id, parts["secret"])
    if token is None:
        wall.leave()
        return None
    _note_use(token)
    return token.agent


def _token(workspace_id: int, secret: str) -> Token | None:
    rows = Token.objects.select_related("agent__user", "agent__workspace")
    return rows.filter(workspace_id=workspace_id, digest=digest_of(secret), agent__is_active=True).first()


def _note_use(token: Token) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
