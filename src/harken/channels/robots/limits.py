"""How much automatic mail may leave: for one address, because of one source, from one workspace."""

from datetime import timedelta

from django.utils import timezone

from harken.channels.models.tally import counting
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
_IS_AWAITED = f"(SELECT count FROM to_address) = 1 AND (SELECT count FROM unanswered) < {MOST_UNANSWERED}"
_SOURCE_IS_CALM = f"(SELECT count FROM of_source) <= {MOST_PER_SOURCE}"
# By one statement: the next is counted only where the one before is within its limit.
_MAY_NOTIFY = f"""
    WITH sent AS (
        SELECT delivery.id, message.kind
        FROM channels_delivery delivery JOIN tickets_message message ON message.id = delivery.message_id
        WHERE delivery.workspace_id = %(workspace)s AND delivery.address = %(address)s
          AND delivery.queued_at > %(since)s
    ), unanswered AS (
        SELECT count(*) FROM sent
        WHERE kind = 'notice' AND id > coalesce((SELECT max(id) FROM sent WHERE kind = 'reply'), 0)
    ), to_address AS ({counting("'notices'", "%(address)s", "%(pause)s")}
    ), of_source AS ({counting("'notices of source'", "%(source)s", str(HOUR), _IS_AWAITED)}
    ), in_all AS ({counting("'notices in all'", "''", str(HOUR), _SOURCE_IS_CALM)}
    )
    SELECT coalesce((SELECT count FROM in_all) <= {MOST_PER_WORKSPACE}, false)
"""


def may_notify(workspace: Workspace, address: str, *, source: str, is_verified: bool) -> bool:
    """Say whether one more automatic letter may go to this address now, and count it; exact among many at once.

    `source` is what it was caused by: the machine that handed the letter over, or the domain it came from.
    """
    asked = {
        "workspace": workspace.pk,
        "address": address,
        "source": source,
        "pause": PAUSE_FOR_VERIFIED if is_verified else PAUSE_FOR_OTHERS,
        "since": timezone.now() - UNANSWERED_SINCE,
    }
    ((may,),) = rows.ask(_MAY_NOTIFY, asked)
    return bool(may)
