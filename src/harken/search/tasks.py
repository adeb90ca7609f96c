"""Shells for the worker. Each may run twice and late."""

from harken.events.jobs import GrowingPauses, defer_once, every, job
from harken.search.keep import fill_next, index_pending, renew_next, waiting_workspaces

QUEUE = "search"
# A job ends here and another goes on: what else waits comes in between.
MOST_BATCHES = 20


@every("* * * * * */3", queue=QUEUE)
def look_for_new_words() -> None:
    for workspace_id in waiting_workspaces():
        # Two at a time in the whole house: the others of a worker's hands are for mail.
        defer_once(
            index_words,
            f"search-{workspace_id}",
            never_beside=f"search-{workspace_id % 2}",
            workspace_id=workspace_id,
        )


# Not tried again when it fails: what was noted is there still, and the clock brings the next one.
@job(queue=QUEUE, retry=GrowingPauses(attempts=0))
def index_words(workspace_id: int) -> None:
    """Index what is new before what is old, and what changed its name before what was never indexed."""
    for _batch in range(MOST_BATCHES):
        if not (index_pending(workspace_id) or renew_next(workspace_id) or fill_next(workspace_id)):
            return
