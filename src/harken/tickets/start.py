"""Starting: a colleague writes to somebody first. The ticket begins with our words, and it is their turn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise
from harken.events.record import record
from harken.lib.addresses import normalise_all
from harken.lib.text import one_line
from harken.tickets.draft_errors import SentAlready, TakenBack
from harken.tickets.errors import NobodyToSendTo
from harken.tickets.models import Beginning, Ticket, Words
from harken.tickets.models.ticket import SUBJECT_LETTERS


@dataclass(frozen=True)
class Letter:
    """What a colleague writes to somebody first. It leaves from the mailbox of `channel_id`."""

    words: Words
    to: Sequence[str]
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    subject: str = ""
    channel_id: int | None = None


def begin(letter: Letter, *, by: Agent, key: str, undo_seconds: int = 0) -> Ticket:
    """Open a ticket with a letter to the first of those it goes to. See `start`."""
    if not letter.to:
        raise NobodyToSendTo
    first, *others = letter.to
    return start(
        recognise(by.workspace, first),
        letter.subject,
        letter.words,
        by=by,
        also_to=others,
        cc=letter.cc,
        bcc=letter.bcc,
        channel_id=letter.channel_id,
        key=key,
        undo_seconds=undo_seconds,
    )


@transaction.atomic
def start(
    requester: Identity,
    subject: str,
    words: Words,
    *,
    by: Agent,
    also_to: Iterable[str] = (),
    cc: Iterable[str] = (),
    bcc: Iterable[str] = (),
    channel_id: int | None = None,
    key: str = "",
    undo_seconds: int = 0,
) -> Ticket:
    """Open a ticket with our own first message to somebody, and return it; `channels` delivers after commit.

    It waits for them and belongs to who wrote; within `undo_seconds` it can be taken back. `key` names the form it
    came from: sent again it returns the ticket that it began. Raises NothingToSend, TooLong, NobodyToSendTo, TakenBack,
    or SentAlready for other words under a key that has begun a ticket.
    """
    if key and (begun := begun_by(key, words, requester.workspace_id)):
        return begun
    if requester.kind != Identity.Kind.EMAIL:
        raise NobodyToSendTo
    recipients = list(dict.fromkeys([requester.address, *normalise_all(also_to)]))
    copies = [address for address in normalise_all(cc) if address not in recipients]
    ticket = _opened(requester, subject, channel_id)
    record("ticket.opened", ticket, by=by, number=ticket.number, begins_with="reply")
    ticket.reply(words, by=by, seen_up_to=0, to=recipients, cc=copies, bcc=bcc, undo_seconds=undo_seconds)
    if key:
        Beginning.objects.create(workspace_id=ticket.workspace_id, ticket=ticket, key=key)
    return ticket


def begun_by(key: str, words: Words, workspace_id: int) -> Ticket | None:
    """Return the ticket that the form of this key has begun; what else comes under it waits until commit.

    Raises TakenBack, or SentAlready for other words.
    """
    # Two clicks at once: the second waits until the first has committed.
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [key, workspace_id])
    kept = Beginning.objects.filter(workspace_id=workspace_id, key=key).select_related("ticket").first()
    if kept is None:
        return None
    if kept.ticket is None:
        raise TakenBack
    first = kept.ticket.messages.filter(author_agent__isnull=False).order_by("position").first()
    if first and first.text.strip() != words.text.strip():
        raise SentAlready(first)
    return kept.ticket


def _opened(requester: Identity, subject: str, channel_id: int | None) -> Ticket:
    return Ticket.objects.create(
        workspace=requester.workspace,
        number=requester.workspace.next_ticket_number(timezone.now()),
        subject=one_line(subject, SUBJECT_LETTERS),
        requester=requester.contact,
        company_id=requester.contact.company_id,
        channel_id=channel_id,
    )
