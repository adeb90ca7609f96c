"""A request as the room shows it: who asked, their words, and what colleagues said, the last few messages of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Case, F, Prefetch, QuerySet, TextField, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from harken.agents.models import Agent
from harken.channels.email.protection import is_sealed
from harken.channels.models import Delivery
from harken.desk import turns
from harken.desk.deliveries import Refusal, outcome_of
from harken.desk.happenings import UNDO_OFFERED_FOR, planned_in_words
from harken.desk.leaving import Leaving
from harken.desk.mentions import with_mentions
from harken.desk.room.folding import folded
from harken.desk.talked import talk_in_words
from harken.lib import rows
from harken.lib.text import language_of, one_line
from harken.tickets.locks import locks_on
from harken.tickets.models import Attachment, Draft, Message, Ticket
from harken.tickets.models.message import MESSAGE_WORDS
from harken.ui.words import filesize

SUBJECT_LETTERS = 120
# Enough to fold; the whole of a long letter is one click away.
LETTERS_READ = 3_000
FILES_SHOWN = 6
_ICONS = {
    "email": "mail",
    "internal": "room",
    "form": "form",
    "chat": "chat",
    "call": "phone",
    "telegram": "plane",
    "sms": "chat",
    "whatsapp": "chat",
}
# What was said last, and the customer's last words however much was said since.
_LAST_SAID = """
    SELECT said.id FROM unnest(%s::bigint[]) AS shown(ticket_id) CROSS JOIN LATERAL (
        (SELECT id FROM tickets_message WHERE ticket_id = shown.ticket_id AND kind <> 'notice'
            ORDER BY position DESC LIMIT 4)
        UNION
        (SELECT id FROM tickets_message WHERE ticket_id = shown.ticket_id AND kind = 'contact' AND NOT is_automatic
            ORDER BY position DESC LIMIT 1)
    ) said
"""


@dataclass(frozen=True)
class FileShown:
    name: str
    size: str
    icon: str
    url: str


@dataclass(frozen=True)
class Said:
    """One message: `kind` is `contact`, `reply` or `note`; `text` what is shown at once, `rest` what is folded."""

    id: int
    kind: str
    author: str
    at: datetime
    language: str
    text: str
    rest: str
    is_cut: bool
    is_sealed: bool
    files: list[FileShown]
    has_more_files: bool
    refusals: list[Refusal]
    leaving: Leaving | None
    # How it was said elsewhere, such as “Call, 4 min, logged by you”; empty for what was written here.
    talk: str
    talk_icon: str


@dataclass(frozen=True)
class Planned:
    """What leaves by itself, in words; whoever has just scheduled it may take it back."""

    id: int
    words: str
    can_undo: bool

    @classmethod
    def of(cls, draft: Draft, agent: Agent, now: datetime) -> Self:
        assert draft.leaves_at is not None
        is_fresh = draft.created_at > now - UNDO_OFFERED_FOR
        words = planned_in_words(draft.agent.name, draft.leaves_at, draft.kind)
        return cls(draft.pk, words, draft.agent_id == agent.pk and is_fresh)


@dataclass(frozen=True)
class Ask:
    """One request of the feed, ready to print."""

    number: int
    url: str
    mark: str
    mark_words: str | Promise
    who: str
    company: str
    icon: str
    subject: str
    subject_language: str
    at: datetime
    said: list[Said]
    # How many messages came before those shown.
    earlier: int
    seen_up_to: int
    is_ours: bool
    is_closed: bool
    # Who writes an answer now: a colleague's name and initials, both empty when nobody does.
    writer: str
    writer_initials: str
    planned: list[Planned]


def asks_of(tickets: Sequence[Ticket], agent: Agent) -> list[Ask]:
    """Return each ticket as the room shows it, in the same order; tickets come with requester and company."""
    said, now = _said_on(tickets, agent), timezone.now()
    names = _names(tickets)
    writers = locks_on([ticket.pk for ticket in tickets], agent.workspace_id) if tickets else {}
    others = {ticket: lock.agent for ticket, lock in writers.items() if lock.agent_id != agent.pk}
    planned = _planned_on(tickets, agent, now)
    return [
        _ask(ticket, said[ticket.pk], names, others.get(ticket.pk), planned[ticket.pk], agent, now)
        for ticket in tickets
    ]


def _ask(
    ticket: Ticket,
    said: list[Said],
    names: dict[int, str],
    writer: Agent | None,
    planned: list[Planned],
    agent: Agent,
    now: datetime,
) -> Ask:
    mark = "held" if writer else turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, now)
    subject = one_line(ticket.subject, SUBJECT_LETTERS)
    if said and said[0].talk:
        subject = said[0].talk
    address = {"workspace": agent.workspace.slug, "number": ticket.number}
    return Ask(
        number=ticket.number,
        url=reverse("desk:ticket", kwargs=address),
        mark=mark,
        mark_words=_("%(name)s is writing an answer") % {"name": writer.name}
        if writer
        else turns.WORDS[mark],
        who=names[ticket.requester_id],
        company=ticket.company.name if ticket.company else "",
        icon=_ICONS.get(ticket.channel_kind, "bubble"),
        subject=subject or _("(no subject)"),
        subject_language="" if subject.isascii() else language_of(subject),
        at=said[0].at if said else ticket.created_at,
        said=said,
        earlier=max(ticket.message_count - len(said), 0),
        seen_up_to=ticket.last_position,
        is_ours=ticket.is_our_turn,
        is_closed=ticket.is_closed,
        writer=writer.name if writer else "",
        writer_initials=writer.initials if writer else "",
        planned=planned,
    )


def _planned_on(tickets: Sequence[Ticket], agent: Agent, now: datetime) -> dict[int, list[Planned]]:
    planned: dict[int, list[Planned]] = defaultdict(list)
    if tickets:
        drafts = Draft.objects.visible_to(agent).scheduled().filter(ticket__in=tickets)
        for draft in drafts.select_related("agent__user"):
            planned[draft.ticket_id or 0].append(Planned.of(draft, agent, now))
    return planned


def _names(tickets: Iterable[Ticket]) -> dict[int, str]:
    """Name each requester; those without a name go by their first address, in one query for all of them."""
    from_cards = {ticket.requester_id: ticket.requester.name for ticket in tickets}
    nameless = [contact_id for contact_id, name in from_cards.items() if not name]
    return from_cards | dict.fromkeys(nameless, _("Unknown sender")) | _addresses(nameless)


def _addresses(contact_ids: Sequence[int]) -> dict[int, str]:
    if not contact_ids:
        return {}
    found = rows.ask(
        "SELECT contact_id, address FROM contacts_identity WHERE contact_id = ANY(%s) ORDER BY id DESC",
        [list(contact_ids)],
    )
    return dict(found)


def _said_on(tickets: Sequence[Ticket], agent: Agent) -> dict[int, list[Said]]:
    said: dict[int, list[Said]] = defaultdict(list)
    if not tickets:
        return said
    requesters = {ticket.pk: ticket.requester_id for ticket in tickets}
    ids = [pk for (pk,) in rows.ask(_LAST_SAID, [list(requesters)])]
    for message in _readable(agent).filter(pk__in=ids).order_by("ticket_id", "position"):
        said[message.ticket_id].append(_said(message, requesters[message.ticket_id], agent))
    notes = with_mentions([each for lines in said.values() for each in lines], agent, words="text")
    marked = {each.id: each for each in notes}
    return defaultdict(list, {ticket: [marked[each.id] for each in lines] for ticket, lines in said.items()})


def _readable(agent: Agent) -> QuerySet[Message]:
    files = (
        Attachment.objects.filter(is_inline=False).select_related("file").order_by("id")[: FILES_SHOWN + 1]
    )
    words = Case(When(visible_text="", then=F("text")), default=F("visible_text"), output_field=TextField())
    return (
        Message.objects.visible_to(agent)
        .select_related("author_agent__user", "author_contact", "talk")
        .prefetch_related(
            Prefetch("attachments", files, to_attr="first_files"),
            Prefetch("deliveries", Delivery.objects.order_by("id")),
            "author_contact__identities",
        )
        .annotate(words=Left(words, LETTERS_READ + 1))
        .defer(*MESSAGE_WORDS)
    )


def _said(message: Any, requester_id: int, agent: Agent) -> Said:
    is_cut = len(message.words) > LETTERS_READ
    sealed = is_sealed(message.words, is_cut=is_cut)
    text, rest = ("", "") if sealed else folded(message.words[:LETTERS_READ])
    is_requester = message.kind == Message.Kind.CONTACT and message.author_contact_id == requester_id
    outcome = outcome_of(message.deliveries.all()) if message.kind in Message.BY_HAND else None
    return Said(
        id=message.pk,
        kind=message.kind,
        author="" if is_requester else _author(message, agent),
        at=message.created_at,
        language=message.language,
        text=text,
        rest=rest,
        is_cut=is_cut,
        is_sealed=sealed,
        files=[_file(each) for each in message.first_files[:FILES_SHOWN]],
        has_more_files=len(message.first_files) > FILES_SHOWN,
        refusals=[each for each in outcome.refusals if each.state != Delivery.State.DEFERRED]
        if outcome
        else [],
        leaving=Leaving.of(message, agent.pk),
        talk=talk_in_words(message, agent),
        talk_icon=_ICONS.get(message.talk.way, "bubble") if hasattr(message, "talk") else "",
    )


def _author(message: Message, agent: Agent) -> str:
    return pgettext("who wrote", "You") if message.author_agent_id == agent.pk else message.author_name


def _file(attachment: Attachment) -> FileShown:
    icon = "image" if attachment.media_type.startswith("image/") else "file"
    return FileShown(attachment.name, filesize(attachment.size), icon, attachment.url())
