"""What a ticket says of its messages, found anew after some came or went: turn, preview, counters."""

from django.db.models import Q, QuerySet

from harken.lib.text import preview
from harken.tickets.models import Attachment, Message, Ticket
from harken.tickets.states import CLOSED_STATES, State

_SAID = Q(kind__in=[Message.Kind.CONTACT, Message.Kind.REPLY])
_KEEP_THEIR_STATE = (State.SPAM, State.MERGED, State.SET_ASIDE, State.ACCEPTED)


def recount(ticket: Ticket) -> None:
    """Put right whatever a locked ticket says of its messages. A closed one opens for younger words."""
    recall(ticket)
    _take_turns(ticket)
    ticket.save(update_fields=["state", "own_state", "waiting_since", "closed_at"])


def recall(ticket: Ticket) -> None:
    """Put right what a locked ticket says of its messages, and leave whose turn it is as it is."""
    ticket.message_count = ticket.messages.count()
    files = Attachment.objects.filter(message__ticket=ticket, is_inline=False)
    ticket.has_files = files.exists()
    _recall_last(ticket)
    ticket.save(
        update_fields=[
            *("message_count", "has_files", "last_message_id", "last_activity_at"),
            *("preview", "last_position"),
        ]
    )


def _recall_last(ticket: Ticket) -> None:
    newest = ticket.messages.order_by("-created_at", "-position")
    last, said = newest.first(), newest.filter(_SAID).exclude(text="").first()
    ticket.last_message_id = last.pk if last else None
    if last:
        ticket.last_activity_at = last.created_at
    ticket.preview = preview(said.visible_text or said.text) if said else ""


def _take_turns(ticket: Ticket) -> None:
    """Our turn lasts from the first words that nobody has answered."""
    if ticket.state in _KEEP_THEIR_STATE:
        ticket.waiting_since = None if ticket.state == State.MERGED else ticket.waiting_since
        return
    answers = ticket.messages.filter(kind=Message.Kind.REPLY).order_by("-created_at")
    answered_at = answers.values_list("created_at", flat=True).first()
    asked = _asked(ticket)
    since = [at for at in (answered_at, ticket.closed_at if ticket.state in CLOSED_STATES else None) if at]
    if since:
        asked = asked.filter(created_at__gt=max(since))
    waiting_since = asked.values_list("created_at", flat=True).first()
    if waiting_since:
        ticket.turn_to(State.OPEN)
        ticket.waiting_since, ticket.closed_at = waiting_since, None
    elif ticket.state not in CLOSED_STATES:
        ticket.turn_to(State.ACCEPTED if ticket.accepted_at else State.WAITING)
        ticket.waiting_since = None


def _asked(ticket: Ticket) -> QuerySet[Message]:
    """What waits for an answer: people's words, and the first of all, as an alarm opens a ticket too."""
    written = ticket.messages.filter(kind=Message.Kind.CONTACT).order_by("created_at", "position")
    first = written.values_list("pk", flat=True).first()
    return written.filter(Q(is_automatic=False) | Q(pk=first))
