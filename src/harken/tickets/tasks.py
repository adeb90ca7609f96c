"""Shells for the worker: load, call one verb. Each may run twice and late."""

from harken.events.jobs import GrowingPauses, every, job
from harken.tickets import bulk, counting
from harken.tickets.merged_people import gather_stragglers
from harken.tickets.models import BulkAction, Ticket
from harken.tickets.schedule import let_leave
from harken.workspaces.models import Workspace

# What is not done today is done the next time.
_ONCE_MORE = GrowingPauses(attempts=2)


@job(queue="tickets")
def come_back(workspace_id: int, ticket_id: int) -> None:
    Ticket.objects.get(pk=ticket_id).come_back()


@job(queue="tickets")
def leave(workspace_id: int, draft_id: int) -> None:
    let_leave(draft_id)


@job(queue="tickets")
def gather_merge(workspace_id: int, merge_id: int) -> None:
    gather_stragglers(merge_id)


@job(queue="tickets")
def go_on_with_bulk(workspace_id: int, action_id: int) -> None:
    """A chunk of a bulk action in each transaction: what a stop interrupts goes on where it was."""
    action = BulkAction.objects.get(pk=action_id)
    while not action.is_done:
        bulk.go_on(action)


@every("* * * * *", queue="care")
def look_for_loose_counts() -> None:
    for workspace_id in counting.worth_folding():
        fold_counts.defer(workspace_id=workspace_id)


@every("41 2 * * *", queue="care")
def look_after_counts() -> None:
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        recount.defer(workspace_id=workspace_id)


@job(queue="care", retry=_ONCE_MORE)
def fold_counts(workspace_id: int) -> None:
    counting.fold(workspace_id)


@job(queue="care", retry=_ONCE_MORE)
def recount(workspace_id: int) -> None:
    counting.recount(workspace_id)


def go_on_later(action: BulkAction) -> None:
    """Have a worker do what a bulk action still has to do."""
    go_on_with_bulk.defer(workspace_id=action.workspace_id, action_id=action.pk)
