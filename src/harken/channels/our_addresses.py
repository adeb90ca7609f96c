"""Which mail addresses are this desk's own, with and without the token of a signed reply address."""

from harken.channels.models import Channel
from harken.lib import rows
from harken.workspaces import wall
from harken.workspaces.models import Workspace

_IS_OURS = "SELECT 1 FROM channels_channel WHERE kind = %s AND address = ANY(%s) LIMIT 1"


def own_addresses(workspace: Workspace) -> set[str]:
    """Return the addresses of the workspace's own mailboxes."""
    addresses = rows.ask("SELECT address FROM channels_channel WHERE workspace_id = %s", [workspace.pk])
    return {address for (address,) in addresses}


def without_token(address: str) -> str:
    """Return a mailbox's plain address: `help@fennel.example` of `help+token@fennel.example`."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def is_ours(address: str) -> bool:
    """Say whether the address is a mailbox of this installation: two desks of one house do not thank each other."""
    with wall.across():
        return bool(rows.ask(_IS_OURS, [str(Channel.Kind.EMAIL), [address, without_token(address)]]))
