"""Taking back: each verb that changes a ticket, or a tag, has an inverse, found by the event it recorded."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.tickets.errors import NothingToUndo
from harken.tickets.link import link, unlink
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import Draft, Ticket
from harken.tickets.own_names import undo_answers, undo_area
from harken.tickets.requester import give_back
from harken.tickets.schedule import cancel
from harken.tickets.tag_changes import drop_again, merge_again, undo_change, undo_drop, undo_merge
from harken.tickets.tags import undo_tagged, undo_untagged

Inverse = Callable[[Event, Agent], Event | None]

# What is told when it is taken back: those that teach somebody something say so by a name of their own.
_TOLD = dict.fromkeys(
    (
        *("ticket.closed", "ticket.reopened", "ticket.left_waiting", "ticket.set_aside", "ticket.returned"),
        *("ticket.accepted", "ticket.assigned", "ticket.restored", "ticket.state_named"),
    ),
    "ticket.restored",
) | {"ticket.called_spam": "ticket.welcomed", "ticket.welcomed": "ticket.called_spam"}


@transaction.atomic
def undo(event: Event, *, by: Agent) -> Event:
    """Take back what an event tells, and return the event that this made; that one can be undone too.

    Raises NothingToUndo, ChangedSince when somebody changed the same again, and what the inverse raises.
    """
    inverse = _INVERSES.get(event.type)
    try:
        undone = inverse(event, by) if inverse else None
    except ObjectDoesNotExist as error:
        # Gone since, as a ticket goes with the letter that began it.
        raise NothingToUndo from error
    if undone is None:
        raise NothingToUndo
    return undone


def can_undo(event: Event) -> bool:
    """Say whether there is an inverse; whether it still fits is found out by `undo`."""
    return event.type in _INVERSES


def _stand_again(event: Event, by: Agent) -> Event | None:
    if "before" not in event.data:
        # Recorded by an earlier version, or by nobody's hand.
        return None
    ticket = Ticket.objects.get(pk=event.about_id)
    ticket.hold()
    said: dict[str, Any] = {"undone": event.type}
    return ticket.stand_again(
        _TOLD[event.type], by=by, before=event.data["before"], after=event.data["after"], **said
    )


def _unmerge(event: Event, by: Agent) -> Event:
    return unmerge(_numbered(event, "source"), by=by)


def _merge_again(event: Event, by: Agent) -> Event:
    source, target = _numbered(event, "source"), _numbered(event, "target")
    return merge(source, into=target, by=by, copies=bool(event.data["copies"]))


def _unschedule(event: Event, by: Agent) -> Event | None:
    draft = Draft.objects.visible_to(by).scheduled().filter(agent=by, pk=event.about_id).first()
    return cancel(draft, by=by) if draft else None


def _unlink(event: Event, by: Agent) -> Event | None:
    return unlink(_numbered(event, "number"), _numbered(event, "other"), by=by)


def _link_again(event: Event, by: Agent) -> Event | None:
    return link(_numbered(event, "number"), _numbered(event, "other"), by=by)


def _numbered(event: Event, name: str) -> Ticket:
    return Ticket.objects.get(workspace_id=event.workspace_id, number=event.data[name])


_INVERSES: Mapping[str, Inverse] = {
    **dict.fromkeys(_TOLD, _stand_again),
    "ticket.merged": _unmerge,
    "ticket.unmerged": _merge_again,
    "ticket.linked": _unlink,
    "ticket.unlinked": _link_again,
    "answer.scheduled": _unschedule,
    "ticket.requester_changed": give_back,
    "ticket.fields_changed": undo_answers,
    "ticket.area_changed": undo_area,
    "ticket.tagged": undo_tagged,
    "ticket.untagged": undo_untagged,
    "tag.changed": undo_change,
    "tag.dropped": undo_drop,
    "tag.brought_back": drop_again,
    "tag.merged": undo_merge,
    "tag.unmerged": merge_again,
}
