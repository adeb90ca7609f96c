"""What `/readyz`, `/metrics` and `doctor` learn about mail. In numbers: whoever asks may be a stranger."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from harken.channels.fetching import fetched_mailboxes
from harken.channels.models import Arrival, Mailbox
from harken.lib.vitals import Figure
from harken.workspaces import wall
from harken.workspaces.models import Workspace

SILENCE = timedelta(minutes=15)
# These drain. The others only grow, and counting them would cost more with every year.
UNFINISHED = (Arrival.State.RECEIVED, Arrival.State.HELD)


def mailbox_warnings() -> Iterable[str]:
    """Say how many mailboxes are not fetched, their own pages say why, and how many letters nobody owns."""
    count = sum(map(_is_not_fetched, fetched_mailboxes().values()))
    if count:
        yield f"Mailboxes that are not fetched: {count}. Settings, Channels says which and why."
    with wall.inside(None):
        unowned = Arrival.objects.filter(workspace=None).held().count()
    if unowned:
        yield f"Letters to addresses that no workspace has: {unowned}. Give it the address, and they are taken in."


def arrival_figures() -> Iterable[Figure]:
    """Count the rows of the ledger that wait, for a worker or for a person."""
    counts = dict.fromkeys(UNFINISHED, 0)
    for workspace_id in (None, *Workspace.objects.values_list("pk", flat=True)):
        whose = Q(workspace=None) if workspace_id is None else Q(workspace_id=workspace_id)
        with wall.inside(workspace_id):
            for state in UNFINISHED:
                counts[state] += Arrival.objects.filter(whose, state=state).count()
    for state, count in counts.items():
        yield Figure(
            "harken_arrivals", "Letters that wait: received, or held for a person.", count, {"state": state}
        )


def _is_not_fetched(mailbox: Mailbox) -> bool:
    channel = mailbox.channel
    return bool(channel.problem) or timezone.now() - (channel.last_checked_at or channel.created_at) > SILENCE
