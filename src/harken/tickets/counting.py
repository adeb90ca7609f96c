"""How many tickets stand how, without counting them: rows of changes, written with each and folded now and then.

One row per number would be a lock that every letter of a workspace waits for until the one before has committed. Rows
of changes are added and never updated; the sum of some hundred of them is read in a fraction of a millisecond.
"""

import structlog
from django.db import transaction

from harken.lib import rows
from harken.workspaces import wall

log = structlog.get_logger(__name__)

# A class of advisory locks of our own: of two that fold, the second would miss what the first has just added.
_LOCK = 0x5A4C
# Beyond what it would be if it were folded now, so many rows may lie about.
_MOST_LOOSE = 100

_WORTH_FOLDING = """
    SELECT workspace_id FROM tickets_standingcount GROUP BY workspace_id
    HAVING count(*) > %s + count(DISTINCT (state, assignee_id, is_our_turn))
"""
_ADD = "INSERT INTO tickets_standingcount (workspace_id, state, assignee_id, is_our_turn, change)"
# Both see one moment of the table: what is committed meanwhile is neither removed nor counted.
_FOLD = f"""
    WITH loose AS (DELETE FROM tickets_standingcount WHERE workspace_id = %(workspace)s RETURNING *)
    {_ADD} SELECT workspace_id, state, assignee_id, is_our_turn, sum(change) FROM loose
    GROUP BY workspace_id, state, assignee_id, is_our_turn HAVING sum(change) <> 0
"""
_RECOUNT = f"""
    WITH counted AS (
        SELECT state, assignee_id, waiting_since IS NOT NULL AS is_our_turn, count(*) AS change FROM tickets_ticket
        WHERE workspace_id = %(workspace)s AND state IN ('open', 'waiting', 'set_aside', 'accepted') GROUP BY 1, 2, 3
    ), kept AS (
        DELETE FROM tickets_standingcount WHERE workspace_id = %(workspace)s RETURNING *
    ), added AS (
        {_ADD} SELECT %(workspace)s, state, assignee_id, is_our_turn, change FROM counted
    )
    SELECT state, assignee_id, is_our_turn, sum(change) FROM (
        SELECT state, assignee_id, is_our_turn, change FROM counted
        UNION ALL SELECT state, assignee_id, is_our_turn, -change FROM kept
    ) AS difference
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0
"""


def worth_folding() -> list[int]:
    """Return the workspaces in which many changes lie about."""
    with wall.across():
        return [workspace_id for (workspace_id,) in rows.ask(_WORTH_FOLDING, [_MOST_LOOSE])]


@transaction.atomic
def fold(workspace_id: int) -> None:
    """Put rows that count the same together. Twice is harmless; whoever changes a ticket meanwhile does not wait."""
    rows.hold(_LOCK, workspace_id)
    rows.ask(_FOLD, {"workspace": workspace_id})


@transaction.atomic
def recount(workspace_id: int) -> int:
    """Count the tickets themselves, keep that, and return how many numbers were wrong; 0 is as it should be."""
    rows.hold(_LOCK, workspace_id)
    wrong = rows.ask(_RECOUNT, {"workspace": workspace_id})
    if wrong:
        log.warning("ticket counts were wrong", workspace_id=workspace_id, numbers=len(wrong))
    return len(wrong)
