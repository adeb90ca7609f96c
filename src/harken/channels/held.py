"""Held letters are work to do: the inbox shows them and the rail counts them, while there are any."""

from typing import Any

from harken.agents.models import Agent
from harken.channels.models import Arrival
from harken.channels.models.ledger import ArrivalQuerySet

# In the inbox; the page of held mail has all of them.
MOST_IN_A_LIST = 3


def letters_to_judge(agent: Agent) -> ArrivalQuerySet:
    """Return the letters that wait for a person of the agent's workspace, newest first."""
    rows = Arrival.objects.visible_to(agent).to_judge().select_related("raw", "channel", "ticket")
    return rows.order_by("-pk")


def count_held(request: Any) -> int:
    """How many letters of the reader's workspace wait for a person; asked once a page."""
    if not hasattr(request, "held_letters"):
        request.held_letters = Arrival.objects.visible_to(request.agent).to_judge().count()
    held: int = request.held_letters
    return held
