"""What is done to a workspace's tags themselves: called otherwise, dropped, put together, and each of it taken back.

Each is one event, told once to the open pages of the workspace, however many tickets the tag stands on.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Value

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.lib.text import one_line
from harken.tickets.errors import ChangedSince, NameIsTaken, NothingToCallIt, TagExists, TagIsGone
from harken.tickets.models import Tag, TicketTag
from harken.tickets.models.tag import LONGEST_NAME


@transaction.atomic
def change_tag(tag: Tag, *, by: Agent, name: str, colour: str) -> Event | None:
    """Call a tag otherwise, or show it in another colour; `None` where it is so already.

    Raises NothingToCallIt, TagExists, TagIsGone.
    """
    name = one_line(name, LONGEST_NAME)
    if not name:
        raise NothingToCallIt
    (tag,) = _hold(tag.pk)
    before = _looks(tag)
    tag.name, tag.colour = name, colour
    if _looks(tag) == before:
        return None
    try:
        _save(tag, "name", "colour")
    except IntegrityError as error:
        raise TagExists from error
    return record("tag.changed", tag, by=by, name=name, before=before, after=_looks(tag))


@transaction.atomic
def drop_tag(tag: Tag, *, by: Agent) -> Event:
    """Take a tag away from wherever it stands; the tickets stay. Raises TagIsGone."""
    (tag,) = _hold(tag.pk)
    event = record("tag.dropped", tag, by=by, name=tag.name)
    _leave(tag, event)
    return event


@transaction.atomic
def put_together(tag: Tag, *, into: Tag, by: Agent) -> Event:
    """Let another tag stand wherever this one stood, and drop this one. Raises TagIsGone.

    The event's `count` says on how many tickets that was.
    """
    tag, into = _hold(tag.pk, into.pk)
    told: dict[str, Any] = {"name": tag.name, "into": into.pk, "called": into.name}
    event = record("tag.merged", tag, by=by, count=TicketTag.objects.filter(tag=tag).count(), **told)
    try:
        _give_places(tag, into, event)
    except IntegrityError:
        # A colleague put the other one on in the same moment; now that is seen.
        _give_places(tag, into, event)
    _leave(tag, event)
    return event


@transaction.atomic
def undo_change(event: Event, by: Agent) -> Event | None:
    """Call it as it was called before. Raises ChangedSince, NameIsTaken, TagIsGone."""
    (tag,) = _hold(event.about_id)
    if _looks(tag) != event.data["after"]:
        raise ChangedSince
    try:
        return change_tag(tag, by=by, **event.data["before"])
    except TagExists as error:
        raise NameIsTaken from error


@transaction.atomic
def undo_drop(event: Event, by: Agent) -> Event:
    """Let it stand again on each ticket that it stood on. Raises ChangedSince, NameIsTaken."""
    (tag,) = _hold(event.about_id, with_gone=True)
    _come_back(tag, event)
    return record("tag.brought_back", tag, by=by, name=tag.name)


@transaction.atomic
def undo_merge(event: Event, by: Agent) -> Event:
    """Let each of the two stand where it stood, and where colleagues put it since. Raises ChangedSince, NameIsTaken."""
    tag, into = _hold(event.about_id, event.data["into"], with_gone=True)
    if into.gone_by is not None:
        raise ChangedSince
    _come_back(tag, event)
    _give_places_back(tag, into, event)
    return record("tag.unmerged", tag, by=by, name=tag.name, into=into.pk)


def drop_again(event: Event, by: Agent) -> Event:
    """Take back that it was brought back. Raises TagIsGone."""
    (tag,) = _hold(event.about_id)
    return drop_tag(tag, by=by)


def merge_again(event: Event, by: Agent) -> Event:
    """Take back that two were taken apart. Raises TagIsGone."""
    tag, into = _hold(event.about_id, event.data["into"])
    return put_together(tag, into=into, by=by)


def _hold(*ids: int, with_gone: bool = False) -> list[Tag]:
    # By their ids, whoever is put into whom: nobody waits in a circle.
    rows = Tag.with_gone.all() if with_gone else Tag.objects.all()
    held = {tag.pk: tag for tag in rows.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    if len(held) < len(ids):
        raise TagIsGone
    return [held[pk] for pk in ids]


def _leave(tag: Tag, event: Event) -> None:
    tag.gone_by = event.pk
    tag.save(update_fields=["gone_by"])


def _come_back(tag: Tag, event: Event) -> None:
    if tag.gone_by != event.pk:
        raise ChangedSince
    tag.gone_by = None
    try:
        _save(tag, "gone_by")
    except IntegrityError as error:
        raise NameIsTaken from error


@transaction.atomic
def _give_places(tag: Tag, into: Tag, event: Event) -> None:
    """Where both stand, the row of the one that goes stays as it is and comes back with it."""
    _without(into, TicketTag.objects.filter(tag=tag)).update(
        tag=into, came_by=_event_in("array_append", event)
    )


def _give_places_back(tag: Tag, into: Tag, event: Event) -> None:
    came = TicketTag.objects.filter(tag=into, came_by__contains=[event.pk])
    _without(tag, came).update(tag=tag, came_by=_event_in("array_remove", event))
    # Merging tickets may have carried both to one.
    came.delete()


def _without(tag: Tag, places: Any) -> Any:
    return places.exclude(Exists(TicketTag.objects.filter(tag=tag, ticket=OuterRef("ticket"))))


def _event_in(function: str, event: Event) -> Func:
    return Func(F("came_by"), Value(event.pk, BigIntegerField()), function=function)


@transaction.atomic
def _save(tag: Tag, *names: str) -> None:
    """In a transaction of its own: a name that is taken ends that one alone."""
    tag.save(update_fields=names)


def _looks(tag: Tag) -> dict[str, str]:
    return {"name": tag.name, "colour": tag.colour}
