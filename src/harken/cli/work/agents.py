"""`harken agent`."""

import click

from harken.agents.joining import add_colleague
from harken.agents.links import sign_in_link
from harken.agents.models import Agent, User
from harken.agents.second_factor.reset import reset
from harken.cli.work import tables
from harken.cli.work.answers import clean_address, tell, tell_all, workspace_named
from harken.workspaces import wall


def create(*, slug: str, address: str, name: str, is_owner: bool, as_json: bool) -> None:
    """Make somebody a colleague; twice is harmless."""
    tables.need()
    workspace = workspace_named(slug)
    role = Agent.Role.OWNER if is_owner else Agent.Role.AGENT
    agent = add_colleague(workspace, clean_address(address), name=name, role=role)
    tell(
        _row(agent),
        f"{agent.email} answers in {slug} now. A way in: harken agent link {agent.email}",
        as_json=as_json,
    )


def show(*, slug: str, as_json: bool) -> None:
    """List the people of a workspace."""
    tables.need()
    workspace = workspace_named(slug)
    with wall.inside(workspace.pk):
        agents = list(Agent.objects.filter(workspace=workspace).by_name())
    tell_all([_row(agent) for agent in agents], as_json=as_json)


def reset_second_factor(*, address: str, as_json: bool) -> None:
    """Take back every second key of a person, who is told by mail."""
    tables.need()
    user = _user(address)
    reset(user)
    tell(
        {"email": user.email},
        f"{user.email} is signed out and has no second step any more. A way in: harken agent link {user.email}",
        as_json=as_json,
    )


def link(*, address: str, as_json: bool) -> None:
    """Print a one-time link that signs the person in."""
    tables.need()
    made = sign_in_link(_user(address))
    tell({"link": made}, made, as_json=as_json)


def _user(address: str) -> User:
    user = User.objects.known_as(clean_address(address))
    if user is None:
        raise click.UsageError(f"Nobody here has the address {address}.")
    return user


def _row(agent: Agent) -> dict[str, object]:
    return {"email": agent.email, "name": agent.name, "role": agent.role, "is_active": agent.is_active}
