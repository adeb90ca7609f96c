from itertools import count
from typing import Any

from django.utils import timezone

from harken.agents.models import Agent, User
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

_numbers = count(1)


def make_user(
    email: str = "", *, name: str = "Olga Petrova", password: str | None = None, **fields: Any
) -> User:
    """A user who has shown that the address is theirs."""
    email = email or f"olga-{next(_numbers)}@fennel.example"
    return User.objects.create_user(email, password, **{"name": name, "proven_at": timezone.now()} | fields)


def make_agent(
    workspace: Workspace | None = None,
    email: str = "",
    role: str = Agent.Role.AGENT,
    *,
    user: User | None = None,
) -> Agent:
    """An agent in a workspace, new unless given, which is entered."""
    workspace = workspace or make_workspace()
    wall.enter(workspace.pk)
    return Agent.objects.create(workspace=workspace, user=user or make_user(email), role=role)
