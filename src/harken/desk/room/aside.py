"""Beside the feed: who waits longest, who is here, where requests come from, and mail that waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.channels.held import letters_to_judge
from harken.channels.models import Channel, Trouble
from harken.desk.inbox.counts import counts_of
from harken.desk.inbox.rows import Row, read, rows_of
from harken.desk.presence.shown import Present, present_for
from harken.tickets.models import Ticket
from harken.ui import navigation
from harken.workspaces import capabilities

LONGEST_WAITING = 6
MOST_HELD = 5
MOST_CHANNELS = 20
_ICONS = {"email": "mail", "form": "form"}


@dataclass(frozen=True)
class Source:
    """Somewhere requests come from, and whether they do."""

    address: str
    icon: str
    is_well: bool
    # Whether anything ever came from there, or is fetched from there.
    is_connected: bool


@dataclass(frozen=True)
class Aside:
    waiting: list[Row]
    waiting_count: int
    here: list[Present]
    sources: list[Source]
    held: Sequence[Any]
    held_count: int
    # What may be switched on besides, as one sentence; empty for those who may not, or when all is on.
    offered: list[str]
    switches_url: str


def waiting_count(request: AgentRequest) -> int:
    """Return the number beside “Room” in the rail: everybody's, for everybody may answer."""
    return counts_of(request).ours


def aside_for(request: AgentRequest) -> Aside:
    """Gather it; the number of queries is fixed."""
    agent, counts = request.agent, counts_of(request)
    waiting = Ticket.objects.visible_to(agent).waiting_for_us().order_by("waiting_since", "id")
    switches = _switches_url(request)
    off = [each for each in capabilities.all_of_them() if not request.workspace.has(each.name)]
    return Aside(
        waiting=rows_of(list(read(waiting)[:LONGEST_WAITING]), agent),
        waiting_count=waiting_count(request),
        here=present_for(agent),
        sources=_sources(agent),
        held=list(letters_to_judge(agent)[:MOST_HELD]) if counts.held else [],
        held_count=counts.held,
        offered=[str(each.title) for each in off] if switches else [],
        switches_url=switches,
    )


def _sources(agent: Agent) -> list[Source]:
    channels = list(
        Channel.objects.visible_to(agent).active().select_related("mailbox").order_by("pk")[:MOST_CHANNELS]
    )
    ill = Trouble.objects.visible_to(agent).standing().alarms().filter(channel__in=channels)
    ill_ids = set(ill.values_list("channel_id", flat=True))
    return [
        Source(each.address, _ICONS.get(each.kind, "bubble"), each.pk not in ill_ids, each.is_connected)
        for each in channels
    ]


def _switches_url(request: AgentRequest) -> str:
    return next((page.url for page in navigation.settings_pages(request) if page.name == "capabilities"), "")
