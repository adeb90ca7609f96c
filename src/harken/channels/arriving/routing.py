"""Routing: from the addresses a letter came to, to the channel it belongs to. Asked before any workspace is entered."""

import re
from collections.abc import Iterable

from harken.channels.email.head import head_of
from harken.channels.models import Channel
from harken.channels.our_addresses import without_token
from harken.lib import rows
from harken.lib.addresses import find_all, normalise
from harken.lib.text import clean
from harken.workspaces import wall
from harken.workspaces.models import Workspace

# The headers that mail servers write the recipient into, the surest first; then what the sender wrote.
_TRACE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_WRITTEN = ("to", "cc")
_HEADER = re.compile(rb"^([A-Za-z-]{2,30}):((?:.*\n)(?:[ \t].*\n)*)", re.MULTILINE)


def channel_for(addresses: Iterable[str]) -> Channel | None:
    """Return the mailbox one of these addresses leads to, in their order; a `+token` is looked through.

    One that is not used is found too: whose letter it is does not depend on that.
    """
    (channel,) = channels_for([addresses])
    return channel


def channels_for(letters: Iterable[Iterable[str]]) -> list[Channel | None]:
    """Return for the addresses of each letter the mailbox they lead to, as `channel_for` does, asked for once."""
    wanted = [
        list(dict.fromkeys(form for address in addresses for form in _forms(address)))
        for addresses in letters
    ]
    candidates = sorted({address for addresses in wanted for address in addresses})
    with wall.across():
        condition, values = "kind = %s AND address = ANY(%s)", [str(Channel.Kind.EMAIL), candidates]
        found = {channel.address: channel for channel in rows.found(Channel, condition, values)}
    return [next((found[address] for address in addresses if address in found), None) for addresses in wanted]


def only_workspace() -> Workspace | None:
    """The workspace of an installation that has but one; `None` where there are several, or none yet."""
    workspaces = rows.found(Workspace, "true LIMIT 2")
    return workspaces[0] if len(workspaces) == 1 else None


def recipients_in(raw: bytes) -> list[str]:
    """Return the addresses that the letter's own headers name as its recipients, delivery headers first.

    Works on bytes by pattern alone: routing must come before reading, and may not fail on any letter.
    """
    found = _HEADER.findall(head_of(raw) + b"\n")
    fields = [(name.decode().lower(), value.decode("utf-8", "replace")) for name, value in found]
    wanted = [value for name in (*_TRACE, *_WRITTEN) for field, value in fields if field == name]
    return [address for value in wanted for address in find_all(value)]


def _forms(address: str) -> list[str]:
    # PostgreSQL refuses to be asked for a NUL, and routing may not fail on any letter.
    whole = normalise(clean(address))
    return list(dict.fromkeys((whole, without_token(whole))))
