"""What keeps mail from coming or going, for the head of the inbox."""

from harken.agents.models import Agent
from harken.channels.models import Trouble
from harken.lib import rows

MOST_SHOWN = 5
# Mostly nothing stands: every page asks this first, and the rest only then.
_ANY = "SELECT EXISTS (SELECT FROM channels_trouble WHERE workspace_id = %s AND cleared_at IS NULL)"


def troubles_shown_to(agent: Agent) -> list[Trouble]:
    """Return the standing troubles of the channels in use, the oldest first: at most five."""
    if not rows.ask(_ANY, [agent.workspace_id])[0][0]:
        return []
    standing = Trouble.objects.visible_to(agent).standing().of_channels_in_use()
    return list(standing.select_related("channel__mailbox").order_by("since")[:MOST_SHOWN])
