"""Drafts: what somebody writes is kept for them alone, on the server, until it is sent or let go."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from harken import realtime
from harken.agents.models import Agent
from harken.events.record import record
from harken.lib import rows
from harken.tickets.draft_errors import DraftIsNewer
from harken.tickets.models import Draft, DraftFile, Enclosure, Ticket, Words


@dataclass(frozen=True)
class Typed:
    """What stands in somebody's composer now. `html` is sanitised, `""` for plain text.

    `recipients` are "to", "cc" and "bcc" as typed, empty while nobody has touched them.
    """

    text: str = ""
    html: str = ""
    kind: str = Draft.Kind.REPLY
    recipients: dict[str, str] = field(default_factory=dict)
    is_plain: bool = False
    is_signed: bool = True
    seen_up_to: int = 0
    # What was typed for closing, as a draft has it.
    needed: dict[str, Any] = field(default_factory=dict)
    # Of a letter alone.
    subject: str = ""
    channel_id: int | None = None


_ANSWER = "workspace_id = %s AND agent_id = %s AND leaves_at IS NULL AND ticket_id = %s"
_LETTER = "workspace_id = %s AND agent_id = %s AND leaves_at IS NULL AND ticket_id IS NULL AND key = %s"
_LEFT_BEHIND = """
    workspace_id = %s AND agent_id = %s AND leaves_at IS NULL
    AND ticket_id IN (SELECT id FROM tickets_ticket WHERE merged_into_id = %s) ORDER BY id
"""
_TYPED = tuple(Typed.__dataclass_fields__)
# Where a colleague writes: on a ticket, or on a letter that will begin one, known by its key.
Place = Ticket | uuid.UUID


@transaction.atomic
def save_draft(
    place: Place, agent: Agent, typed: Typed, *, version: int, key: uuid.UUID | None = None
) -> Draft | None:
    """Save what is being typed; `version` is the one it was typed upon, 0 for a beginning.

    On a ticket a new draft gets this `key`; a letter has its own. An empty draft without files goes, and `None`
    comes back. The writer's other pages are told. Raises DraftIsNewer when another version is there, or none any more.
    """
    draft = _held(place, agent)
    if (draft.version if draft else 0) != version:
        raise DraftIsNewer(draft)
    if draft is None:
        draft = Draft(**beginning_of(place, agent, key))
    for name in _TYPED:
        setattr(draft, name, getattr(typed, name))
    if draft.is_empty and not (draft.pk and draft.enclosures.exists()):
        _let_go(draft)
        return None
    draft.version, draft.updated_at = draft.version + 1, timezone.now()
    draft.save()
    announce(draft)
    return draft


@transaction.atomic
def keep_draft(
    ticket: Ticket, agent: Agent, words: Words, *, seen_up_to: int, why: str, **as_written: Any
) -> Draft:
    """Keep an answer as its writer's draft on the ticket; what is kept there already stays, above it.

    `as_written` are further fields of a draft that begins with it: to whom, in which form.
    """
    ticket.hold()
    draft, is_new = Draft.objects.get_or_create(
        workspace_id=ticket.workspace_id,
        ticket=ticket,
        agent=agent,
        leaves_at=None,
        defaults={"seen_up_to": seen_up_to, **as_written},
    )
    if words.text.strip() not in draft.text:
        draft.text = f"{draft.text}\n\n{words.text}".strip()
    draft.html = words.html if is_new else ""
    draft.why = why
    draft.version += 1
    draft.updated_at = timezone.now()
    draft.seen_up_to = min(draft.seen_up_to, seen_up_to)
    draft.save(update_fields=["text", "html", "why", "version", "updated_at", "seen_up_to"])
    keep_files(draft, words)
    record("draft.kept", draft, by=agent, number=ticket.number)
    return draft


@transaction.atomic
def take_draft_to(draft: Draft, ticket: Ticket) -> Draft:
    """Take a draft to another ticket of its workspace; what its writer has begun there stays, above it."""
    words = words_of_draft(draft)
    if draft_of(ticket, draft.agent) is None:
        draft.html, draft.ticket, draft.why = words.html, ticket, ""
        draft.version, draft.seen_up_to = draft.version + 1, 0
        draft.recipients = {}
        draft.save()
        announce(draft)
        return draft
    kept = keep_draft(ticket, draft.agent, words, seen_up_to=0, why="")
    discard_draft(draft)
    return kept


@transaction.atomic
def discard_draft(draft: Draft) -> None:
    """Let a draft go: it was sent, or its writer no longer wants it."""
    if draft.ticket:
        record("draft.discarded", draft, by=draft.agent, number=draft.ticket.number)
    draft.delete()
    if not draft.ticket:
        draft.version = 0
        announce(draft)


def as_another_letter(key: uuid.UUID, agent: Agent) -> uuid.UUID:
    """Return a new key for what a colleague wrote under one whose letter has left; a draft there goes by it, too."""
    fresh = uuid.uuid4()
    _at(key, agent).update(key=fresh)
    return fresh


def draft_of(place: Place, agent: Agent) -> Draft | None:
    """Return what a colleague has written on a ticket, or in a letter, and not sent."""
    # Every page of a ticket asks: prepared.
    if isinstance(place, uuid.UUID):
        draft = rows.first(Draft, _LETTER, [agent.workspace_id, agent.pk, place])
    else:
        draft = rows.first(Draft, _ANSWER, [agent.workspace_id, agent.pk, place.pk])
    if draft:
        draft.agent, draft.ticket = agent, place if isinstance(place, Ticket) else None
    return draft


def letters_of(agent: Agent) -> list[Draft]:
    """Return the letters that a colleague has begun and not sent, the last touched first."""
    return list(Draft.objects.visible_to(agent).letters())


def beginning_of(place: Place, agent: Agent, key: uuid.UUID | None = None) -> dict[str, Any]:
    """Return the fields of a draft by which it belongs to its place and has its key."""
    mine = {"workspace_id": agent.workspace_id, "agent": agent}
    if isinstance(place, uuid.UUID):
        return mine | {"ticket": None, "key": place}
    return mine | {"ticket": place, "key": key or uuid.uuid4()}


def drafts_left_behind(ticket: Ticket, agent: Agent) -> list[Draft]:
    """Return what a colleague has written on tickets that were merged into this one meanwhile."""
    drafts = rows.found(Draft, _LEFT_BEHIND, [agent.workspace_id, agent.pk, ticket.pk])
    prefetch_related_objects(drafts, "ticket", "agent")
    return drafts


def words_of_draft(draft: Draft) -> Words:
    """Return a draft as the words of a message."""
    return Words(draft.text, html=draft.html, files=files_of_draft(draft))


def files_of_draft(draft: Draft) -> tuple[Enclosure, ...]:
    """Return the files that wait with a draft."""
    kept = draft.enclosures.select_related("file").order_by("id")
    return tuple(map(Enclosure.of, kept))


def keep_files(draft: Draft, words: Words) -> None:
    """Let the files of words wait with a draft, those that do not yet."""
    known = set(draft.enclosures.values_list("file_id", flat=True))
    DraftFile.objects.bulk_create(
        DraftFile(workspace_id=draft.workspace_id, draft=draft, **vars(enclosure))
        for enclosure in words.files
        if enclosure.file.pk not in known
    )


def _at(place: Place, agent: Agent) -> QuerySet[Draft]:
    drafts = Draft.objects.visible_to(agent).being_written()
    if isinstance(place, uuid.UUID):
        return drafts.filter(ticket=None, key=place)
    return drafts.filter(ticket=place)


def _held(place: Place, agent: Agent) -> Draft | None:
    """Return the draft, locked until commit: two pages of one person may save at once."""
    drafts = _at(place, agent).select_for_update(of=("self",))
    return drafts.select_related("ticket", "agent").first()


def _let_go(draft: Draft) -> None:
    if draft.pk:
        draft.delete()
        draft.version = 0
        announce(draft)


def announce(draft: Draft) -> None:
    """Tell the open pages of its writer which version there is; 0 is none."""
    # No event: somebody who writes would fill the story of the workspace with one every two seconds.
    realtime.announce(
        {
            "w": draft.workspace_id,
            "c": realtime.cursor(),
            "t": "draft.saved",
            "d": draft.ticket.number if draft.ticket else str(draft.key),
            "a": draft.agent_id,
            "v": draft.version,
        }
    )
