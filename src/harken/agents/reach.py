"""What a session opens: all workspaces of its user, or, begun by a workspace's own provider, that workspace alone.

Whoever runs such a provider can sign in there as anybody it vouches for. They reach nothing but the workspace that
trusts it: no other workspace, no password, no passkey.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from harken.agents.models import Agent, User, memberships
from harken.agents.sessions import ONLY_WORKSPACE
from harken.workspaces.models import Workspace

# Set when a second key was shown or made in this session: the id of its user.
SECOND_FACTOR = "second_factor"

STRONG = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)


def is_limited(session: Any) -> bool:
    """Say whether a workspace's provider began this session."""
    return ONLY_WORKSPACE in session


def limit(session: Any, workspace: Workspace) -> None:
    """Let this session open nothing but one workspace."""
    session[ONLY_WORKSPACE] = workspace.pk


def leads_to(session: Any, workspace: Workspace) -> bool:
    """Say whether this session may open a workspace at all."""
    return bool(session.get(ONLY_WORKSPACE, workspace.pk) == workspace.pk)


def has_second_factor(user: User) -> bool:
    """Has this user a passkey or an authenticator app?"""
    return Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def needs_second_factor(session: Any, user: User, workspace: Workspace) -> bool:
    """Say whether the workspace asks for a second step that this session has not made.

    A sign-in by the workspace's own provider is the provider's business: whoever wants a second step asks for it there.
    """
    if not workspace.requires_second_factor or is_limited(session):
        return False
    return session.get(SECOND_FACTOR) != user.pk or not has_second_factor(user)


def open_to(session: Any, user: User) -> list[Agent]:
    """Return the user's agents in the workspaces that this session opens now, by the workspaces' names."""
    return [
        agent
        for agent in memberships(user)
        if leads_to(session, agent.workspace)
        if not needs_second_factor(session, user, agent.workspace)
    ]


def note_second_factor(sender: Any, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Remember that the second key was shown, or just made, in this session."""
    request.session[SECOND_FACTOR] = user.pk
