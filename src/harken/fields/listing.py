"""What is done to a workspace's own lists: added, changed, moved, archived and brought back; each is recorded."""

from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from harken.agents.models import Agent
from harken.events.record import record
from harken.fields.errors import ChangedMeanwhile, NameArchived, NameMissing, NameTaken, TooMany
from harken.fields.models import LONGEST_NAME, Listed
from harken.lib.text import one_line
from harken.workspaces.models import Workspace

Row = TypeVar("Row", bound=Listed)


@transaction.atomic
def add(row: Row, *, by: Agent) -> Row:
    """Put a new one at the end of its list. Raises NameMissing, NameTaken, NameArchived, TooMany."""
    row.workspace = by.workspace
    row.name = _checked(row, row.name)
    others = list(_neighbours(row))
    if sum(not each.is_archived for each in others) >= row.most:
        raise TooMany(most=row.most)
    row.place = max((each.place for each in others), default=0) + 1
    _save(row)
    record(f"{row.told_as}.added", row, by=by, name=row.name)
    return row


@transaction.atomic
def change(row: Listed, values: dict[str, Any], *, by: Agent, seen: int | None = None) -> bool:
    """Save what differs, and say whether anything did.

    `seen` is the revision that was before the writer's eyes (`None`: whatever it is). Raises ChangedMeanwhile,
    NameMissing, NameTaken, NameArchived.
    """
    held = _held(row)
    if seen is not None and held.revision != seen:
        raise ChangedMeanwhile(held)
    values = values | {"name": _checked(held, values.get("name", held.name))}
    differing = {name: value for name, value in values.items() if getattr(held, name) != value}
    if not differing:
        return False
    was = held.name
    for name, value in differing.items():
        setattr(held, name, value)
    held.revision += 1
    _save(held, *differing, "revision")
    record(f"{row.told_as}.changed", held, by=by, name=held.name, was=was, changed=sorted(differing))
    return True


@transaction.atomic
def move(row: Listed, *, up: bool, by: Agent) -> bool:
    """Exchange it with the one above or below it, and say whether there was one."""
    living = [each for each in _neighbours(row) if not each.is_archived]
    at = next((at for at, each in enumerate(living) if each.pk == row.pk), None)
    other = None if at is None else at + (-1 if up else 1)
    if at is None or other is None or not 0 <= other < len(living):
        return False
    living[at], living[other] = living[other], living[at]
    for place, each in enumerate(living, 1):
        each.place = place
    type(row)._default_manager.bulk_update(living, ["place"])
    record(f"{row.told_as}.changed", row, by=by, name=row.name, was=row.name, changed=["place"])
    return True


@transaction.atomic
def archive(row: Listed, *, by: Agent) -> None:
    """Offer it no longer; wherever it stands it goes on standing. Twice is harmless."""
    held = _held(row)
    if not held.is_archived:
        _put(held, "archived", by, is_archived=True)


@transaction.atomic
def bring_back(row: Listed, *, by: Agent) -> None:
    """Offer it again, at the end of its list. Twice is harmless. Raises TooMany."""
    held = _held(row)
    others = [each for each in _neighbours(held) if not each.is_archived]
    if held.is_archived and len(others) >= held.most:
        raise TooMany(most=held.most)
    if held.is_archived:
        place = max((each.place for each in others), default=0) + 1
        _put(held, "brought_back", by, is_archived=False, place=place)


def shelve(row: Listed, is_archived: bool | None, *, by: Agent) -> None:
    """Put it into the archive or bring it back, as is said; `None` leaves it where it is."""
    if is_archived is not None:
        (archive if is_archived else bring_back)(row, by=by)


def _put(held: Listed, told: str, by: Agent, **values: Any) -> None:
    for name, value in values.items():
        setattr(held, name, value)
    held.revision += 1
    _save(held, *values, "revision")
    record(f"{held.told_as}.{told}", held, by=by, name=held.name)


def _held(row: Listed) -> Listed:
    # The list first and then its row, in the order of everybody who changes it: nobody waits in a circle.
    _neighbours(row)
    found: Listed = type(row)._default_manager.select_for_update().get(pk=row.pk)
    return found


def _neighbours(row: Listed) -> Any:
    """Those of the same list in their order, held: two who add or move at once do so one after the other."""
    Workspace.objects.select_for_update(no_key=True).get(pk=row.workspace_id)
    group = {row.grouped_by: getattr(row, row.grouped_by)} if row.grouped_by else {}
    return type(row)._default_manager.filter(workspace=row.workspace_id, **group).order_by("place", "id")


def _checked(row: Listed, typed: str) -> str:
    name = one_line(typed, LONGEST_NAME)
    if not name:
        raise NameMissing
    namesake = _neighbours(row).filter(name__iexact=name).exclude(pk=row.pk).first()
    if namesake:
        refusal = NameArchived if namesake.is_archived else NameTaken
        raise refusal(name=namesake.name)
    return name


def _save(row: Listed, *names: str) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=names or None)
    except IntegrityError as error:
        raise NameTaken(name=row.name) from error
