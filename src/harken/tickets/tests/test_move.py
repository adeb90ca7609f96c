"""Moving messages between tickets: what goes along, what stays, and what both tickets say afterwards."""

import threading

import pytest
from django.db import connection

from harken.agents.factories import make_agent
from harken.files.factories import make_file
from harken.tickets.errors import NothingToMove, SomethingUnseen, TicketIsMerged
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Message, Ticket, Words
from harken.tickets.move import move, split
from harken.tickets.related import related_to
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def bread(olga):
    """Ann's ticket about bread with a question about cake in it, answered in between."""
    ticket = make_ticket(olga.workspace, text="Where is my bread?")
    ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)
    make_message(ticket, "By the way: I want a cake.")
    return ticket


def cake_in(ticket):
    return ticket.messages.get(text__contains="cake")


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_a_message_split_off_gets_a_ticket_of_its_own_beside_the_old_one(bread, olga):
    cake = split(cake_in(bread), by=olga, subject="A cake")

    assert [message.text for message in cake.messages.all()] == ["By the way: I want a cake."]
    assert (cake.subject, cake.requester) == ("A cake", bread.requester)
    assert cake.number > bread.number
    assert list(related_to(cake, olga)) == [bread]
    assert list(related_to(bread, olga)) == [cake]


def test_the_turn_goes_where_the_question_goes(bread, olga):
    asked_at = cake_in(bread).created_at

    cake = split(cake_in(bread), by=olga)

    assert (fresh(bread).state, fresh(bread).waiting_since) == ("waiting", None)
    assert (fresh(cake).state, fresh(cake).waiting_since) == ("open", asked_at)
    assert (fresh(bread).preview, fresh(cake).preview) == ("In the oven.", "By the way: I want a cake.")
    assert (fresh(bread).message_count, fresh(cake).message_count) == (2, 1)


def test_files_go_along(bread, olga):
    file = make_file(olga.workspace)
    photo = make_message(bread, "A photo.")
    photo.attachments.create(workspace=olga.workspace, file=file)

    target = split(photo, by=olga)

    assert fresh(target).has_files
    assert not fresh(bread).has_files


def test_all_later_messages_may_go_along(bread, olga):
    make_message(bread, "With cream.")

    cake = split(cake_in(bread), by=olga, following=True)

    assert [message.text for message in cake.messages.all()] == ["By the way: I want a cake.", "With cream."]
    assert [message.position for message in cake.messages.all()] == [1, 2]


def test_whoever_answers_must_have_read_what_was_moved_here(bread, olga):
    other = make_ticket(olga.workspace, "bob@crumb.example")
    kim = make_agent(olga.workspace, "kim@fennel.example")
    seen = other.last_position

    move(cake_in(bread), to=other, by=olga)

    with pytest.raises(SomethingUnseen):
        other.reply(Words("Soon."), by=kim, seen_up_to=seen)


def test_those_who_take_part_go_with_their_words(bread, olga):
    make_message(bread, "I am his brother.", "dan@crumb.example", cc=["eve@crumb.example"])
    bread.participants.get(address="dan@crumb.example")

    moved_to = split(bread.messages.get(text__contains="brother"), by=olga)

    assert set(bread.participants.values_list("address", flat=True)) == {"ann@crumb.example"}
    assert moved_to.copied_addresses == ["eve@crumb.example"]
    assert moved_to.requester.email == "dan@crumb.example"


def test_moving_back_undoes_it(bread, olga):
    before = (fresh(bread).state, fresh(bread).message_count, fresh(bread).preview)
    cake = split(cake_in(bread), by=olga)

    move(cake_in(cake), to=bread, by=olga)

    assert (fresh(bread).state, fresh(bread).message_count, fresh(bread).preview) == before
    assert cake_in(bread).moved_from is None
    assert fresh(cake).merged_into == bread


def test_a_ticket_left_empty_is_merged_and_lives_again_when_its_message_comes_back(olga):
    one, other = make_ticket(olga.workspace), make_ticket(olga.workspace, "bob@crumb.example")
    message = one.messages.get()

    move(message, to=other, by=olga)
    assert fresh(one).merged_into == other

    move(Message.objects.get(pk=message.pk), to=fresh(one), by=olga)
    assert (fresh(one).state, fresh(one).merged_into) == ("open", None)


def test_the_last_message_cannot_be_split_off(olga):
    with pytest.raises(NothingToMove):
        split(make_ticket(olga.workspace).messages.get(), by=olga)


def test_nothing_moves_into_a_merged_ticket(bread, olga):
    merged = make_ticket(olga.workspace, "bob@crumb.example")
    Ticket.objects.filter(pk=merged.pk).update(state="merged", merged_into=bread)

    with pytest.raises(TicketIsMerged):
        move(cake_in(bread), to=merged, by=olga)


def test_moving_it_where_it_lies_changes_nothing(bread, olga):
    message = cake_in(bread)

    move(message, to=bread, by=olga)

    assert cake_in(bread).position == message.position


def test_a_closed_ticket_opens_for_younger_words_alone(bread, olga):
    closed = make_ticket(olga.workspace, "bob@crumb.example")
    closed.close(by=olga)
    make_message(bread, "And a roll.")

    move(cake_in(bread), to=closed, by=olga)
    assert fresh(closed).state == "closed"

    move(bread.messages.get(text="And a roll."), to=closed, by=olga)
    assert fresh(closed).is_our_turn


def test_a_failed_answer_takes_its_alarm_along(bread, olga):
    answer = bread.messages.get(kind="reply")
    answer.deliveries.update(state="failed")
    bread.show_problem(True)

    target = move(answer, to=make_ticket(olga.workspace, "bob@crumb.example"), by=olga)

    assert fresh(target).has_problem
    assert not fresh(bread).has_problem


def test_a_failed_acknowledgement_is_nobodys_trouble_after_a_move_either(bread, olga):
    notice = bread.notify("We have your letter.", to=["ann@crumb.example"], notice="acknowledgement")
    notice.deliveries.update(state="failed")

    split(cake_in(bread), by=olga)

    assert not fresh(bread).has_problem


def test_an_automatic_alarm_that_opened_a_ticket_still_waits_after_another_message_left(olga):
    alarm = make_ticket(olga.workspace, "disk@crumb.example", text="Disk full", is_automatic=True)
    make_message(alarm, "Mine was about bread.", "disk@crumb.example")

    split(alarm.messages.get(text__contains="bread"), by=olga)

    assert fresh(alarm).is_our_turn


@pytest.mark.django_db(transaction=True)
def test_two_who_move_in_opposite_directions_do_not_wait_for_ever(olga):
    one = make_ticket(olga.workspace)
    other = make_ticket(olga.workspace, "bob@crumb.example")
    make_message(one), make_message(other)
    pairs = [(one, other), (other, one)]
    ends = []

    def carry(source, target):
        with wall.inside(olga.workspace_id):
            for _ in range(10):
                move(Message.objects.filter(ticket=source)[0], to=target, by=olga)
                move(Message.objects.filter(ticket=target).order_by("-position")[0], to=source, by=olga)
            ends.append(source.pk)
        connection.close()

    threads = [threading.Thread(target=carry, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(ends) == sorted([one.pk, other.pk])
    assert fresh(one).message_count + fresh(other).message_count == 4


def test_words_with_files_keep_their_enclosures(bread, olga):
    file = make_file(olga.workspace)
    answer = bread.reply(Words("See.", files=(Enclosure(file),)), by=olga, seen_up_to=3)

    target = move(answer, to=make_ticket(olga.workspace, "bob@crumb.example"), by=olga)

    assert [each.file for each in target.messages.get(text="See.").attachments.all()] == [file]
