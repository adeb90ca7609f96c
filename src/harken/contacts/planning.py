"""Plan and seats of a company: what they have now, and how it came to that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.contacts.errors import ChangedMeanwhile
from harken.contacts.models import Company, PlanChange
from harken.events.record import record

MONTHS_SHOWN = 12
PLAN_FIELDS = ("plan", "price", "seats", "seats_bought")


@transaction.atomic
def change_plan(
    company: Company, values: dict[str, Any], *, by: Agent | None, seen: int | None = None
) -> bool:
    """Let a company have another plan, price or number of seats from now on, and say whether anything differs.

    Locks the company. Raises ChangedMeanwhile when its revision is not the one that was `seen`.
    """
    held = Company.objects.select_for_update().get(pk=company.pk)
    if seen is not None and held.revision != seen:
        raise ChangedMeanwhile(held)
    now = {name: values.get(name, getattr(held, name)) for name in PLAN_FIELDS}
    if all(getattr(held, name) == value for name, value in now.items()):
        return False
    change = PlanChange.objects.create(
        workspace_id=held.workspace_id,
        company=held,
        agent=by,
        plan_before=held.plan,
        seats_before=held.seats,
        **now,
    )
    for name, value in now.items():
        setattr(held, name, value)
        setattr(company, name, value)
    held.revision += 1
    company.revision = held.revision
    held.save(update_fields=[*PLAN_FIELDS, "revision"])
    record("company.plan_changed", held, by=by, change=change.pk, plan=held.plan, seats=held.seats)
    return True


@dataclass(frozen=True)
class SeatsAt:
    """How many seats were in use at the end of a month."""

    month: datetime
    seats: int


def seats_by_month(company: Company, *, months: int = MONTHS_SHOWN) -> list[SeatsAt]:
    """Return the seats at the end of each of the last months, this one included, oldest first; no unknown ones."""
    changes = [(each.at, each.seats) for each in company.plan_changes.in_order() if each.seats is not None]
    ends = _month_ends(timezone.localtime(), months)
    found = []
    for start, end in ends:
        known = [seats for at, seats in changes if at < end]
        if known:
            found.append(SeatsAt(start, known[-1]))
    return found


def _month_ends(now: datetime, months: int) -> list[tuple[datetime, datetime]]:
    """The first moments of each month and of the one after it, oldest first."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starts = [first]
    for _month in range(months - 1):
        earlier = starts[0].month - 1 or 12
        year = starts[0].year - (earlier == 12)
        starts.insert(0, starts[0].replace(year=year, month=earlier))
    following = first.replace(year=first.year + (first.month == 12), month=first.month % 12 + 1)
    return list(zip(starts, [*starts[1:], following], strict=True))
