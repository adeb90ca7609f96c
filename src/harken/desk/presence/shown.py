"""Who is here, ready to print."""

from dataclasses import dataclass

from django.urls import reverse

from harken.agents.models import Agent
from harken.tickets.presence import Doing, Here, here


@dataclass(frozen=True)
class Present:
    """Somebody who is here; `to` is whose request they have before them, empty for none, and `url` leads there."""

    name: str
    initials: str
    doing: str
    to: str
    url: str
    is_reader: bool


def present_for(agent: Agent) -> list[Present]:
    """Return who is here, as this colleague reads it: themselves last, even before their page is heard of."""
    found = [_shown(each, agent) for each in here(agent.workspace)]
    others = [each for each in found if not each.is_reader]
    reader = [each for each in found if each.is_reader]
    return others + (reader or [Present(agent.name, agent.initials, Doing.HERE, "", "", True)])


def _shown(each: Here, reader: Agent) -> Present:
    to, url = "", ""
    if each.ticket and each.doing != Doing.HERE:
        to = each.ticket.requester.name or each.ticket.title
        url = reverse(
            "desk:ticket", kwargs={"workspace": reader.workspace.slug, "number": each.ticket.number}
        )
    return Present(each.agent.name, each.agent.initials, each.doing, to, url, each.agent == reader)
