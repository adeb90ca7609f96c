"""Comparing the ledger with the mailbox on the server by UID: what lies there and is not here is told and taken."""

import threading

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from harken.channels.arriving.fetching import MailboxLedger
from harken.channels.email.accounts import account_of
from harken.channels.email.fetch import Fetcher
from harken.channels.email.imap import ImapAccount, MailboxSession
from harken.channels.models import Arrival, FolderState, Mailbox
from harken.channels.models.ledger import ArrivalQuerySet
from harken.events.record import record

# More than this are counted no further: somebody has to look at the server.
MOST_MISSING = 1000


def compare(mailbox: Mailbox, account: ImapAccount | None = None) -> FolderState | None:
    """Note which letters lie on the server and are not in the ledger; `None` before the first reading.

    Letters above the last UID that was read are not missing: they are on their way. Raises MailServerProblem.
    """
    with MailboxSession(account or account_of(mailbox)) as session:
        states = FolderState.objects.filter(mailbox=mailbox, folder=mailbox.imap_folder)
        state = states.filter(uidvalidity=session.uidvalidity).first()
        if state is None:
            return None
        began_above = _beginning(state)
        there = {uid for uid in session.new_uids(began_above) if uid <= state.highest_uid}
    _note(state, there - _here(state, began_above))
    return state


def fetch_missing(mailbox: Mailbox) -> int:
    """Take exactly the letters that the last comparison missed, and compare again; the number still missing.

    Raises MailServerProblem.
    """
    account = account_of(mailbox)
    state = compare(mailbox, account)
    if state is None or not state.missing:
        return 0
    connection.ensure_connection()
    Fetcher(account, MailboxLedger(mailbox, threading.Event())).take(state.missing)
    state = compare(mailbox, account)
    return len(state.missing) if state else 0


def _beginning(state: FolderState) -> int:
    """Where the first reading began; for a folder read before that was noted, below its first letter."""
    if state.began_above is not None:
        return state.began_above
    first: int | None = _arrivals(state).aggregate(first=Min("uid"))["first"]
    return state.highest_uid if first is None else first - 1


def _here(state: FolderState, above: int) -> set[int]:
    uids = _arrivals(state).filter(uid__gt=above).values_list("uid", flat=True)
    return {uid for uid in uids if uid is not None}


def _arrivals(state: FolderState) -> ArrivalQuerySet:
    return Arrival.objects.filter(
        workspace=state.workspace_id,
        channel=state.mailbox.channel_id,
        folder=state.folder,
        uidvalidity=state.uidvalidity,
    )


def _note(state: FolderState, missing: set[int]) -> None:
    before, state.missing = state.missing, sorted(missing)[:MOST_MISSING]
    state.compared_at = timezone.now()
    state.save(update_fields=["missing", "compared_at"])
    if state.missing != before:
        record("channel.changed", state.mailbox.channel, healthy=not state.missing)
