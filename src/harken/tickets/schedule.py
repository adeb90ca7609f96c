"""Scheduling: what is written to its end leaves at its time by itself, unless something came in that stands against it.

Nothing leaves blind: when the customer writes before, it is its writer's draft again, and they are told.
"""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.lib import rows
from harken.lib.addresses import parse
from harken.tickets.draft_errors import ScheduledAlready, SentAlready
from harken.tickets.drafts import announce, discard_draft, draft_of, keep_draft, keep_files, words_of_draft
from harken.tickets.errors import (
    MailboxIsGone,
    NobodyToSendTo,
    ScheduledForThePast,
    ScheduledTooFar,
    SomethingUnseen,
    TicketError,
    TicketIsMerged,
)
from harken.tickets.models import AnswerLock, Beginning, Draft, Message, Ticket, Words
from harken.tickets.once import send_once
from harken.tickets.own_names import answer_open_fields
from harken.tickets.seen import seen_by
from harken.tickets.start import Letter, begin, begun_by
from harken.tickets.states import State

# Whoever schedules something for later has mistyped the year.
LONGEST_WAIT = timedelta(days=366)
# What tells that an answer, or a forward, leaves at a time.
PLANNED = "answer.scheduled"


@transaction.atomic
def schedule(
    ticket: Ticket,
    words: Words,
    *,
    by: Agent,
    at: datetime,
    seen_up_to: int,
    kind: str = Draft.Kind.REPLY,
    to: Iterable[str] = (),
    cc: Iterable[str] | None = None,
    bcc: Iterable[str] = (),
    key: uuid.UUID | None = None,
    **form: Any,
) -> Draft | None:
    """Keep an answer, or a forward, that leaves at a moment; until then the ticket is set aside for an answer.

    `key` names the press it came from: pressed again it is the same one, or `None` when that has left. `form` may
    be `is_plain`, `is_signed` and `needed`, which is answered when it leaves.
    Raises what `Ticket.reply` or `Ticket.forward` would raise now, ScheduledForThePast or ScheduledTooFar.
    """
    ticket.hold()
    key = key or uuid.uuid4()
    if known := Draft.objects.visible_to(by).scheduled().filter(agent=by, key=key).first():
        return known
    if Message.objects.visible_to(by).filter(author_agent=by, sending_key=key).exists():
        return None
    _check_moment(at)
    is_forward = kind == Draft.Kind.FORWARD
    whom_for = ticket.whom_to_forward if is_forward else ticket.whom_to_answer
    copies: dict[str, Any] = {} if cc is None else {"cc": cc}
    whom = whom_for(words, by=by, seen_up_to=seen_up_to, to=to, bcc=bcc, **copies)
    if not whom.all:
        raise NobodyToSendTo
    draft = Draft.objects.create(
        workspace_id=ticket.workspace_id,
        ticket=ticket,
        agent=by,
        kind=kind,
        text=words.text,
        html=words.html,
        recipients={name: ", ".join(addresses) for name, addresses in vars(whom).items()},
        key=key,
        seen_up_to=seen_up_to,
        leaves_at=at,
        version=1,
        **form,
    )
    keep_files(draft, words)
    if not is_forward:
        AnswerLock.let_go(ticket.pk, by.pk)
    _planned(draft, by)
    return draft


@transaction.atomic
def schedule_letter(letter: Letter, *, by: Agent, at: datetime, key: uuid.UUID, **form: Any) -> Draft:
    """Keep a letter that begins a ticket at a moment.

    `key` names the form it came from: sent again it is the same letter. `form` is as in `schedule`.
    Raises what `begin` would raise now, ScheduledForThePast or ScheduledTooFar, SentAlready for a key that has begun
    a ticket, and ScheduledAlready for other words under one that waits.
    """
    if begun := begun_by(str(key), letter.words, by.workspace_id):
        raise SentAlready(begun.messages.order_by("position")[:1].get())
    if known := waiting_by(key, letter.words, by):
        return known
    _check_moment(at)
    letter.words.check()
    if not letter.to:
        raise NobodyToSendTo
    draft = Draft.objects.create(
        workspace_id=by.workspace_id,
        agent=by,
        text=letter.words.text,
        html=letter.words.html,
        recipients={name: ", ".join(getattr(letter, name)) for name in ("to", "cc", "bcc")},
        subject=letter.subject,
        channel_id=letter.channel_id,
        key=key,
        leaves_at=at,
        version=1,
        **form,
    )
    keep_files(draft, letter.words)
    _planned(draft, by)
    return draft


def waiting_by(key: uuid.UUID, words: Words, by: Agent) -> Draft | None:
    """Return the letter that waits for its time under the key of its form. Raises ScheduledAlready for other words."""
    known = Draft.objects.visible_to(by).scheduled_letters().filter(agent=by, key=key).first()
    if known and known.text.strip() != words.text.strip():
        raise ScheduledAlready
    return known


@transaction.atomic
def put_off(draft: Draft, *, at: datetime, by: Agent) -> None:
    """Let it leave at another moment. Raises ScheduledForThePast or ScheduledTooFar; one that left is left alone."""
    _check_moment(at)
    held = _held(draft.pk)
    if held and held.leaves_at != at:
        before, held.leaves_at = held.leaves_at, at
        held.save(update_fields=["leaves_at"])
        _planned(held, by, before)


@transaction.atomic
def let_leave(draft_id: int) -> None:
    """Send what is due; before its time, and a second time, this does nothing. What may not leave is a draft again."""
    draft = _held(draft_id)
    if draft is None or draft.leaves_at is None or draft.leaves_at > rows.now():
        return
    try:
        with transaction.atomic():
            _send(draft)
    except TicketError as refusal:
        give_back(draft, why=_reason(refusal))


@transaction.atomic
def send_now(draft: Draft) -> Message | None:
    """Send it before its time; `None` when it has left. Raises what `Ticket.reply` or `Ticket.forward` raises."""
    held = _held(draft.pk)
    return _send(held) if held else None


@transaction.atomic
def cancel(draft: Draft, *, by: Agent) -> Event | None:
    """Make it its writer's draft again, and let the ticket stand as before; `None` when it has left."""
    held = _held(draft.pk)
    if held is None:
        return None
    if held.ticket:
        _stand_as_before(held, held.ticket, by)
    why = "" if by.pk == held.agent_id else Draft.Why.STOPPED
    return _return(held, why, "unscheduled", by)


@transaction.atomic
def hold_back(ticket_id: int, *, why: str) -> None:
    """Make whatever is scheduled on a ticket its writers' drafts again, and tell them."""
    found = rows.ask(
        "SELECT id FROM tickets_draft WHERE ticket_id = %s AND leaves_at IS NOT NULL", [ticket_id]
    )
    for (pk,) in found:
        if draft := _held(pk):
            give_back(draft, why=why)


def give_back(draft: Draft, *, why: str) -> Event:
    """Make a held one its writer's draft again; `channels` tells them why."""
    return _return(draft, why, "held", None)


def addresses_of(draft: Draft, name: str) -> list[str]:
    """Return whom what is scheduled goes to, under `to`, `cc` or `bcc`."""
    return [each.email for each in parse(draft.recipients.get(name, ""))]


def _held(pk: int) -> Draft | None:
    """Return what is scheduled, locked until commit after its ticket; `None` when it left or is a draft again."""
    found = (
        Draft.objects.scheduled()
        .select_related("ticket__workspace", "agent__user", "agent__workspace")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        return None
    if found.ticket:
        found.ticket.hold()
    locked = Draft.objects.scheduled().select_for_update(of=("self",)).filter(pk=pk).first()
    if locked:
        locked.ticket, locked.agent = found.ticket, found.agent
    return locked


def _check_moment(at: datetime) -> None:
    now = rows.now()
    if at <= now:
        raise ScheduledForThePast
    if at > now + LONGEST_WAIT:
        raise ScheduledTooFar


def _planned(draft: Draft, by: Agent, before: datetime | None = None) -> None:
    """Set its ticket aside until then, and tell: the job that lets it leave is written by whoever hears."""
    moment = draft.leaves_at.isoformat() if draft.leaves_at else ""
    if draft.ticket is None:
        record("letter.scheduled", draft, by=by, at=moment)
        return
    ticket, aside = draft.ticket, None
    is_ours_to_move = before is None or (ticket.state, ticket.set_aside_until) == (State.SET_ASIDE, before)
    if draft.kind == Draft.Kind.REPLY and is_ours_to_move:
        aside = ticket.set_aside(by=by, until=draft.leaves_at)
    said = {"aside": aside.pk if aside else None, "kind": draft.kind}
    record(PLANNED, draft, by=by, number=ticket.number, at=moment, **said)


def _send(draft: Draft) -> Message:
    message = _answer(draft, draft.ticket) if draft.ticket else _begin(draft)
    message.is_plain, message.is_signed = draft.is_plain, draft.is_signed
    message.save(update_fields=["is_plain", "is_signed"])
    if draft.kind == Draft.Kind.REPLY:
        answer_open_fields(message.ticket, draft.needed.get("typed", {}), by=draft.agent)
    draft.delete()
    return message


def _answer(draft: Draft, ticket: Ticket) -> Message:
    agent, words = draft.agent, words_of_draft(draft)
    verb = ticket.forward if draft.kind == Draft.Kind.FORWARD else ticket.reply
    whom: dict[str, Any] = {name: addresses_of(draft, name) for name in ("to", "cc", "bcc")}
    # Whoever has read what came since, and let it stand, knows.
    seen = max(draft.seen_up_to, seen_by(ticket, agent) or 0)
    return send_once(agent, draft.key, words, lambda: verb(words, by=agent, seen_up_to=seen, **whom))


def _begin(draft: Draft) -> Message:
    # Whoever knows the mailboxes refuses it where the one it is to leave from is gone.
    record("letter.due", draft, channel=draft.channel_id)
    whom = {name: addresses_of(draft, name) for name in ("to", "cc", "bcc")}
    letter = Letter(words_of_draft(draft), **whom, subject=draft.subject, channel_id=draft.channel_id)
    ticket = begin(letter, by=draft.agent, key=str(draft.key))
    return ticket.messages.order_by("position")[:1].get()


def _reason(refusal: TicketError) -> str:
    reasons = {
        SomethingUnseen: Draft.Why.UNSEEN,
        TicketIsMerged: Draft.Why.MERGED,
        MailboxIsGone: Draft.Why.MAILBOX,
    }
    return reasons.get(type(refusal), Draft.Why.REFUSED)


def _stand_as_before(draft: Draft, ticket: Ticket, by: Agent) -> None:
    if (ticket.state, ticket.set_aside_until) != (State.SET_ASIDE, draft.leaves_at):
        return
    planned = Event.objects.filter(
        workspace=draft.workspace_id, ticket_id=ticket.pk, type=PLANNED, about_id=draft.pk
    )
    first = planned.order_by("id").first()
    aside = Event.objects.filter(pk=first.data["aside"]).first() if first else None
    if aside:
        with suppress(TicketError):
            told = {"before": aside.data["before"], "after": ticket.standing}
            ticket.stand_again("ticket.restored", by=by, undone=aside.type, **told)


def _return(draft: Draft, why: str, told: str, by: Agent | None) -> Event:
    ticket, agent, key = draft.ticket, draft.agent, str(draft.key)
    if ticket and draft_of(ticket, agent):
        kept = keep_draft(ticket, agent, words_of_draft(draft), seen_up_to=draft.seen_up_to, why=why)
        if draft.needed and not kept.needed:
            kept.needed = draft.needed
            kept.save(update_fields=["needed"])
        discard_draft(draft)
    else:
        draft.leaves_at, draft.why, draft.key, draft.version = None, why, uuid.uuid4(), draft.version + 1
        draft.save(update_fields=["leaves_at", "why", "key", "version"])
        kept = draft
    announce(kept)
    said = {"why": why, "of": agent.pk, "key": key}
    if ticket:
        return record(f"answer.{told}", kept, by=by, number=ticket.number, **said)
    # The press it came from sends nothing more when it comes once again.
    Beginning.objects.get_or_create(workspace_id=draft.workspace_id, key=key)
    return record(f"letter.{told}", kept, by=by, **said)
