"""Held letters are work to do: the inbox shows them and the rail counts them, while there are any."""

from typing import Any

from harken.agents.models import Agent
from harken.channels.models import Arrival
from harken.channels.models.ledger import ArrivalQuerySet
from harken.lib import rows

_COUNT = f"""
    SELECT count(*) FROM channels_arrival
    WHERE workspace_id = %s AND state = '{Arrival.State.HELD}' AND let_lie_at IS NULL
"""
# In the inbox; the page of held mail has all of them.
MOST_IN_A_LIST = 3


def letters_to_judge(agent: Agent) -> ArrivalQuerySet:
    """Return the letters that wait for a person of the agent's workspace, newest first."""
    rows = Arrival.objects.visible_to(agent).to_judge().select_related("raw", "channel", "ticket")
    return rows.order_by("-pk")


def count_held(request: Any) -> int:
    """How many letters of the reader's workspace wait for a person; asked once a page."""
    if not hasattr(request, "held_letters"):
        request.held_letters = rows.ask(_COUNT, [request.agent.workspace_id])[0][0]
    held: int = request.held_letters
    return held
