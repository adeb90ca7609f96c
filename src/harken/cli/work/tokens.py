"""`harken token`."""

import click

from harken.agents.models import Agent, Token
from harken.cli.work import tables
from harken.cli.work.answers import clean_address, tell, tell_all, workspace_named
from harken.workspaces import wall
from harken.workspaces.models import Workspace


def create(*, slug: str, address: str, name: str) -> None:
    """Print a new token as JSON: it is shown this once."""
    tables.need()
    workspace = workspace_named(slug)
    with wall.inside(workspace.pk):
        _token, text = Token.objects.issue(_agent(workspace, address), name)
    tell({"token": text}, text, as_json=True)


def show(*, slug: str, as_json: bool) -> None:
    """List the tokens of a workspace; of each only what it is for."""
    tables.need()
    workspace = workspace_named(slug)
    with wall.inside(workspace.pk):
        tokens = Token.objects.filter(workspace=workspace).select_related("agent__user").order_by("id")
        rows = [_row(token) for token in tokens]
    tell_all(rows, as_json=as_json)


def _agent(workspace: Workspace, address: str) -> Agent:
    active = Agent.objects.filter(workspace=workspace).active()
    wanted = active.filter(user__email=clean_address(address)) if address else active.owners()
    agent = wanted.order_by("id").first()
    if agent is None:
        raise click.UsageError(f"{address or 'An owner'} is not among the people of {workspace.slug}.")
    return agent


def _row(token: Token) -> dict[str, object]:
    used = token.last_used_at.isoformat() if token.last_used_at else None
    return {
        "name": token.name,
        "agent": token.agent.email,
        "created_at": token.created_at.isoformat(),
        "last_used_at": used,
    }
