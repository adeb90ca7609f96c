"""Forwarding: what was said on a ticket, below a head that says by whom and when, becomes a draft for somebody outside.

Notes, and what the desk wrote by itself, are never part of it.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from harken.agents.models import Agent
from harken.lib.html import paragraphs
from harken.tickets.drafts import announce, draft_of, keep_files
from harken.tickets.errors import StaysInside
from harken.tickets.models import Draft, Message, Ticket, Words
from harken.tickets.quoting import quoted
from harken.tickets.seen import seen_by

# Of a longer thread the newest: a letter is no archive.
MOST_QUOTED = 50


@transaction.atomic
def begin_forward(
    ticket: Ticket,
    messages: Sequence[Message],
    *,
    by: Agent,
    above: Words | None = None,
    is_plain: bool = False,
) -> Draft:
    """Make the colleague's draft a forward of these messages, with their files; it names nobody to get it yet.

    What the draft says already stays above, or `above` where more has been typed since. Raises StaysInside.
    """
    if ticket.stays_inside:
        raise StaysInside
    ticket.hold()
    quote = quoted([each for each in messages if can_be_forwarded(each)])
    draft = draft_of(ticket, by) or Draft(
        workspace_id=ticket.workspace_id, ticket=ticket, agent=by, is_plain=is_plain
    )
    if draft.kind == Draft.Kind.FORWARD and quote.text.strip() in draft.text:
        # Pressed twice.
        return draft
    draft.seen_up_to = max(draft.seen_up_to, seen_by(ticket, by) or 0)
    whole = above_quote(above or Words(draft.text, html=draft.html), quote)
    draft.text, draft.html = whole.text, "" if draft.is_plain else whole.html
    draft.kind, draft.why = Draft.Kind.FORWARD, ""
    draft.recipients = dict.fromkeys(("to", "cc", "bcc"), "")
    draft.version += 1
    draft.save()
    keep_files(draft, quote)
    announce(draft)
    return draft


def can_be_forwarded(message: Message) -> bool:
    """Say whether it was said between the customer and us, and is still there."""
    return message.kind in (Message.Kind.CONTACT, *Message.BY_HAND) and not message.is_redacted


def those_of(ticket: Ticket, ids: Sequence[int]) -> list[Message]:
    """Return the messages of a ticket with these ids, oldest first, without what cannot be forwarded."""
    return [each for each in _whole(ticket.messages.filter(pk__in=ids)) if can_be_forwarded(each)]


def said_on(ticket: Ticket) -> list[Message]:
    """Return what can be forwarded of a whole thread, its newest part where it is long, oldest first."""
    kinds = [Message.Kind.CONTACT, *Message.BY_HAND]
    said = ticket.messages.filter(kind__in=kinds, is_automatic=False).order_by("-position")
    newest = said.values_list("pk", flat=True)[:MOST_QUOTED]
    return those_of(ticket, list(newest))


def above_quote(words: Words, quote: Words) -> Words:
    """Return somebody's words with what they forward below, in both forms."""
    form = words.html or paragraphs(words.text) or "<div><br></div>"
    text = f"{words.text.strip()}\n\n{quote.text}" if words.text.strip() else f"\n\n{quote.text}"
    return Words(text, html=f"{form}{quote.html}", files=(*words.files, *quote.files))


def _whole(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("author_agent__user", "author_contact", "ticket__workspace").order_by(
        "position"
    )
