"""Mail that comes to us by SMTP or LMTP: which addresses are known, and taking a letter in."""

from collections.abc import Sequence

from django.db import close_old_connections

from harken.channels.arriving import intake, routing
from harken.channels.email.listener import NotNow
from harken.channels.models import Arrival


def knows(address: str) -> bool:
    """Say whether a letter to this address would find a workspace. Raises NotNow for a mailbox that is not used."""
    close_old_connections()
    channel = routing.channel_for([address])
    if channel and not channel.is_active:
        raise NotNow
    return channel is not None


def take(raw: bytes, envelope_from: str, recipients: Sequence[str], client_ip: str = "") -> None:
    """Store a letter once for each workspace it is addressed to. Raises when it cannot be kept: say 451 then."""
    close_old_connections()
    workspaces: dict[int | None, list[str]] = {}
    for recipient in recipients:
        channel = routing.channel_for([recipient])
        workspaces.setdefault(channel.workspace_id if channel else None, []).append(recipient)
    for addressed in workspaces.values():
        intake.store(
            raw,
            source=Arrival.Source.SMTP,
            to=addressed,
            envelope_from=envelope_from,
            client_ip=client_ip or None,
        )
