"""What keeps mail from coming or going, for the head of the inbox."""

from harken.agents.models import Agent
from harken.channels.models import Trouble

MOST_SHOWN = 5


def troubles_shown_to(agent: Agent) -> list[Trouble]:
    """Return the standing troubles of the channels in use, the oldest first: at most five."""
    standing = Trouble.objects.visible_to(agent).standing().of_channels_in_use()
    return list(standing.select_related("channel__mailbox").order_by("since")[:MOST_SHOWN])
