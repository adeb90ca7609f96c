"""Tags: put on tickets and taken off, made, changed and put together."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.lib.text import one_line
from harken.tickets.errors import NothingToCallIt, TagExists
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
    """Put a tag on a ticket, and return the event by which that is taken back; `None` where it is there already."""
    _there, is_new = TicketTag.objects.get_or_create(workspace_id=ticket.workspace_id, ticket=ticket, tag=tag)
    return record("ticket.tagged", ticket, by=by, number=ticket.number, tag=tag.name) if is_new else None


@transaction.atomic
def take_off(ticket: Ticket, tag: Tag, *, by: Agent) -> Event | None:
    """Take a tag off a ticket, and return the event by which that is taken back; `None` where it is not there."""
    gone, _rows = TicketTag.objects.filter(ticket=ticket, tag=tag).delete()
    return record("ticket.untagged", ticket, by=by, number=ticket.number, tag=tag.name) if gone else None


@transaction.atomic
def set_tags(ticket: Ticket, names: Sequence[str], *, by: Agent) -> None:
    """Let the tags of these names stand on a ticket, and no others. Raises NothingToCallIt."""
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


@transaction.atomic
def change_tag(tag: Tag, *, name: str, colour: str) -> None:
    """Call a tag otherwise, or show it in another colour. Raises NothingToCallIt, TagExists."""
    name = one_line(name, LONGEST_NAME)
    if not name:
        raise NothingToCallIt
    if Tag.objects.filter(workspace=tag.workspace_id).called(name).exclude(pk=tag.pk).exists():
        raise TagExists
    tag.name, tag.colour = name, colour
    tag.save(update_fields=["name", "colour"])


@transaction.atomic
def put_together(tag: Tag, *, into: Tag) -> int:
    """Let another tag stand wherever this one stood, and drop this one; on how many tickets that was."""
    moved = TicketTag.objects.filter(tag=tag).values_list("ticket_id", flat=True)
    count = len(
        TicketTag.objects.bulk_create(
            [TicketTag(workspace_id=tag.workspace_id, ticket_id=each, tag=into) for each in moved],
            ignore_conflicts=True,
        )
    )
    tag.delete()
    return count
