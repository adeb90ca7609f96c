"""Merging: two tickets about one matter become one. Both numbers lead there, and there is a way back.

The messages of the one move to the other, where they take the newest positions: whoever answers must have read them.
The event on the one that went keeps where each message lay, so that `unmerge` gives back exactly what was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.lib import rows
from harken.tickets.errors import (
    ChangedSince,
    MergedAlready,
    NotMerged,
    OthersWouldSee,
    TicketIsMerged,
    TicketIsSpam,
    WithItself,
)
from harken.tickets.models import Ticket, TicketTag
from harken.tickets.models.participant import MOST_NEWCOMERS, let_join
from harken.tickets.move import hold_both, let_go, refuse_to_mix
from harken.tickets.recount import recall, recount
from harken.tickets.states import State
from harken.tickets.tags import carry_tags

_LAY_BACK = """
    UPDATE tickets_message SET ticket_id = %s, position = place.position, moved_from_id = place.moved_from
    FROM unnest(%s::bigint[], %s::int[], %s::bigint[]) AS place (id, position, moved_from)
    WHERE tickets_message.id = place.id AND tickets_message.ticket_id = %s
    RETURNING tickets_message.id
"""


def newcomers(source: Ticket, target: Ticket) -> list[str]:
    """Return who answers would go to after merging and do not go to now: the one's people, without the other's."""
    theirs = dict.fromkeys([*source.reply_addresses, *source.copied_addresses])
    known = {*target.reply_addresses, *target.copied_addresses}
    return [address for address in theirs if address not in known][:MOST_NEWCOMERS]


@transaction.atomic
def merge(source: Ticket, *, into: Ticket, by: Agent, copies: bool | None = None) -> Event:
    """Merge a ticket into another one, and return the event by which that is taken back.

    It is our turn there where it was our turn in either. `copies` says whether those who take part in the one alone
    get copies of answers from now on; their letters join in any case. Locks both tickets.
    Raises WithItself, TicketIsMerged, MergedAlready, TicketIsSpam, NoCustomerTakesPart, and OthersWouldSee when
    `copies` is not said.
    """
    source, target = hold_both(source.pk, into.pk)
    _refuse(source, target)
    new = newcomers(source, target)
    if new and copies is None:
        raise OthersWouldSee(new)
    before, stood = source.standing, target.standing
    joined = _join(source, target, new if copies else ())
    places = _move_all(source, target)
    tags = carry_tags(source, target)
    _end(source, target)
    _take_turn(target, before)
    moved = [pk for pk, _position, _came_from in places]
    told: dict[str, Any] = {"source": source.number, "target": target.number, "messages": moved}
    record("ticket.merged", target, by=by, number=target.number, **told)
    return record(
        "ticket.merged",
        source,
        by=by,
        number=source.number,
        before=before,
        after=source.standing,
        target_before=stood,
        target_after=target.standing,
        places=places,
        joined=joined,
        copies=copies,
        tags=tags,
        **told,
    )


@transaction.atomic
def unmerge(source: Ticket, *, by: Agent) -> Event:
    """Take a merged ticket out again: its messages lie where they lay, and what came since stays.

    Raises NotMerged, and ChangedSince when the other one is merged on at this very moment.
    """
    current = Ticket.objects.get(pk=source.pk).current
    if current.pk == source.pk:
        raise NotMerged
    source, target = hold_both(source.pk, current.pk)
    if source.current.pk != target.pk:
        raise ChangedSince
    told_of = _last_merge(source)
    back = _lay_back(source, target, told_of)
    _revive(source, told_of)
    if told_of:
        _let_them_go(source, told_of)
        TicketTag.objects.filter(ticket=target, tag__in=told_of.data.get("tags", ())).delete()
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    _settle(source, target, told_of)
    told: dict[str, Any] = {"source": source.number, "target": target.number, "messages": back}
    record("ticket.unmerged", target, by=by, number=target.number, **told)
    copies = told_of.data["copies"] if told_of else False
    return record("ticket.unmerged", source, by=by, number=source.number, copies=copies, **told)


def _refuse(source: Ticket, target: Ticket) -> None:
    if source.pk == target.pk:
        raise WithItself
    if source.state == State.MERGED:
        raise TicketIsMerged
    if target.state == State.MERGED:
        raise MergedAlready(target, target.current)
    if State.SPAM in (source.state, target.state):
        raise TicketIsSpam
    refuse_to_mix(source, target)


def _join(source: Ticket, target: Ticket, copied: Sequence[str]) -> list[str]:
    """Let the one's people take part in the other; returns those who did not yet."""
    before = set(target.participants.values_list("address", flat=True))
    addresses = [*source.reply_addresses, *source.participants.values_list("address", flat=True)]
    let_join(target, addresses, copied=copied)
    return sorted(set(target.participants.values_list("address", flat=True)) - before)


def _move_all(source: Ticket, target: Ticket) -> list[tuple[int, int, int | None]]:
    """Move every message behind the newest there; returns id, position and where it had come from, for each."""
    messages = source.messages.order_by("position")
    places: list[tuple[int, int, int | None]] = [*messages.values_list("pk", "position", "moved_from_id")]
    came_to = Coalesce(F("moved_from_id"), Value(source.pk))
    source.messages.update(
        ticket=target,
        position=F("position") + target.last_position,
        moved_from=Case(When(moved_from_id=target.pk, then=Value(None)), default=came_to),
    )
    target.last_position += source.last_position
    return places


def _end(source: Ticket, target: Ticket) -> None:
    source.turn_to(State.MERGED)
    source.merged_into = target
    source.waiting_since = source.closed_at = source.set_aside_until = source.accepted_at = None
    moments = ("waiting_since", "closed_at", "set_aside_until", "accepted_at")
    source.save(update_fields=["state", "own_state", "merged_into", *moments])
    recall(source)


def _take_turn(target: Ticket, theirs: dict[str, Any]) -> None:
    """It is our turn where it was in either, since the earlier of the two."""
    if theirs["state"] == State.OPEN and theirs["waiting_since"]:
        waiting = datetime.fromisoformat(theirs["waiting_since"])
        target.turn_to(State.OPEN)
        target.closed_at = target.set_aside_until = None
        target.waiting_since = min(target.waiting_since or waiting, waiting)
        target.save(update_fields=["state", "own_state", "closed_at", "set_aside_until", "waiting_since"])
    recall(target)


def _last_merge(source: Ticket) -> Event | None:
    """The event that merged it; `None` where it is merged because the last of its messages was moved away."""
    told = Event.objects.filter(workspace_id=source.workspace_id, ticket_id=source.pk, type="ticket.merged")
    newest = told.filter(data__has_key="places").order_by("-id").first()
    return (
        newest if newest and source.merged_into and _target_of(newest) == source.merged_into.number else None
    )


def _target_of(told_of: Event) -> int:
    return int(told_of.data["target"])


def _lay_back(source: Ticket, target: Ticket, told_of: Event | None) -> list[int]:
    if told_of is None:
        came = target.messages.filter(moved_from=source).order_by("position")
        places: Iterable[Any] = [
            (pk, source.last_position + at, None)
            for at, pk in enumerate(came.values_list("pk", flat=True), 1)
        ]
    else:
        places = told_of.data["places"]
    columns: list[list[Any]] = [list(column) for column in zip(*places, strict=True)] or [[], [], []]
    back = rows.ask(_LAY_BACK, [source.pk, *columns, target.pk])
    source.last_position = max([source.last_position, *columns[1]])
    return sorted(pk for (pk,) in back)


def _revive(source: Ticket, told_of: Event | None) -> None:
    if told_of is None:
        source.turn_to(State.OPEN)
        source.save(update_fields=["state", "own_state"])
        return
    source.put_back(told_of.data["before"])


def _let_them_go(source: Ticket, told_of: Event) -> None:
    """Whoever came by this merge alone takes part no longer, in none of those it was merged on into."""
    gone, hop = set(told_of.data["joined"]), source.merged_into
    while hop and gone:
        let_go(hop, gone)
        next_merge = _last_merge(hop) if hop.merged_into else None
        gone &= set(next_merge.data["joined"]) if next_merge else set()
        hop = hop.merged_into


def _settle(source: Ticket, target: Ticket, told_of: Event | None) -> None:
    if told_of is None:
        recount(source)
    else:
        recall(source)
    stood = told_of.data if told_of and _target_of(told_of) == target.number else None
    if stood and stood["target_after"].items() <= target.standing.items():
        target.put_back(stood["target_before"])
        recall(target)
    else:
        recount(target)
