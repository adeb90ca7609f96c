"""The counts that are kept equal a recount, whatever is done to tickets and in whatever order."""

import random
from collections import Counter
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.contacts.factories import make_contact
from harken.contacts.recognise import recognise
from harken.events.models import Event
from harken.lib import rows
from harken.tickets import bulk, counting
from harken.tickets.errors import TicketError
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import StandingCount, Ticket, Words
from harken.tickets.move import split
from harken.tickets.recount import recount
from harken.tickets.requester import change_requester
from harken.tickets.states import ONGOING_STATES, State
from harken.tickets.talks import ask_colleagues
from harken.tickets.undo import can_undo, undo
from harken.workspaces import wall

pytestmark = pytest.mark.django_db
STEPS, TICKETS = 150, 6


def counted():
    """What is kept, put together."""
    kept: Counter[tuple[str, int | None, bool]] = Counter()
    for each in StandingCount.objects.all():
        kept[each.state, each.assignee_id, each.is_our_turn] += each.change
    return {standing: count for standing, count in kept.items() if count}


def there():
    """What there is, ticket by ticket."""
    ongoing = Ticket.objects.filter(state__in=ONGOING_STATES)
    return Counter((each.state, each.assignee_id, each.waiting_since is not None) for each in ongoing)


class Walk:
    """A colleague who does anything to anything."""

    def __init__(self, seed):
        self.chance, self.olga = random.Random(seed), make_agent()
        self.colleagues = [self.olga, make_agent(self.olga.workspace), None]
        self.tickets = [self._open() for _ in range(TICKETS)]
        self.verbs = [getattr(self, name) for name in dir(Walk) if name.startswith("do_")]

    def step(self):
        ticket = Ticket.objects.get(pk=self.chance.choice(self.tickets).pk)
        try:
            with transaction.atomic():
                self.chance.choice(self.verbs)(ticket)
        except TicketError:
            pass

    def _open(self):
        return make_ticket(self.olga.workspace, f"p{self.chance.randrange(4)}@crumb.example")

    def do_open(self, _ticket):
        self.tickets.append(self._open())

    def do_write(self, ticket):
        make_message(ticket)

    def do_answer(self, ticket):
        ticket.reply(Words("Yes."), by=self.olga, seen_up_to=ticket.last_position)

    def do_note(self, ticket):
        ticket.note(Words("Hm."), by=self.olga)

    def do_assign(self, ticket):
        ticket.assign_to(self.chance.choice(self.colleagues), by=self.olga)

    def do_set_aside(self, ticket):
        ticket.set_aside(by=self.olga, until=timezone.now() + timedelta(hours=1))

    def do_come_back(self, ticket):
        Ticket.objects.filter(pk=ticket.pk, state=State.SET_ASIDE).update(set_aside_until=timezone.now())
        ticket.come_back()

    def do_close(self, ticket):
        ticket.close(by=self.olga)

    def do_close_unsuccessfully(self, ticket):
        ticket.close(by=self.olga, state=State.CLOSED_UNSUCCESSFULLY)

    def do_reopen(self, ticket):
        ticket.reopen(by=self.olga)

    def do_wait(self, ticket):
        ticket.wait(by=self.olga)

    def do_accept(self, ticket):
        ticket.accept(by=self.olga)

    def do_call_spam(self, ticket):
        ticket.call_spam(by=self.olga)

    def do_call_welcome(self, ticket):
        ticket.call_welcome(by=self.olga)

    def do_merge(self, ticket):
        merge(ticket, into=self.chance.choice(self.tickets), by=self.olga)

    def do_unmerge(self, ticket):
        unmerge(ticket, by=self.olga)

    def do_split(self, ticket):
        said = list(ticket.messages.filter(kind="contact"))
        if said:
            split(said[-1], by=self.olga)

    def do_recount(self, ticket):
        ticket.hold()
        recount(ticket)

    def do_change_requester(self, ticket):
        new = recognise(self.olga.workspace, "new@crumb.example")
        change_requester(ticket, new, by=self.olga, keeps_copies=False)

    def do_ask_colleagues(self, _ticket):
        self.tickets.append(ask_colleagues(Words("Who?"), by=self.olga).ticket)

    def do_many(self, _ticket):
        some = [each.pk for each in self.chance.sample(self.tickets, 3)]
        bulk.begin(some, self.chance.choice(["close", "reopen", "spam"]), by=self.olga, later=bulk.go_on)

    def do_take_back(self, ticket):
        events = [
            each for each in Event.objects.filter(ticket_id=ticket.pk).order_by("-pk")[:3] if can_undo(each)
        ]
        if events:
            undo(events[0], by=self.olga)

    def do_fold(self, ticket):
        counting.fold(ticket.workspace_id)


@pytest.mark.parametrize("seed", range(2))
def test_after_a_random_walk_of_all_verbs_the_counts_equal_a_recount(seed):
    walk = Walk(seed)

    for _ in range(STEPS):
        walk.step()

    assert counted() == there()
    assert counting.recount(walk.olga.workspace_id) == 0
    assert counted() == there()


def test_folding_leaves_one_row_for_each_number_and_twice_is_harmless():
    olga = make_agent()
    for _ in range(3):
        make_ticket(olga.workspace)
    before = counted()

    counting.fold(olga.workspace_id)
    counting.fold(olga.workspace_id)

    assert counted() == before
    assert StandingCount.objects.count() == len(before)


def test_a_workspace_is_folded_when_many_changes_lie_about(monkeypatch):
    monkeypatch.setattr(counting, "_MOST_LOOSE", 0)
    ticket = make_ticket()

    assert ticket.workspace_id in counting.worth_folding()
    counting.fold(ticket.workspace_id)
    assert ticket.workspace_id not in counting.worth_folding()


def test_a_recount_puts_right_what_was_wrong_and_says_how_much():
    olga = make_agent()
    make_ticket(olga.workspace).assign_to(olga, by=olga)
    rows.ask("UPDATE tickets_standingcount SET change = change + 1 WHERE change > 0")

    wrong = counting.recount(olga.workspace_id)

    assert wrong > 0
    assert counted() == there()
    assert counting.recount(olga.workspace_id) == 0


def test_the_migration_counts_what_is_there_already():
    olga = make_agent()
    make_ticket(olga.workspace).assign_to(olga, by=olga)
    make_ticket(olga.workspace).close(by=olga)
    StandingCount.objects.all().delete()

    migration = import_module("harken.tickets.migrations.0022_count_how_tickets_stand")
    migration.fill(apps, SimpleNamespace(connection=connection))

    wall.leave()
    with wall.inside(olga.workspace_id):
        assert counted() == there() == {(State.OPEN, olga.pk, True): 1}


def test_what_is_deleted_is_counted_no_more():
    requester = make_contact()
    alone = Ticket.objects.create(workspace=requester.workspace, number=1, requester=requester)
    assert counted() == {(State.OPEN, None, False): 1}

    alone.delete()

    assert counted() == {}
