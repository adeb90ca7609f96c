"""Does the ledger hold? Rows in are the sum of its states, each has what its state promises, each letter its bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.channels.models import Arrival, LedgerCheck, RawMail
from harken.channels.reasons import Rule
from harken.files.errors import FileAltered, FileMissing
from harken.tickets.models import Message
from harken.workspaces.models import Workspace

DRAINS_WITHIN = timedelta(minutes=15)
MOST_NAMED = 20
# So many days, and each letter's bytes were looked at once.
DAYS_OF_A_ROUND = 30

State = Arrival.State
# A colleague's letter that is kept as their draft joined a request without a message.
_DRAFTS = (Rule.COLLEAGUE_UNSEEN, Rule.COLLEAGUE_UNVERIFIED)


class Fault(models.TextChoices):
    """What may be wrong with a ledger; the label is the sentence."""

    MISCOUNTED = "miscounted", _("Letters in a state that is none: %(count)s.")
    NOT_DRAINED = (
        "not-drained",
        _("Letters that wait to be judged for more than a quarter of an hour: %(count)s."),
    )
    WITHOUT_MESSAGE = "without-message", _("Letters that became a message which is not there: %(count)s.")
    WITHOUT_ARRIVAL = "without-arrival", _("Messages that came by mail and are not in the ledger: %(count)s.")
    RAW_MISSING = "raw-missing", _("Letters whose bytes are missing on the disk: %(count)s.")
    RAW_ALTERED = "raw-altered", _("Letters whose bytes were changed on the disk: %(count)s.")


@dataclass
class Found:
    """What a look at one ledger gave: rows by state, and the faults with the first rows they are about."""

    counts: dict[str, int]
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def check_ledger(workspace: Workspace, *, day: int | None = None) -> LedgerCheck:
    """Look at a ledger and keep what was found. `day` picks the letters whose bytes are read, else all are."""
    found = look_at(workspace, day=day)
    values = {"checked_at": timezone.now(), "counts": found.counts, "faults": found.faults}
    kept, _made = LedgerCheck.objects.update_or_create(workspace=workspace, defaults=values)
    return kept


def look_at(workspace: Workspace, *, day: int | None = None) -> Found:
    """Return what holds and what does not; changes nothing."""
    rows = Arrival.objects.filter(workspace=workspace)
    found = Found(dict.fromkeys(State.values, 0) | dict(rows.values_list("state").annotate(Count("id"))))
    unknown = sum(count for state, count in found.counts.items() if state not in State.values)
    if unknown:
        found.faults.append({"code": Fault.MISCOUNTED, "count": unknown, "rows": []})
    for code, wrong in _wrong_rows(workspace):
        ids = list(wrong.order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED])
        if ids:
            count = len(ids) if len(ids) < MOST_NAMED else wrong.count()
            about = "messages" if wrong.model is Message else "rows"
            found.faults.append({"code": code, "count": count, "rows": [], about: ids})
    found.faults.extend(_wrong_bytes(workspace, day))
    return found


def sentence_of(fault: dict[str, Any]) -> str:
    """Say what is wrong, in the reader's language."""
    return str(Fault(fault["code"]).label) % {"count": fault["count"]}


def _wrong_rows(workspace: Workspace) -> Iterator[tuple[str, models.QuerySet]]:
    rows = Arrival.objects.filter(workspace=workspace)
    since = timezone.now() - DRAINS_WITHIN
    yield Fault.NOT_DRAINED, rows.unsettled().filter(received_at__lt=since)
    became = rows.filter(state__in=(State.OPENED, State.JOINED), message=None)
    yield Fault.WITHOUT_MESSAGE, became.exclude(rule__in=_DRAFTS)
    came = Message.objects.filter(workspace=workspace, kind=Message.Kind.CONTACT).exclude(external_id="")
    yield Fault.WITHOUT_ARRIVAL, came.exclude(Exists(Arrival.objects.filter(message=OuterRef("pk"))))


def _wrong_bytes(workspace: Workspace, day: int | None) -> Iterator[dict[str, Any]]:
    wrong: dict[str, list[int]] = {Fault.RAW_MISSING: [], Fault.RAW_ALTERED: []}
    letters = RawMail.objects.filter(workspace=workspace, removed_at=None)
    if day is not None:
        letters = letters.annotate(turn=models.F("pk") % DAYS_OF_A_ROUND).filter(turn=day % DAYS_OF_A_ROUND)
    for raw in letters.iterator():
        try:
            raw.read()
        except FileMissing:
            wrong[Fault.RAW_MISSING].append(raw.pk)
        except FileAltered:
            wrong[Fault.RAW_ALTERED].append(raw.pk)
    for code, ids in wrong.items():
        if ids:
            named = Arrival.objects.filter(raw__in=ids[:MOST_NAMED]).values_list("pk", flat=True)
            yield {"code": code, "count": len(ids), "rows": list(named[:MOST_NAMED])}
