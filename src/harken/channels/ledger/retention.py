"""Retention: letters are taken off the disk after the days their workspace keeps them; their rows stay for ever."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from harken.channels.models import Arrival, RawMail, Retention

# So many at a time, that a job ends before it is thought dead.
MOST_AT_ONCE = 2000
# These wait for somebody: their letters are never removed.
_NEEDED = (Arrival.State.HELD, Arrival.State.RECEIVED)


def remove_old(retention: Retention) -> int:
    """Remove the letters whose days are over; the number removed. Harmless to run again."""
    due = timezone.now() - timedelta(days=retention.days)
    held_back = Arrival.objects.filter(raw=OuterRef("pk"))
    letters = (
        RawMail.objects.filter(workspace=retention.workspace_id, removed_at=None)
        .exclude(Exists(held_back.filter(received_at__gte=due)))
        .exclude(Exists(held_back.filter(state__in=_NEEDED)))
    )
    ids = list(letters.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_remove(raw_id, retention.days, letters) for raw_id in ids)


@transaction.atomic
def forget_letters(message_ids: Iterable[int]) -> None:
    """Remove the letters that messages came in, however often they came: their words are to be nowhere."""
    came = Q(arrivals__message__in=message_ids) | Q(arrivals__original__message__in=message_ids)
    ids = set(RawMail.objects.filter(came, removed_at=None).values_list("pk", flat=True))
    for raw in RawMail.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        raw.remove()


@transaction.atomic
def _remove(raw_id: int, days: int, letters: QuerySet[RawMail]) -> bool:
    # Locked before it is looked at again: the same letter may come once more at this very moment.
    raw = RawMail.objects.select_for_update().get(pk=raw_id)
    if not letters.filter(pk=raw_id).exists():
        return False
    raw.remove(kept_days=days)
    return True
