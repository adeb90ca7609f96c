"""Merging tickets, and the way back: nothing lost, nothing to the wrong eyes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.tickets.drafts import draft_of, drafts_left_behind, keep_draft
from harken.tickets.errors import (
    MergedAlready,
    NotMerged,
    OthersWouldSee,
    SomethingUnseen,
    TicketIsMerged,
    TicketIsSpam,
    WithItself,
)
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.move import move
from harken.tickets.states import State
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def bread(olga):
    ticket = make_ticket(olga.workspace, text="Where is my bread?")
    ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)
    return fresh(ticket)


@pytest.fixture
def again(olga):
    """Ann asks the same once more, and adds to it."""
    ticket = make_ticket(olga.workspace, subject="Bread again", text="Still no bread.")
    make_message(ticket, "It is noon.")
    return fresh(ticket)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def said_on(ticket):
    return list(ticket.messages.order_by("position").values_list("text", "position"))


def picture(ticket):
    """All that a ticket is, as far as merging may touch it."""
    ticket = fresh(ticket)
    people = sorted(ticket.participants.values_list("address", "is_copied"))
    counted = (ticket.message_count, ticket.has_files, ticket.preview, ticket.last_message_id)
    return ticket.standing, ticket.merged_into, said_on(ticket), people, counted


def test_all_that_was_said_lies_on_one_ticket(bread, again, olga):
    merge(again, into=bread, by=olga)

    assert said_on(bread) == [
        ("Where is my bread?", 1),
        ("In the oven.", 2),
        ("Still no bread.", 3),
        ("It is noon.", 4),
    ]
    assert (fresh(again).state, fresh(again).current) == (State.MERGED, bread)
    assert (fresh(again).message_count, fresh(bread).message_count) == (0, 4)


def test_it_is_our_turn_where_it_was_in_either(bread, again, olga):
    waiting_since = again.waiting_since

    merge(again, into=bread, by=olga)

    assert (fresh(bread).state, fresh(bread).waiting_since) == (State.OPEN, waiting_since)


def test_a_question_merged_into_a_closed_ticket_opens_it(bread, again, olga):
    bread.close(by=olga)

    merge(again, into=bread, by=olga)

    assert fresh(bread).is_our_turn
    assert fresh(bread).closed_at is None


def test_nobody_answers_what_came_by_merging_unread(bread, again, olga):
    kim = make_agent(olga.workspace)
    merge(again, into=bread, by=olga)

    with pytest.raises(SomethingUnseen):
        fresh(bread).reply(Words("In the oven, still."), by=kim, seen_up_to=2)


def test_letters_to_the_old_ticket_go_on_to_the_new_one(bread, again, olga):
    merge(again, into=bread, by=olga)

    make_message(fresh(again), "One o'clock.")

    assert said_on(bread)[-1] == ("One o'clock.", 5)
    assert not again.messages.exists()


@pytest.mark.parametrize("back", ["unmerge", "undo"])
def test_the_way_back_gives_exactly_what_was(bread, again, olga, back):
    again.set_aside(by=olga, until=timezone.now() + timedelta(hours=1))
    before = picture(bread), picture(again)
    event = merge(again, into=bread, by=olga)

    if back == "undo":
        undo(event, by=olga)
    else:
        unmerge(again, by=olga)

    assert (picture(bread), picture(again)) == before
    assert not Message.objects.exclude(moved_from=None).exists()


def test_what_came_since_stays_where_it_is(bread, again, olga):
    merge(again, into=bread, by=olga)
    fresh(bread).reply(Words("At the door."), by=olga, seen_up_to=4)
    make_message(fresh(bread), "Got it!")

    unmerge(again, by=olga)

    assert said_on(bread) == [
        ("Where is my bread?", 1),
        ("In the oven.", 2),
        ("At the door.", 5),
        ("Got it!", 6),
    ]
    assert said_on(again) == [("Still no bread.", 1), ("It is noon.", 2)]
    assert fresh(bread).is_our_turn
    assert fresh(again).is_our_turn


def test_a_message_moved_away_since_stays_where_it_was_moved(bread, again, olga):
    cake = make_ticket(olga.workspace, subject="Cake")
    merge(again, into=bread, by=olga)
    move(bread.messages.get(text="It is noon."), to=cake, by=olga)

    unmerge(again, by=olga)

    assert said_on(again) == [("Still no bread.", 1)]
    assert ("It is noon.", 2) in said_on(cake)


@pytest.mark.parametrize("first", ["middle", "outer"])
def test_a_chain_of_merges_comes_apart_in_any_order(bread, again, olga, first):
    third = make_ticket(olga.workspace, subject="Bread, the third", text="Bread!")
    before = picture(bread), picture(again), picture(third)
    merge(third, into=again, by=olga)
    merge(again, into=bread, by=olga)
    merged = said_on(bread), fresh(third).current, fresh(again).current

    for ticket in (again, third) if first == "outer" else (third, again):
        unmerge(ticket, by=olga)

    assert [text for text, _position in merged[0]][-3:] == ["Still no bread.", "It is noon.", "Bread!"]
    assert merged[1:] == (bread, bread)
    assert (picture(bread), picture(again), picture(third)) == before


def test_a_ticket_whose_last_message_was_moved_away_comes_back_too(bread, olga):
    cake = make_ticket(olga.workspace, subject="Cake", text="A cake.")
    move(cake.messages.get(), to=bread, by=olga)

    unmerge(cake, by=olga)

    assert [text for text, _position in said_on(cake)] == ["A cake."]
    assert fresh(cake).is_our_turn
    assert fresh(bread).state == State.WAITING


def test_it_is_merged_neither_into_itself_nor_into_what_is_merged_nor_into_spam(bread, again, olga):
    cake, spam = make_ticket(olga.workspace), make_ticket(olga.workspace)
    spam.call_spam(by=olga)
    merge(again, into=bread, by=olga)

    for source, target, refusal in (
        (bread, bread, WithItself),
        (bread, again, MergedAlready),
        (cake, again, MergedAlready),
        (again, cake, TicketIsMerged),
        (spam, cake, TicketIsSpam),
        (cake, spam, TicketIsSpam),
    ):
        with pytest.raises(refusal):
            merge(fresh(source), into=fresh(target), by=olga)

    assert said_on(cake) == [("Where is my bread?", 1)]


def test_the_refusal_names_where_it_is_now(bread, again, olga):
    merge(again, into=bread, by=olga)

    with pytest.raises(MergedAlready) as refused:
        merge(make_ticket(olga.workspace), into=fresh(again), by=olga)

    assert bread.short_number in str(refused.value)


def test_what_is_not_merged_is_not_taken_apart(bread, olga):
    with pytest.raises(NotMerged):
        unmerge(bread, by=olga)


@pytest.fixture
def bobs(olga):
    """Bob asks about the same bread; Carl gets copies."""
    return make_ticket(olga.workspace, "bob@jam.example", name="Bob Jam", cc=["carl@jam.example"])


def test_who_would_read_along_is_asked_about_first(bread, bobs, olga):
    with pytest.raises(OthersWouldSee) as refused:
        merge(bobs, into=bread, by=olga)

    assert refused.value.addresses == ["bob@jam.example", "carl@jam.example"]
    assert fresh(bobs).is_our_turn


def test_without_copies_nobody_new_reads_an_answer(bread, bobs, olga):
    merge(bobs, into=bread, by=olga, copies=False)

    answer = fresh(bread).reply(Words("In the oven."), by=olga, seen_up_to=3)

    assert (answer.to, answer.cc) == (["ann@crumb.example"], [])
    assert bread.participants.filter(address="bob@jam.example").exists()


def test_with_copies_all_read_the_answer_until_they_are_taken_apart(bread, bobs, olga):
    people = picture(bread)[3]
    merge(bobs, into=bread, by=olga, copies=True)

    answer = fresh(bread).reply(Words("In the oven."), by=olga, seen_up_to=3, cc=None)
    copied = sorted(answer.cc)
    Message.objects.filter(pk=answer.pk).update(cc=[])
    unmerge(bobs, by=olga)

    assert copied == ["bob@jam.example", "carl@jam.example"]
    assert picture(bread)[3] == people


def test_what_somebody_was_writing_is_offered_there_and_stays_theirs(bread, again, olga):
    kim = make_agent(olga.workspace)
    keep_draft(again, kim, Words("I will ask the baker."), seen_up_to=2, why="")

    merge(again, into=bread, by=olga)
    offered = [draft.text for draft in drafts_left_behind(bread, kim)]
    unmerge(again, by=olga)

    assert offered == ["I will ask the baker."]
    assert draft_of(again, kim).text == "I will ask the baker."
