"""What the worker does for the ledger by the clock: check, compare, remove, sweep, and try held letters again."""

from contextlib import suppress
from datetime import timedelta

import structlog
from django.db import DatabaseError
from django.utils import timezone

from harken import __version__
from harken.channels.arriving.fetching import fetched_mailboxes
from harken.channels.arriving.rejudge import CannotJudge, try_again
from harken.channels.ledger.check import check_ledger
from harken.channels.ledger.comparing import compare, fetch_missing
from harken.channels.ledger.retention import remove_old
from harken.channels.models import Arrival, Mailbox, Retention, Tally
from harken.channels.problems import Problem
from harken.channels.reasons import RETRYABLE
from harken.events.jobs import GrowingPauses, every, job
from harken.files import storage
from harken.workspaces.models import Workspace

log = structlog.get_logger(__name__)

QUEUE = "care"
# What a killed process leaves is minutes old at most; a slow disk writes a letter in seconds.
LEFTOVER_AFTER = timedelta(days=1)
# So many at a time: what is new must not wait behind years of held mail.
MOST_TRIED_AGAIN = 200
_ONCE_MORE = GrowingPauses(attempts=3)


@every("23 3 * * *", queue=QUEUE)
def look_after_ledgers() -> None:
    """Once a day: check every ledger, compare every mailbox, let go what is too old, sweep what was left behind."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        look_after_ledger.defer(workspace_id=workspace_id)
    for mailbox in fetched_mailboxes().values():
        compare_mailbox.defer(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)
    storage.sweep(LEFTOVER_AFTER)


@job(queue=QUEUE, retry=_ONCE_MORE)
def look_after_ledger(workspace_id: int) -> None:
    """Remove the letters whose days are over, then check the ledger; harmless to run again."""
    Tally.objects.forget_old()
    for retention in Retention.objects.filter(workspace=workspace_id):
        remove_old(retention)
    check_ledger(Workspace.objects.get(pk=workspace_id), day=timezone.now().toordinal())


@job(queue=QUEUE, retry=_ONCE_MORE)
def compare_mailbox(workspace_id: int, mailbox_id: int) -> None:
    """Compare one mailbox with the ledger; one that cannot be reached is its channel's own trouble."""
    with suppress(Problem):
        compare(_mailbox(mailbox_id))


@job(queue="mail-in", retry=_ONCE_MORE)
def fetch_missing_letters(workspace_id: int, mailbox_id: int) -> None:
    """Take what the last comparison missed; harmless to run again."""
    fetch_missing(_mailbox(mailbox_id))


@every("*/10 * * * *", queue=QUEUE)
def try_held_again() -> None:
    """Look in every workspace for letters that an earlier version held."""
    _try_again_everywhere()


@job(queue=QUEUE, retry=_ONCE_MORE)
def try_again_in(workspace_id: int) -> None:
    """Try what an earlier version of Harken held and this one may read: once for each version, however it ends."""
    held = Arrival.objects.filter(workspace=workspace_id, rule__in=RETRYABLE, raw__removed_at=None).held()
    for arrival in held.exclude(judged_by=__version__).order_by("pk")[:MOST_TRIED_AGAIN]:
        with suppress(CannotJudge):
            try_again(arrival)


def begin() -> None:
    """Ask for held letters to be tried now, as a worker starts, perhaps with a new version."""
    try:
        _try_again_everywhere()
    except DatabaseError as error:
        # Ten minutes later the clock asks for it.
        log.warning("held letters wait to be tried again", error=type(error).__name__)


def _try_again_everywhere() -> None:
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        try_again_in.defer(workspace_id=workspace_id)


def _mailbox(mailbox_id: int) -> Mailbox:
    return Mailbox.objects.select_related("channel", "grant").get(pk=mailbox_id)
