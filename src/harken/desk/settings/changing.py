"""What owners change about their workspace: held, changed and recorded in one transaction."""

from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.workspaces.models import Workspace, logo_name

CHANGED = "workspace.changed"


@transaction.atomic
def change(workspace: Workspace, *, by: Agent, slug: str = "", **fields: Any) -> None:
    """Set fields of a workspace, and move it to another address. Raises AddressTaken, and nothing is changed."""
    before = workspace.slug
    if slug:
        workspace.move_to(slug)
    changed = [name for name, value in fields.items() if getattr(workspace, name) != value]
    for name in changed:
        setattr(workspace, name, fields[name])
    if changed:
        workspace.save(update_fields=changed)
    if workspace.slug != before:
        changed.append("slug")
    if changed:
        record(CHANGED, workspace, by=by, fields=sorted(changed))


class AnotherLogo(Exception):
    """Somebody else has changed the picture meanwhile; nothing is changed."""


@transaction.atomic
def show_as_logo(
    workspace: Workspace, content: bytes, media_type: str, *, by: Agent, seen: str | None = None
) -> None:
    """Give the workspace a picture of its own; no bytes take it away. The same once more is harmless.

    `seen` names the picture that whoever asks had before them; raises AnotherLogo where it is another by now.
    """
    workspace.hold()
    before = workspace.logo
    if before == logo_name(content):
        return
    if seen is not None and seen != before:
        raise AnotherLogo
    workspace.wear(content, media_type)
    record(CHANGED, workspace, by=by, fields=["logo"])


@transaction.atomic
def switch(workspace: Workspace, capability: str, *, on: bool, by: Agent) -> None:
    """Switch a capability on or off; twice is harmless. Raises UnknownCapability."""
    if workspace.switch(capability, on=on):
        record("capability.switched", workspace, by=by, capability=capability, on=on)


def changed_by(agent: Agent) -> str:
    """Return the name of who changed the reader's workspace last; `""` when nobody did."""
    latest = Event.objects.filter(workspace=agent.workspace_id, ticket_id=None, type=CHANGED).order_by("-id")
    author_id = latest.values_list("agent_id", flat=True).first()
    author = Agent.objects.visible_to(agent).filter(pk=author_id).first()
    return author.name if author else ""
