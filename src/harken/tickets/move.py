"""Moving messages: to another ticket, or into one of their own. What follows them follows them there.

Ids, deliveries and files lie on the message and go with it; a letter that answers it joins where it lies now.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from harken.agents.models import Agent
from harken.contacts.models import Contact
from harken.events.record import record
from harken.lib.text import one_line
from harken.tickets.errors import NoCustomerTakesPart, NothingToMove, TicketIsMerged
from harken.tickets.models import Message, Participant, Ticket, TicketLink
from harken.tickets.models.participant import let_join
from harken.tickets.models.ticket import SUBJECT_LETTERS
from harken.tickets.recount import recount
from harken.tickets.states import State


@transaction.atomic
def move(message: Message, *, to: Ticket, by: Agent, following: bool = False) -> Ticket:
    """Move a message, with `following` all later ones too, to another ticket; returns that one.

    It becomes the newest there for the guard: whoever answers must have read it. A ticket that nothing is left
    of is merged into the other; moving back revives it. Moving where it lies already changes nothing. Locks both
    tickets. Raises TicketIsMerged, NoCustomerTakesPart.
    """
    source, target = hold_both(message.ticket_id, to.pk)
    if source.pk == target.pk:
        return target
    refuse_to_mix(source, target)
    _revive(target, source)
    moved = _taken_from(source, message, following=following)
    _put(moved, target)
    _settle(source, target, moved, by)
    return target


@transaction.atomic
def split(message: Message, *, by: Agent, subject: str = "", following: bool = False) -> Ticket:
    """Move a message, with `following` all later ones too, into a new ticket of its writer, related to the old one.

    Raises NothingToMove where nothing would stay behind.
    """
    source = Ticket.objects.get(pk=message.ticket_id)
    if not _others(source, message, following=following):
        raise NothingToMove
    made = _begin(_requester(message, source), subject or source.subject, like=source)
    record("ticket.opened", made, by=by, number=made.number)
    target = move(message, to=made, by=by, following=following)
    TicketLink.between(target, source)
    return target


def hold_both(one: int, other: int) -> tuple[Ticket, Ticket]:
    """Return both tickets, locked in the order of their ids: two who go in opposite directions wait for each other."""
    rows = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=[one, other]).order_by("pk")
    found = {ticket.pk: ticket for ticket in rows}
    return found[one], found[other]


def refuse_to_mix(one: Ticket, other: Ticket) -> None:
    """Keep apart what customers read and what stays inside: raises NoCustomerTakesPart."""
    if one.stays_inside != other.stays_inside:
        raise NoCustomerTakesPart


def _revive(target: Ticket, source: Ticket) -> None:
    if target.state != State.MERGED:
        return
    if target.message_count or target.merged_into_id != source.pk:
        raise TicketIsMerged
    target.turn_to(State.OPEN)
    target.merged_into = None
    target.save(update_fields=["state", "own_state", "merged_into"])


def _taken_from(source: Ticket, message: Message, *, following: bool) -> list[Message]:
    found = source.messages.filter(pk=message.pk)
    if following:
        found = source.messages.filter(position__gte=message.position)
    moved = list(found.order_by("position"))
    if not moved:
        # Somebody else has moved it a moment ago.
        raise NothingToMove
    return moved


def _put(moved: Sequence[Message], target: Ticket) -> None:
    for message in moved:
        target.last_position += 1
        came_to = message.moved_from_id or message.ticket_id
        message.moved_from_id = None if came_to == target.pk else came_to
        message.ticket, message.position = target, target.last_position
        message.save(update_fields=["ticket", "position", "moved_from"])


def _settle(source: Ticket, target: Ticket, moved: Sequence[Message], by: Agent) -> None:
    people = [_people(message) for message in moved]
    let_join(target, [each for named in people for each in named], copied=_copied(moved))
    let_go(source, {each for named in people for each in named})
    _merge_if_empty(source, target)
    for ticket in (source, target):
        recount(ticket)
        # Both pages are told; who hears of it above puts right what belongs to the messages there.
        record(
            "message.moved",
            ticket,
            by=by,
            number=ticket.number,
            source=source.number,
            target=target.number,
            messages=[message.pk for message in moved],
        )


def _people(message: Message) -> list[str]:
    writer = [message.author_address] if message.kind == Message.Kind.CONTACT else message.to
    return [address for address in (*writer, *message.cc) if address and message.kind != Message.Kind.NOTE]


def _copied(moved: Sequence[Message]) -> list[str]:
    return [address for message in moved for address in message.cc if message.kind != Message.Kind.NOTE]


def let_go(source: Ticket, people: set[str]) -> None:
    """Whoever took part by what has left alone takes part no longer; the requester always does."""
    staying = {address for message in _headers(source) for address in _people(message)}
    gone = Participant.objects.filter(ticket=source, address__in=people - staying)
    gone.exclude(contact_id=source.requester_id).delete()


def _headers(ticket: Ticket) -> QuerySet[Message]:
    return ticket.messages.only("kind", "to", "cc", "author_address")


def _merge_if_empty(source: Ticket, target: Ticket) -> None:
    if not source.messages.exists():
        source.turn_to(State.MERGED)
        source.merged_into, source.set_aside_until = target, None
        source.save(update_fields=["state", "own_state", "merged_into", "set_aside_until"])


def _others(source: Ticket, message: Message, *, following: bool) -> bool:
    others = source.messages.exclude(pk=message.pk).exclude(kind=Message.Kind.NOTICE)
    return others.filter(position__lt=message.position).exists() if following else others.exists()


def _begin(requester: Contact, subject: str, *, like: Ticket) -> Ticket:
    return Ticket.objects.create(
        workspace=like.workspace,
        number=like.workspace.next_ticket_number(timezone.now()),
        subject=one_line(subject, SUBJECT_LETTERS),
        requester=requester,
        company_id=requester.company_id,
        channel_kind=like.channel_kind,
        channel_id=like.channel_id,
    )


def _requester(message: Message, source: Ticket) -> Contact:
    """Who asked the new matter: its first writer, or the old one's requester where we wrote."""
    return message.author_contact or source.requester
