"""Becoming a colleague: by invitation, or by the word of the person who runs the installation."""

from django.db import transaction
from django.utils import timezone

from harken.agents import links
from harken.agents.errors import AlreadyHere, LinkUnknown
from harken.agents.models import Agent, OneTimeLink, User
from harken.agents.tasks import send_invitation
from harken.workspaces import wall
from harken.workspaces.models import Workspace


@transaction.atomic
def add_colleague(workspace: Workspace, email: str, *, name: str = "", role: str = Agent.Role.AGENT) -> Agent:
    """Make `email` a colleague without an invitation, with an account if it has none. Twice is harmless.

    An account whose address nobody has proven loses its password and sessions first: somebody else may hold them.
    """
    user = User.objects.known_as(email) or User.objects.create_user(
        email, name=name, language=workspace.language
    )
    user.prove_address()
    with wall.inside(workspace.pk):
        return Agent.objects.join(workspace, user, role=role)


@transaction.atomic
def invite(email: str, *, role: str, by: Agent) -> str:
    """Send an invitation by mail and return the link to pass on by hand. An earlier one of that address ends.

    Raises AlreadyHere.
    """
    if Agent.objects.visible_to(by).active().filter(user__email=email).exists():
        raise AlreadyHere
    link = links.invitation_link(by.workspace, email, role=role)
    send_invitation.defer(workspace_id=by.workspace_id, email=email)
    return link


@transaction.atomic
def accept_as_newcomer(secret: str, *, name: str, password: str, language: str) -> Agent:
    """Use the invitation up, make the account and join. Raises LinkGone.

    An account that has come to be meanwhile is not opened by an invitation: LinkUnknown.
    """
    invitation = links.use(secret, OneTimeLink.Purpose.INVITATION)
    if User.objects.known_as(invitation.email):
        raise LinkUnknown
    proven_at = timezone.now() if invitation.was_mailed else None
    fields = {"name": name, "language": language, "proven_at": proven_at}
    return _join(invitation, User.objects.create_user(invitation.email, password, **fields))


@transaction.atomic
def accept_as(user: User, secret: str) -> Agent:
    """Use the invitation up for a user who is signed in; somebody else's is LinkUnknown. Raises LinkGone."""
    invitation = links.use(secret, OneTimeLink.Purpose.INVITATION)
    if invitation.email != user.email:
        raise LinkUnknown
    return _join(invitation, user)


def workspace_of(invitation: OneTimeLink) -> Workspace:
    """Return the workspace one is invited to. Raises LinkUnknown when it is there no more."""
    workspace = Workspace.objects.filter(pk=invitation.workspace_id or 0).first()
    if workspace is None:
        raise LinkUnknown
    return workspace


def _join(invitation: OneTimeLink, user: User) -> Agent:
    workspace = workspace_of(invitation)
    with wall.inside(workspace.pk):
        agent = Agent.objects.join(workspace, user, role=invitation.role)
    agent.workspace = workspace
    return agent
