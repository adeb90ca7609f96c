"""Everything in the two panes beside the list: head, thread, composer, person."""

from dataclasses import dataclass
from typing import Self

from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.models import Channel
from harken.desk import turns
from harken.desk.composing.composer import Composer, composer_for
from harken.desk.people.card import people_of
from harken.desk.person import Asked, Person, asked_about, person_of
from harken.desk.rows import Colleague
from harken.desk.thread import Thread, thread_of
from harken.lib.text import language_of
from harken.tickets.drafts import draft_of
from harken.tickets.models import ForeignNumber, Ticket
from harken.tickets.presence import readers_of
from harken.tickets.related import related_to


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
        )


@dataclass(frozen=True)
class Conversation:
    """One ticket as its reader sees it."""

    head: Head
    thread: Thread
    composer: Composer
    person: Person
    related: list[Asked]
    # What other desks call it.
    foreign_numbers: list[str]

    @classmethod
    def of(
        cls, ticket: Ticket, agent: Agent, composer: Composer | None = None, before: int | None = None
    ) -> Self:
        requester = people_of(agent).get(pk=ticket.requester_id)
        return cls(
            head=Head.of(ticket, agent),
            thread=thread_of(ticket, agent, before=before),
            composer=composer or composer_for(ticket, agent),
            person=person_of(requester, agent, beside=ticket),
            related=[asked_about(each) for each in related_to(ticket, agent)],
            foreign_numbers=ForeignNumber.objects.visible_to(agent).of_ticket(ticket.pk).as_written(),
        )


def _why_kept(ticket: Ticket, agent: Agent) -> str:
    kept = draft_of(ticket, agent)
    return str(kept.get_why_display()) if kept and kept.why else ""
