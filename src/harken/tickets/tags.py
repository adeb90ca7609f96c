"""Tags: made, put on tickets and taken off. What is done to the tags themselves stands in `tag_changes.py`."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.lib.text import one_line
from harken.tickets.errors import NothingToCallIt, TooManyTags
from harken.tickets.models import Tag, Ticket, TicketTag
from harken.tickets.models.tag import LONGEST_NAME

# More on one ticket sort nothing any more.
MOST_TAGS = 50


def make_tag(name: str, *, by: Agent, colour: str = Tag.Colour.GREY) -> Tag:
    """Return the tag of that name, made now unless there is one. Raises NothingToCallIt."""
    name = one_line(name, LONGEST_NAME)
    if not name:
        raise NothingToCallIt
    known = Tag.objects.visible_to(by).called(name).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return Tag.objects.create(workspace_id=by.workspace_id, name=name, colour=colour)
    except IntegrityError:
        # A colleague made it in the same moment.
        return Tag.objects.visible_to(by).called(name).get()


@transaction.atomic
def put_on(ticket: Ticket, tag: Tag, *, by: Agent) -> Event | None:
    """Put a tag on a ticket, and return the event by which that is taken back; `None` where it is there already.

    Raises TooManyTags.
    """
    ticket.hold()
    standing = set(ticket.tags.values_list("pk", flat=True))
    if tag.pk in standing:
        return None
    if len(standing) >= MOST_TAGS:
        raise TooManyTags(MOST_TAGS)
    _row, is_new = TicketTag.objects.get_or_create(workspace_id=ticket.workspace_id, ticket=ticket, tag=tag)
    return _told("ticket.tagged", ticket, tag, by) if is_new else None


@transaction.atomic
def take_off(ticket: Ticket, tag: Tag, *, by: Agent) -> Event | None:
    """Take a tag off a ticket, and return the event by which that is taken back; `None` where it is not there."""
    gone, _rows = TicketTag.objects.filter(ticket=ticket, tag=tag).delete()
    return _told("ticket.untagged", ticket, tag, by) if gone else None


def undo_tagged(event: Event, by: Agent) -> Event | None:
    """Take off again what an event says was put on, whatever it is called by now."""
    tag = _meant(event, by)
    return take_off(Ticket.objects.get(pk=event.about_id), tag, by=by) if tag else None


def undo_untagged(event: Event, by: Agent) -> Event | None:
    """Put on again what an event says was taken off, made anew where it is gone. Raises TooManyTags."""
    tag = _meant(event, by) or make_tag(event.data["tag"], by=by)
    return put_on(Ticket.objects.get(pk=event.about_id), tag, by=by)


@transaction.atomic
def set_tags(ticket: Ticket, names: Sequence[str], *, by: Agent) -> None:
    """Let the tags of these names stand on a ticket, and no others. Raises NothingToCallIt, TooManyTags."""
    ticket.hold()
    wanted = {tag.pk: tag for tag in (make_tag(name, by=by) for name in names)}
    for tag in ticket.tags.exclude(pk__in=wanted):
        take_off(ticket, tag, by=by)
    for tag in wanted.values():
        put_on(ticket, tag, by=by)


def carry_tags(source: Ticket, target: Ticket) -> list[int]:
    """Put the tags of the one on the other too, both held; returns the ids of those that were not there yet."""
    known = set(TicketTag.objects.filter(ticket=target).values_list("tag_id", flat=True))
    theirs = TicketTag.objects.filter(ticket=source).exclude(tag__in=known).values_list("tag_id", flat=True)
    new = sorted(theirs)
    TicketTag.objects.bulk_create(
        TicketTag(workspace_id=target.workspace_id, ticket=target, tag_id=tag_id) for tag_id in new
    )
    return new


def _told(event_type: str, ticket: Ticket, tag: Tag, by: Agent) -> Event:
    return record(event_type, ticket, by=by, number=ticket.number, tag=tag.name, tag_id=tag.pk)


def _meant(event: Event, by: Agent) -> Tag | None:
    tags = Tag.objects.visible_to(by)
    return tags.filter(pk=event.data.get("tag_id")).first() or tags.called(event.data["tag"]).first()
