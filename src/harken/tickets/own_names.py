"""What a workspace says of tickets in its own words: states of its own, areas, answers to its fields."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.fields.answers import changed, checked, fields_about, found_by
from harken.fields.errors import Unfit
from harken.fields.models import Field
from harken.tickets.errors import ChangedSince, NoSuchArea, NoSuchState, TicketIsMerged
from harken.tickets.models import Area, FieldAnswer, OwnState, Ticket
from harken.tickets.states import State


def put_into(ticket: Ticket, own: OwnState, *, by: Agent, until: datetime | None = None) -> Event | None:
    """Let a ticket be in a state of the workspace's own: what happens is what its kind says.

    `until` goes with one within "set aside". Raises NoSuchState for one in the archive, and what the verbs raise.
    """
    if own.is_archived:
        raise NoSuchState
    if own.kind == State.SET_ASIDE:
        return ticket.set_aside(by=by, until=until, own=own)
    if own.kind in (State.CLOSED, State.CLOSED_UNSUCCESSFULLY):
        return ticket.close(by=by, state=own.kind, own=own)
    verbs: dict[str, Callable[..., Event | None]] = {
        State.OPEN: ticket.reopen,
        State.WAITING: ticket.wait,
        State.ACCEPTED: ticket.accept,
    }
    return verbs[own.kind](by=by, own=own)


@transaction.atomic
def put_in_area(ticket: Ticket, area: Area | None, *, by: Agent) -> Event | None:
    """Say what part of the product it is about; `None` for none. Twice is harmless.

    Raises NoSuchArea, TicketIsMerged.
    """
    _hold(ticket)
    if ticket.area_id == (area.pk if area else None):
        return None
    if area and area.is_archived:
        raise NoSuchArea
    before = ticket.area_id
    ticket.area = area
    ticket.save(update_fields=["area"])
    said = {"number": ticket.number, "name": area.name if area else ""}
    return record("ticket.area_changed", ticket, by=by, before=before, after=ticket.area_id, **said)


@transaction.atomic
def answer_fields(ticket: Ticket, given: dict[str, Any], *, by: Agent) -> Event | None:
    """Keep answers to the workspace's fields, `None` for none any more; others stay. What is so already stays so.

    Raises UnknownField, Unfit, TicketIsMerged, and nothing is kept.
    """
    _hold(ticket)
    fields = fields_about(by.workspace, Field.About.TICKET)
    after = changed(fields, ticket.fields, given)
    return _keep(ticket, fields, after, by)


def answer_open_fields(ticket: Ticket, typed: Mapping[str, list[str]], *, by: Agent) -> Event | None:
    """Keep what was typed for fields that nobody has answered, by their keys; what does not fit them is left out."""
    given = {}
    for field in fields_about(by.workspace, Field.About.TICKET) if typed else ():
        said = typed.get(field.key)
        if said and field.key not in ticket.fields:
            with suppress(Unfit):
                given[field.key] = checked(field, said if field.kind == Field.Kind.SEVERAL_OF else said[-1])
    return answer_fields(ticket, given, by=by) if given else None


@transaction.atomic
def undo_answers(event: Event, by: Agent) -> Event | None:
    """Give back what was answered before. Raises ChangedSince."""
    ticket = Ticket.objects.get(pk=event.about_id)
    _hold(ticket)
    changes: dict[str, list[Any]] = event.data["changes"]
    if any(ticket.fields.get(key) != after for key, (_before, after) in changes.items()):
        raise ChangedSince
    kept = {key: value for key, value in ticket.fields.items() if key not in changes}
    kept |= {key: before for key, (before, _after) in changes.items() if before is not None}
    fields = list(Field.objects.visible_to(by).filter(about=Field.About.TICKET))
    return _keep(ticket, fields, kept, by)


@transaction.atomic
def undo_area(event: Event, by: Agent) -> Event | None:
    """Put it back into the area in which it was. Raises ChangedSince."""
    ticket = Ticket.objects.get(pk=event.about_id)
    _hold(ticket)
    if ticket.area_id != event.data["after"]:
        raise ChangedSince
    before = Area.objects.visible_to(by).filter(pk=event.data["before"]).first()
    ticket.area = before
    ticket.save(update_fields=["area"])
    said = {"number": ticket.number, "name": before.name if before else ""}
    return record(
        "ticket.area_changed", ticket, by=by, before=event.data["after"], after=ticket.area_id, **said
    )


def _keep(ticket: Ticket, fields: list[Field], after: dict[str, Any], by: Agent) -> Event | None:
    before = ticket.fields
    touched = [field for field in fields if before.get(field.key) != after.get(field.key)]
    if not touched:
        return None
    ticket.fields = after
    ticket.save(update_fields=["fields"])
    FieldAnswer.objects.filter(ticket=ticket, field__in=touched).delete()
    FieldAnswer.objects.bulk_create(
        FieldAnswer(workspace_id=ticket.workspace_id, ticket=ticket, field=field, value=value)
        for field in touched
        for value in found_by(field, after.get(field.key))
    )
    changes = {field.key: [before.get(field.key), after.get(field.key)] for field in touched}
    names = [field.name for field in touched]
    return record("ticket.fields_changed", ticket, by=by, number=ticket.number, changes=changes, names=names)


def _hold(ticket: Ticket) -> None:
    ticket.hold()
    if ticket.state == State.MERGED:
        raise TicketIsMerged
