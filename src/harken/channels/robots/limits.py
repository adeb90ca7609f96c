"""How much automatic mail may leave: for one address, because of one source, from one workspace."""

from datetime import timedelta

from django.utils import timezone

from harken.channels.models.tally import Tally
from harken.lib import rows
from harken.workspaces.models import Workspace

MINUTE, HOUR, DAY = 60, 3600, 86400
# Who is proved to have written may hear of a second request soon; of anybody else we know only a name on a letter.
PAUSE_FOR_VERIFIED = 10 * MINUTE
PAUSE_FOR_OTHERS = DAY
# Robots that answer slowly: two automatic letters, then none until a colleague has written.
MOST_UNANSWERED = 2
UNANSWERED_SINCE = timedelta(days=30)
MOST_PER_SOURCE = 30
MOST_PER_WORKSPACE = 300
_UNANSWERED = """
    WITH sent AS (
        SELECT delivery.id, message.kind
        FROM channels_delivery delivery JOIN tickets_message message ON message.id = delivery.message_id
        WHERE delivery.workspace_id = %s AND delivery.address = %s AND delivery.queued_at > %s
    )
    SELECT count(*) FROM sent
    WHERE kind = 'notice' AND id > coalesce((SELECT max(id) FROM sent WHERE kind = 'reply'), 0)
"""


def may_notify(workspace: Workspace, address: str, *, source: str, is_verified: bool) -> bool:
    """Say whether one more automatic letter may go to this address now, and count it; exact among many at once.

    `source` is what it was caused by: the machine that handed the letter over, or the domain it came from.
    """
    pause = PAUSE_FOR_VERIFIED if is_verified else PAUSE_FOR_OTHERS
    return (
        _is_within(workspace, "notices", address, most=1, seconds=pause)
        and _unanswered(workspace, address) < MOST_UNANSWERED
        and _is_within(workspace, "notices of source", source, most=MOST_PER_SOURCE, seconds=HOUR)
        and _is_within(workspace, "notices in all", "", most=MOST_PER_WORKSPACE, seconds=HOUR)
    )


def _is_within(workspace: Workspace, what: str, whom: str, *, most: int, seconds: int) -> bool:
    return Tally.objects.note(workspace, what, whom, seconds=seconds) <= most


def _unanswered(workspace: Workspace, address: str) -> int:
    """How many automatic letters the address got since a colleague last wrote to it."""
    ((count,),) = rows.ask(_UNANSWERED, [workspace.pk, address, timezone.now() - UNANSWERED_SINCE])
    return int(count)
