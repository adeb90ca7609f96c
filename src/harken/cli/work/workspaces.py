"""`harken workspace`."""

import click
from django.core.exceptions import ValidationError

from harken.agents.opening import open_workspace
from harken.cli.work import tables
from harken.cli.work.answers import clean_address, tell, tell_all
from harken.workspaces.models import Workspace


def create(
    *, slug: str, owner: str, name: str, mail: str, language: str, time_zone: str, as_json: bool
) -> None:
    """Make a workspace with its owner. Raises UsageError for what cannot be."""
    tables.need()
    draft = Workspace(slug=slug, name=name or slug, language=language, time_zone=time_zone)
    try:
        draft.full_clean()
    except ValidationError as error:
        raise click.UsageError(_sentence(error)) from None
    agent = open_workspace(
        draft.name,
        owner_email=clean_address(owner),
        slug=slug,
        customers_write_to=clean_address(mail) if mail else "",
        language=language,
        time_zone=time_zone,
    )
    row = _row(agent.workspace) | {"owner": agent.email}
    tell(row, f"{slug} is open at {row['url']}, owned by {agent.email}.", as_json=as_json)


def show(*, as_json: bool) -> None:
    """List the workspaces by their first word."""
    tables.need()
    tell_all([_row(workspace) for workspace in Workspace.objects.all()], as_json=as_json)


def _row(workspace: Workspace) -> dict[str, str]:
    return {"workspace": workspace.slug, "name": workspace.name, "url": workspace.url_for()}


def _sentence(error: ValidationError) -> str:
    field, reasons = next(iter(error.message_dict.items()))
    return f"{field}: {' '.join(reasons)}"
