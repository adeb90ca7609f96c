"""Redacting: what should never have been written is taken away for good, and a trace stays where it stood.

Gone are the words, in every form they were kept in here, and the files. The trace says who took them away, when and
why. There is no way back, and whoever asks by page or API gets the trace alone.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.files.keep import let_go
from harken.lib.text import one_line
from harken.tickets.drafts import discard_draft
from harken.tickets.errors import NoReason, RedactedAlready
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.recount import recall

LONGEST_REASON = 500
# Shorter lines, such as a greeting, stand in any letter.
SHORTEST_TRACE = 12


def quoting(message: Message) -> list[Message]:
    """Return the other messages of the ticket in which words of this one stand, oldest first."""
    lines = _lines_of(message)
    others = Message.objects.filter(ticket=message.ticket_id).exclude(pk=message.pk).order_by("position")
    return [
        each for each in others.select_related("author_agent__user", "author_contact") if _holds(each, lines)
    ]


def drafts_quoting(message: Message) -> list[Draft]:
    """Return what colleagues are writing on the ticket and have words of this message in."""
    lines = _lines_of(message)
    drafts = Draft.objects.filter(ticket=message.ticket_id).select_related("agent", "ticket")
    return [draft for draft in drafts if _stand_in(draft.text, lines)]


def repeats(message: Message, other: Message) -> bool:
    """Say whether a message has another's words among its writer's own: then its quote alone is not enough."""
    return _stand_in(message.visible_text or message.text, _lines_of(other))


@transaction.atomic
def redact(
    message: Message,
    *,
    by: Agent,
    why: str,
    quotes: Iterable[Message] = (),
    drafts: bool = False,
    subject: bool = False,
) -> Event:
    """Take a message's words and files away for good; `quotes` are others of its ticket that repeat them.

    Of those the quoted history goes, or all, where they have the words among their own. `drafts` lets drafts with the
    words go too, `subject` the ticket's subject. Raises NoReason, RedactedAlready.
    """
    why = one_line(why, LONGEST_REASON)
    if not why:
        raise NoReason
    message.hold_ticket()
    message.refresh_from_db()
    if message.is_redacted:
        raise RedactedAlready
    trace = _trace(by, why)
    repeating = _of_its_ticket(message, quotes)
    whole = [message, *(each for each in repeating if repeats(each, message))]
    if drafts:
        for draft in drafts_quoting(message):
            discard_draft(draft)
    for each in repeating:
        if each not in whole:
            _cut_quote(each, trace)
    for each in whole:
        _empty(each, trace)
    return _tell(message, repeating, by, why, subject=subject)


def _lines_of(message: Message) -> list[str]:
    lines = (_plain(line) for line in (message.visible_text or message.text).splitlines())
    return [line for line in lines if len(line) >= SHORTEST_TRACE] or [_plain(message.text)]


def _plain(text: str) -> str:
    """Words as they stay the same in a quote: without its marks, and with single spaces."""
    return " ".join(text.replace(">", " ").split())


def _stand_in(text: str, lines: Iterable[str]) -> bool:
    plain = _plain(text)
    return any(line and line in plain for line in lines)


def _holds(message: Message, lines: list[str]) -> bool:
    return not message.is_redacted and _stand_in(message.text, lines)


def _trace(by: Agent, why: str) -> dict[str, Any]:
    return {"by": by.pk, "name": by.name, "at": timezone.now().isoformat(), "why": why}


def _of_its_ticket(message: Message, others: Iterable[Message]) -> list[Message]:
    ids = {each.pk for each in others} - {message.pk}
    found = Message.objects.filter(ticket=message.ticket_id, pk__in=ids)
    return [each for each in found if not each.is_redacted]


def _cut_quote(message: Message, trace: dict[str, Any]) -> None:
    own = filter(None, (message.visible_text, message.signature))
    message.text, message.html = "\n\n".join(own), ""
    message.redaction = trace | {"what": Message.Redacted.QUOTE}
    message.save(update_fields=["text", "html", "redaction"])


def _empty(message: Message, trace: dict[str, Any]) -> None:
    message.text = message.visible_text = message.signature = message.html = ""
    message.invitation = None
    message.redaction = trace | {"what": Message.Redacted.ALL}
    message.save(
        update_fields=["text", "visible_text", "signature", "html", "invitation", "redaction"],
    )
    attachments = message.attachments.select_related("file")
    files = [attachment.file for attachment in attachments]
    attachments.all().delete()
    let_go(files)


def _tell(message: Message, repeating: list[Message], by: Agent, why: str, *, subject: bool) -> Event:
    ticket: Ticket = message.ticket
    recall(ticket)
    changed = [message.pk, *(each.pk for each in repeating)]
    noted = changed
    if subject:
        ticket.subject = ""
        ticket.save(update_fields=["subject"])
        # The subject is among the words of all of them.
        noted = list(ticket.messages.values_list("pk", flat=True))
    return record(
        "message.redacted",
        message,
        by=by,
        number=ticket.number,
        why=why,
        messages=noted,
        changed=changed,
        subject=subject,
    )
