"""One-time links: the first start, a sign-in, an invitation.

A GET never uses one up, for mail scanners open every link before its reader does: the page behind it asks for
a press of a button, and that POST uses it.
"""

import re
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from harken.agents.digests import digest_of
from harken.agents.errors import LinkExpired, LinkUnknown, LinkUsed
from harken.agents.models import Agent, OneTimeLink, OneTimeLinkQuerySet, User, clean_address
from harken.workspaces.models import Workspace

SIGN_IN_FOR = timedelta(minutes=15)
INVITED_FOR = timedelta(days=7)
# A spent link is still told apart from an unknown one for this long; then its row goes.
REMEMBERED_FOR = timedelta(days=30)

Purpose = OneTimeLink.Purpose

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def owner_link() -> str | None:
    """Return a new link to the first start, which replaces the one before; `None` once there is a workspace."""
    if Workspace.objects.exists():
        return None
    OneTimeLink.objects.filter(purpose=Purpose.OWNER, used_at__isnull=True).delete()
    return _address("agents:welcome", _issue(Purpose.OWNER))


def sign_in_link(user: User, *, then: str = "") -> str:
    """Return a link that signs this user in once, within 15 minutes, and goes on to the page `then`."""
    address = _address("agents:link", _issue(Purpose.SIGN_IN, lasts=SIGN_IN_FOR, user=user))
    return f"{address}?{urlencode({'next': then})}" if then else address


@transaction.atomic
def invitation_link(workspace: Workspace, email: str, *, role: str = Agent.Role.AGENT) -> str:
    """Return a link to join the workspace as `email`, for the inviting colleague to pass on.

    An older invitation of that address ends. Who holds this link need not be who reads the address's mail.
    """
    withdraw_invitation(workspace.pk, email)
    fields = {"workspace_id": workspace.pk, "email": clean_address(email), "role": role}
    return _address("agents:invitation", _issue(Purpose.INVITATION, lasts=INVITED_FOR, **fields))


def mailed_invitation_link(workspace_id: int, email: str) -> str | None:
    """Return the invitation's twin that goes to the address alone; `None` when it was taken back meanwhile."""
    shown = _invitations(workspace_id, email).shown().first()
    if shown is None:
        return None
    fields = {"workspace_id": workspace_id, "email": shown.email, "role": shown.role, "was_mailed": True}
    return _address("agents:invitation", _issue(Purpose.INVITATION, lasts=INVITED_FOR, **fields))


def withdraw_invitation(workspace_id: int, email: str) -> None:
    """Take back what was sent and shown; harmless when nothing was."""
    _invitations(workspace_id, email).delete()


def find(secret: str, purpose: str) -> OneTimeLink:
    """Return the link this secret belongs to, without using it. Raises LinkUnknown, LinkUsed or LinkExpired."""
    return _find(secret, purpose, for_update=False)


def use(secret: str, purpose: str) -> OneTimeLink:
    """Use the link up and return it; part of the caller's transaction, so that a failure gives it back.

    Of two presses at once one succeeds. Raises LinkUnknown, LinkUsed or LinkExpired.
    """
    link = _find(secret, purpose, for_update=True)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    if link.workspace_id is not None:
        _invitations(link.workspace_id, link.email).update(used_at=link.used_at)
    return link


def _invitations(workspace_id: int, email: str) -> OneTimeLinkQuerySet:
    return (
        OneTimeLink.objects.invitations().open().filter(workspace_id=workspace_id, email=clean_address(email))
    )


def _find(secret: str, purpose: str, *, for_update: bool) -> OneTimeLink:
    if not _SECRET.fullmatch(secret):
        raise LinkUnknown
    links = OneTimeLink.objects.filter(purpose=purpose, digest=digest_of(secret))
    link = (links.select_for_update() if for_update else links).first()
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkUsed
    if link.is_expired:
        raise LinkExpired
    return link


def _issue(purpose: str, *, lasts: timedelta | None = None, **fields: Any) -> str:
    now = timezone.now()
    OneTimeLink.objects.filter(expires_at__lt=now - REMEMBERED_FOR).delete()
    secret = secrets.token_urlsafe(32)
    expires_at = now + lasts if lasts else None
    OneTimeLink.objects.create(digest=digest_of(secret), purpose=purpose, expires_at=expires_at, **fields)
    return secret


def _address(name: str, secret: str) -> str:
    return f"{settings.HARKEN_URL}{reverse(name, args=[secret])}"
