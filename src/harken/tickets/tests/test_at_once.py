"""Several at one ticket, or at one counter, at the same moment: threads with connections of their own."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.events.models import Event
from harken.tickets.errors import MergedAlready, SomethingUnseen, TicketError, TicketIsMerged
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.undo import undo
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(workspace, *verbs: Callable[[], object]) -> list[object]:
    """Run the verbs in threads that start together; what each returned or raised, in their order."""
    start = threading.Barrier(len(verbs))
    outcomes: list[object] = [None] * len(verbs)

    def run(at: int, verb: Callable[[], object]) -> None:
        with wall.inside(workspace.pk):
            start.wait(5)
            try:
                outcomes[at] = verb()
            except TicketError as error:
                outcomes[at] = error
        connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return outcomes


@pytest.fixture
def workspace():
    return make_workspace()


def test_of_two_colleagues_who_answer_at_once_one_is_told_of_the_other(workspace):
    ticket, agents = make_ticket(workspace), [make_agent(workspace), make_agent(workspace)]

    outcomes = at_once(
        workspace,
        *(
            lambda by=by: Ticket.objects.get(pk=ticket.pk).reply(Words("In the oven."), by=by, seen_up_to=1)
            for by in agents
        ),
    )

    assert {type(each) for each in outcomes} == {Message, SomethingUnseen}
    assert ticket.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_a_letter_that_comes_while_somebody_answers_keeps_every_position_once(workspace):
    ticket, olga = make_ticket(workspace), make_agent(workspace)

    outcomes = at_once(
        workspace,
        lambda: make_message(Ticket.objects.get(pk=ticket.pk)),
        lambda: Ticket.objects.get(pk=ticket.pk).note(Words("Rye."), by=olga),
        lambda: Ticket.objects.get(pk=ticket.pk).close(by=olga),
    )

    assert not [each for each in outcomes if isinstance(each, TicketError)]
    ticket.refresh_from_db()
    assert [message.position for message in ticket.messages.all()] == [1, 2, 3]
    assert (ticket.last_position, ticket.message_count) == (3, 3)


def test_tickets_opened_at_once_get_numbers_of_their_own_without_a_gap(workspace):
    at_once(workspace, *(lambda at=at: make_ticket(workspace, email=f"{at}@gmail.com") for at in range(6)))

    numbers = Ticket.objects.order_by("number").values_list("number", flat=True)
    assert [number % 10**8 for number in numbers] == [1, 2, 3, 4, 5, 6]


def test_two_tickets_that_meet_the_same_newcomers_in_opposite_order_wait_for_each_other(workspace):
    olga, kim = make_agent(workspace), make_agent(workspace)
    one, other = make_ticket(workspace), make_ticket(workspace, email="bob@crumb.example")
    crowd = [f"p{number}@firm-{number % 7}.example" for number in range(40)]

    outcomes = at_once(
        workspace,
        lambda: Ticket.objects.get(pk=one.pk).reply(Words("Hello."), by=olga, seen_up_to=1, cc=crowd),
        lambda: Ticket.objects.get(pk=other.pk).reply(Words("Hello."), by=kim, seen_up_to=1, cc=crowd[::-1]),
    )

    assert [type(each) for each in outcomes] == [Message, Message]
    assert one.participants.count() == other.participants.count() == len(crowd) + 1


def test_of_two_who_merge_in_opposite_directions_one_is_refused(workspace):
    olga, one, other = make_agent(workspace), make_ticket(workspace), make_ticket(workspace)

    outcomes = at_once(
        workspace,
        lambda: merge(Ticket.objects.get(pk=one.pk), into=Ticket.objects.get(pk=other.pk), by=olga),
        lambda: merge(Ticket.objects.get(pk=other.pk), into=Ticket.objects.get(pk=one.pk), by=olga),
    )

    refused = [each for each in outcomes if isinstance(each, TicketError)]
    assert [type(each) for each in refused] in ([MergedAlready], [TicketIsMerged])
    assert sorted(ticket.message_count for ticket in Ticket.objects.all()) == [0, 2]


def test_a_letter_that_comes_while_its_ticket_is_merged_is_not_left_behind(workspace):
    olga, one, other = make_agent(workspace), make_ticket(workspace), make_ticket(workspace)

    at_once(
        workspace,
        lambda: merge(Ticket.objects.get(pk=one.pk), into=Ticket.objects.get(pk=other.pk), by=olga),
        lambda: make_message(Ticket.objects.get(pk=one.pk), "And jam."),
    )

    assert other.messages.count() == 3
    assert Ticket.objects.get(pk=other.pk).is_our_turn


def test_of_two_who_close_and_undo_at_once_nothing_is_half_done(workspace):
    olga, ticket = make_agent(workspace), make_ticket(workspace)
    event = ticket.close(by=olga)
    assert event

    outcomes = at_once(workspace, lambda: undo(event, by=olga), lambda: undo(event, by=olga))

    assert sorted(type(each).__name__ for each in outcomes) == ["ChangedSince", "Event"]
    assert Ticket.objects.get(pk=ticket.pk).is_our_turn


def test_set_aside_and_coming_back_at_once_leave_it_in_one_state(workspace):
    olga, ticket = make_agent(workspace), make_ticket(workspace)
    ticket.set_aside(by=olga, until=timezone.now() + timedelta(hours=1))
    Ticket.objects.filter(pk=ticket.pk).update(set_aside_until=timezone.now())

    at_once(
        workspace,
        lambda: Ticket.objects.get(pk=ticket.pk).come_back(),
        lambda: make_message(Ticket.objects.get(pk=ticket.pk), "Hello?"),
        lambda: Ticket.objects.get(pk=ticket.pk).come_back(),
    )

    now = Ticket.objects.get(pk=ticket.pk)
    assert (now.state, now.set_aside_until, now.message_count) == ("open", None, 2)
    assert Event.objects.filter(type="ticket.returned", about_id=ticket.pk).count() == 1
