from typing import Any

from harken.channels.models import Channel, Mailbox
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace


def make_channel(
    workspace: Workspace | None = None, address: str = "help@fennel.example", **mailbox: Any
) -> Channel:
    """A mailbox of a workspace; `mailbox` are fields of Mailbox, none of which is needed to receive."""
    workspace = workspace or make_workspace()
    channel = Channel.objects.create(workspace=workspace, name=address, address=address)
    Mailbox.objects.create(workspace=workspace, channel=channel, **mailbox)
    return channel
