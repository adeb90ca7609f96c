"""`harken workspace`."""

import click
from django.core.exceptions import ValidationError

from harken.agents.models import Language
from harken.agents.opening import open_workspace
from harken.channels.models import Channel
from harken.cli.work import tables
from harken.cli.work.answers import clean_address, tell, tell_all
from harken.workspaces.models import Workspace

_OPTIONS = {"slug": "WORKSPACE", "name": "--name", "time_zone": "--time-zone"}


def create(
    *, slug: str, owner: str, name: str, mail: str, language: str, time_zone: str, as_json: bool
) -> None:
    """Make a workspace with its owner. Raises UsageError for what cannot be."""
    tables.need()
    draft = Workspace(slug=slug, name=name or slug, language=language, time_zone=time_zone)
    _check(draft)
    agent = open_workspace(
        draft.name,
        owner_email=clean_address(owner),
        slug=slug,
        customers_write_to=_free_address(mail) if mail else "",
        language=language,
        time_zone=time_zone,
    )
    row = _row(agent.workspace) | {"owner": agent.email}
    tell(row, f"{slug} is open at {row['url']}, owned by {agent.email}.", as_json=as_json)


def show(*, as_json: bool) -> None:
    """List the workspaces by their first word."""
    tables.need()
    tell_all([_row(workspace) for workspace in Workspace.objects.all()], as_json=as_json)


def _check(draft: Workspace) -> None:
    if Workspace.objects.is_taken(draft.slug):
        raise click.UsageError(f"There is a workspace {draft.slug} already.")
    if draft.language not in Language.values:
        known = ", ".join(Language.values)
        raise click.BadParameter(f"Harken speaks {known}.", param_hint="--language")
    try:
        draft.full_clean()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise click.BadParameter(" ".join(reasons), param_hint=_OPTIONS.get(field)) from None


def _free_address(mail: str) -> str:
    address = clean_address(mail)
    if Channel.objects.taken(address):
        raise click.UsageError(f"{address} leads to a workspace of this installation already.")
    return address


def _row(workspace: Workspace) -> dict[str, str]:
    return {"workspace": workspace.slug, "name": workspace.name, "url": workspace.url_for()}
