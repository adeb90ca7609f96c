"""Everything in the two panes beside the list: head, thread, composer, person."""

from dataclasses import dataclass, replace
from typing import Self

from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.models import Channel
from harken.desk import turns
from harken.desk.composing.composer import Composer, composer_for
from harken.desk.inbox.rows import Colleague
from harken.desk.menu import Menu
from harken.desk.own.shown import Own
from harken.desk.people.card import people_of
from harken.desk.person import Asked, Person, asked_about, person_of
from harken.desk.tags.views import tags_of
from harken.desk.thread import MESSAGES_PER_PAGE, Thread, thread_around, thread_of
from harken.lib.text import language_of
from harken.tickets.drafts import draft_of
from harken.tickets.models import ForeignNumber, Tag, Ticket
from harken.tickets.presence import readers_of
from harken.tickets.related import related_to
from harken.tickets.seen import note_seen, seen_by


@dataclass(frozen=True)
class Head:
    """What stands above a thread, ready to print."""

    number: int
    short_number: str
    title: str
    language: str
    mark: str
    headline: str
    is_closed: bool
    is_merged: bool
    address: str
    assignee: Colleague | None
    # Why an answer of the reader's waits as a draft; empty where none does.
    draft_why: str
    # Who else has it before them now.
    readers: list[Agent]
    tags: list[Tag]
    menu: Menu

    @classmethod
    def of(cls, ticket: Ticket, agent: Agent) -> Self:
        now = timezone.now()
        channel = (
            Channel.objects.visible_to(agent).filter(pk=ticket.channel_id).first()
            if ticket.channel_id
            else None
        )
        assignee = (
            Agent.objects.visible_to(agent).filter(pk=ticket.assignee_id).first()
            if ticket.assignee_id
            else None
        )
        return cls(
            number=ticket.number,
            short_number=ticket.short_number,
            title=ticket.title,
            language=language_of(ticket.title),
            mark=turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, now),
            headline=turns.headline(ticket, now),
            is_closed=ticket.closed_at is not None,
            is_merged=ticket.state == Ticket.State.MERGED,
            address=channel.address if channel else "",
            assignee=Colleague(assignee.name, assignee.initials) if assignee else None,
            draft_why=_why_kept(ticket, agent),
            readers=readers_of(ticket, without=agent),
            tags=tags_of(ticket),
            menu=Menu.of(ticket, agent),
        )


@dataclass(frozen=True)
class Conversation:
    """One ticket as its reader sees it."""

    head: Head
    thread: Thread
    composer: Composer
    person: Person
    own: Own
    related: list[Asked]
    # Those that were merged into this one, which can be taken out again.
    merged: list[Asked]
    # What other desks call it.
    foreign_numbers: list[str]

    @classmethod
    def of(
        cls,
        ticket: Ticket,
        agent: Agent,
        composer: Composer | None = None,
        before: int | None = None,
        at: int | None = None,
    ) -> Self:
        """Return it with its newest messages, or those `before` a position, or those around the position `at`."""
        near = list(related_to(ticket, agent))
        # With company and addresses: whoever asks the ticket for its requester has them, too.
        ticket.requester = requester = people_of(agent).get(pk=ticket.requester_id)
        thread, seen = _thread(ticket, agent, before, at)
        composer = composer or composer_for(ticket, agent)
        if thread.later:
            # What stands further down has not been before their eyes, unless it was so another time.
            composer = replace(composer, seen_up_to=min(composer.seen_up_to, max(seen, thread.last_position)))
        return cls(
            head=Head.of(ticket, agent),
            thread=thread,
            composer=composer,
            own=Own.of(ticket, agent),
            person=person_of(requester, agent, beside=ticket),
            related=[asked_about(each) for each in near if each.merged_into_id != ticket.pk],
            merged=[asked_about(each) for each in near if each.merged_into_id == ticket.pk],
            foreign_numbers=ForeignNumber.objects.visible_to(agent).of_ticket(ticket.pk).as_written(),
        )


def _thread(ticket: Ticket, agent: Agent, before: int | None, at: int | None) -> tuple[Thread, int]:
    """The part that is shown, and how far its reader had read until now; what is shown counts as read."""
    seen = seen_by(ticket, agent)
    if at is not None and ticket.last_position > MESSAGES_PER_PAGE:
        thread = thread_around(ticket, agent, at)
    else:
        thread = thread_of(ticket, agent, before=before, seen=seen)
    if before is None and thread.last_position > (seen or 0):
        note_seen(ticket, agent, thread.last_position)
    return thread, seen or 0


def _why_kept(ticket: Ticket, agent: Agent) -> str:
    kept = draft_of(ticket, agent)
    return str(kept.get_why_display()) if kept and kept.why else ""
