"""What `/readyz`, `/metrics` and `harken doctor` learn about the index: how far it lies behind what was said."""

from collections.abc import Iterable, Iterator

from django.db.models import Count, Min
from django.utils import timezone

from harken.lib.vitals import Figure, Finding
from harken.search.keep import left_to_fill
from harken.search.models import Filling, Pending
from harken.workspaces import wall
from harken.workspaces.models import Workspace

ABOUT = "search"
# A worker looks every few seconds: what has waited for minutes waits for a worker.
LATE_SECONDS = 300


def index_warnings() -> Iterable[str]:
    """Say so when a message has waited for minutes to be found."""
    waiting, seconds = _waiting()
    if seconds > LATE_SECONDS:
        yield (
            f"Search is {seconds // 60} minutes behind: {waiting} messages cannot be found yet. "
            "A running `harken worker` catches up."
        )


def index_figures() -> Iterable[Figure]:
    """Count what waits to be indexed, and for how long."""
    waiting, seconds = _waiting()
    yield Figure("harken_search_waiting", "Messages that wait to be indexed.", waiting)
    yield Figure("harken_search_lag_seconds", "How long the oldest of them has waited.", seconds)


def index_findings() -> Iterator[Finding]:
    """Say of each index whether it is whole."""
    filling = dict.fromkeys(Filling.objects.values_list("pk", flat=True))
    for workspace in Workspace.objects.filter(pk__in=filling).order_by("pk"):
        with wall.inside(workspace.pk):
            left = left_to_fill(workspace.pk)
        yield Finding(
            ABOUT,
            "advice",
            f"{workspace.slug}: the index is being built, {left} messages are left. A running `harken worker` goes on.",
        )
    waiting, seconds = _waiting()
    if not waiting and not filling:
        yield Finding(ABOUT, "well", "Every message can be found.")
    elif seconds <= LATE_SECONDS and waiting:
        yield Finding(ABOUT, "well", f"{waiting} messages came just now and can be found in a moment.")


def _waiting() -> tuple[int, int]:
    """How many messages wait, and the seconds that the oldest of them has waited."""
    found = Pending.objects.aggregate(count=Count("pk"), oldest=Min("at"))
    seconds = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0
    return found["count"], int(seconds)
