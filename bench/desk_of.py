"""A workspace of many tickets, as it is after years: few of them open, one with thousands of messages."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bench.search_texts import Tongue
from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.contacts.models import Company, Contact, Identity
from harken.lib import rows
from harken.tickets.models import Message, Ticket
from harken.tickets.states import State
from harken.workspaces import wall
from harken.workspaces.models import Workspace

COLLEAGUES, PEOPLE, COMPANIES = 40, 2_000, 200
LONG_THREAD = 5_000
AT_ONCE = 2_000
YEARS = 3
# One in a hundred is not closed yet, as in the measurements that the goals come from.
SHARES = {
    State.OPEN: 0.006,
    State.WAITING: 0.003,
    State.SET_ASIDE: 0.001,
    State.ACCEPTED: 0.001,
    State.SPAM: 0.01,
    State.CLOSED: 0.979,
}


def fill(slug: str, tickets: int) -> None:
    """Put tickets with a letter each into a workspace that has none; the last one gets a long thread."""
    workspace = Workspace.objects.get(slug=slug)
    with wall.inside(workspace.pk):
        workspace.switch("inbox", on=True)
        _Filling(workspace).write(tickets)
    rows.ask("ANALYZE")


class _Filling:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._chance, self._now = workspace, random.Random(4), timezone.now()
        self._texts = Tongue("en").letters()
        self._agents = [*Agent.objects.all(), *(make_agent(workspace) for _ in range(COLLEAGUES - 1))]
        self._people = self._made_people()

    def write(self, count: int) -> None:
        for start in range(0, count, AT_ONCE):
            numbers = range(start + 1, min(start + AT_ONCE, count) + 1)
            tickets = Ticket.objects.bulk_create([self._ticket(number) for number in numbers])
            letters = Message.objects.bulk_create([self._letter(each, 1) for each in tickets])
            for ticket, letter in zip(tickets, letters, strict=True):
                ticket.last_message_id = letter.pk
            Ticket.objects.bulk_update(tickets, ["last_message_id"], batch_size=AT_ONCE)
        self._lengthen(Ticket.objects.filter(state=State.OPEN).latest("id"))
        rows.ask(
            "INSERT INTO workspaces_ticketcounter (workspace_id, last) VALUES (%s, %s)"
            " ON CONFLICT (workspace_id) DO UPDATE SET last = excluded.last",
            [self._workspace.pk, count],
        )

    def _made_people(self) -> list[Contact]:
        companies = Company.objects.bulk_create(
            Company(workspace=self._workspace, name=f"Crumb {at}", domain=f"crumb{at}.example")
            for at in range(COMPANIES)
        )
        people = Contact.objects.bulk_create(
            Contact(workspace=self._workspace, name=f"Ann Baker {at}", company=companies[at % COMPANIES])
            for at in range(PEOPLE)
        )
        Identity.objects.bulk_create(
            Identity(
                workspace=self._workspace, contact=person, address=f"ann{at}@crumb{at % COMPANIES}.example"
            )
            for at, person in enumerate(people)
        )
        return people

    def _ticket(self, number: int) -> Ticket:
        state = self._chance.choices(list(SHARES), list(SHARES.values()))[0]
        age = timedelta(
            days=self._chance.random() * (30 if state in (State.OPEN, State.WAITING) else 365 * YEARS)
        )
        person = self._people[number % PEOPLE]
        return Ticket(
            workspace=self._workspace,
            number=2026112200000000 + number,
            subject=f"Question {number} about the bread that never came",
            requester=person,
            company_id=person.company_id,
            assignee=self._chance.choice([None, *self._agents]),
            state=state,
            waiting_since=self._now - age if state == State.OPEN else None,
            closed_at=self._now - age if state == State.CLOSED else None,
            last_activity_at=self._now - age,
            created_at=self._now - age,
            preview=next(self._texts)[:120],
            last_position=1,
            message_count=1,
        )

    def _letter(self, ticket: Ticket, position: int, **details: Any) -> Message:
        said = {"kind": Message.Kind.CONTACT, "author_contact_id": ticket.requester_id} | details
        return Message(
            workspace=self._workspace,
            ticket=ticket,
            position=position,
            text=next(self._texts),
            created_at=ticket.created_at + timedelta(seconds=position),
            **said,
        )

    def _lengthen(self, ticket: Ticket) -> None:
        agent = self._agents[0]
        ours = {"kind": Message.Kind.REPLY, "author_contact_id": None, "author_agent_id": agent.pk}
        positions = range(2, LONG_THREAD + 1)
        Message.objects.bulk_create(
            (self._letter(ticket, at, **(ours if at % 3 == 0 else {})) for at in positions),
            batch_size=AT_ONCE,
        )
        last = Message.objects.get(ticket=ticket, position=LONG_THREAD).pk
        ticket.subject, ticket.assignee = "A very long story", None
        ticket.last_position = ticket.message_count = LONG_THREAD
        ticket.last_message_id = last
        ticket.waiting_since = ticket.last_activity_at = self._now - timedelta(days=31)
        ticket.save()
