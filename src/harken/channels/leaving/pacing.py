"""Pacing: letters wait for their turn at a server that takes only so many a minute."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from harken.channels.email.accounts import relay_of
from harken.channels.leaving.outgoing import NoMailbox, channel_of
from harken.channels.models import Pace
from harken.channels.problems import Problem
from harken.tickets.models import Message
from harken.workspaces import wall

# Sooner than that is now: a job that waits costs more.
NOW = timedelta(seconds=1)


def turn_of(message: Message) -> datetime | None:
    """Take a turn at the server that a message leaves by and return when it is; `None` when it may leave now."""
    try:
        relay = relay_of(channel_of(message.ticket).mailbox)
    except (NoMailbox, Problem):
        # The delivery itself says what is wrong.
        return None
    if relay is None or not relay.per_minute:
        return None
    # The installation's own server is shared by all workspaces.
    workspace_id = None if relay == settings.HARKEN_RELAY else message.workspace_id
    with wall.inside(workspace_id):
        turn_at = Pace.objects.take(workspace_id, relay.server, relay.per_minute)
    return turn_at if turn_at > timezone.now() + NOW else None
