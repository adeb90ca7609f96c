"""What `/readyz`, `/metrics` and `doctor` learn about mail. In numbers: whoever asks may be a stranger."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from harken.channels.arriving.fetching import fetched_mailboxes
from harken.channels.models import Arrival, Mailbox, Part, Trouble
from harken.lib.vitals import Figure
from harken.workspaces import wall
from harken.workspaces.models import Workspace

SILENCE = timedelta(minutes=15)
_OF_PART: dict[str, str] = {
    Part.FETCHING: "Mailboxes that are not fetched",
    Part.SENDING: "Mailboxes that cannot send",
    Part.SIGN_IN: "Mailboxes whose provider wants a new sign-in",
    Part.HEARTBEAT: "Mailboxes whose test letter does not come back",
    Part.SILENCE: "Mailboxes that are more silent than usual",
}
# These drain. The others only grow, and counting them would cost more with every year.
UNFINISHED = (Arrival.State.RECEIVED, Arrival.State.HELD)


def mailbox_warnings() -> Iterable[str]:
    """Say how many mailboxes are in which trouble (their own pages say why), and how many letters nobody owns."""
    with wall.across():
        parts = Counter(Trouble.objects.standing().of_channels_in_use().values_list("part", flat=True))
    for part, count in sorted(parts.items()):
        yield f"{_OF_PART[part]}: {count}. Settings, Channels says which and why."
    silent = sum(map(_is_not_looked_at, fetched_mailboxes().values()))
    if silent:
        yield f"Mailboxes that nobody has looked at for a quarter of an hour: {silent}. Does a worker run?"
    with wall.inside(None):
        unowned = Arrival.objects.filter(workspace=None).held().count()
    if unowned:
        yield f"Letters to addresses that no workspace has: {unowned}. Give it the address, or see `harken held`."


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


def _is_not_looked_at(mailbox: Mailbox) -> bool:
    channel = mailbox.channel
    return timezone.now() - (channel.last_checked_at or channel.created_at) > SILENCE
