"""What stays inside: questions among colleagues, and the sample that a new room begins with."""

import pytest

from harken.agents.factories import make_agent
from harken.contacts.recognise import recognise
from harken.tickets.errors import NoCustomerTakesPart
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.move import move
from harken.tickets.requester import change_requester
from harken.tickets.talks import ask_colleagues, put_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture(params=["a question", "the sample"])
def inside(request: pytest.FixtureRequest, olga) -> Ticket:
    if request.param == "the sample":
        return put_sample(olga).ticket
    return ask_colleagues(Words("Who has the key?"), by=olga).ticket


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_no_customer_gets_into_it_by_merging_nor_it_to_a_customer(olga, inside):
    bread = make_ticket(olga.workspace)

    for one, other in ((bread, inside), (inside, bread)):
        with pytest.raises(NoCustomerTakesPart):
            merge(fresh(one), into=fresh(other), by=olga, copies=True)

    assert (fresh(bread).message_count, fresh(inside).message_count) == (1, 1)


def test_no_word_moves_between_it_and_a_customer(olga, inside):
    bread = make_ticket(olga.workspace)
    make_message(bread, "And my cake?")

    for one, other in ((bread, inside), (inside, bread)):
        with pytest.raises(NoCustomerTakesPart):
            move(one.messages.get(position=1), to=fresh(other), by=olga)

    assert (fresh(bread).message_count, fresh(inside).message_count) == (2, 1)


def test_it_is_made_nobody_elses(olga, inside):
    ann = recognise(olga.workspace, "ann@crumb.example")

    with pytest.raises(NoCustomerTakesPart):
        change_requester(fresh(inside), ann, by=olga, keeps_copies=False)

    assert fresh(inside).requester_id == inside.requester_id


def test_two_questions_among_colleagues_become_one(olga):
    one, other = (ask_colleagues(Words(words), by=olga).ticket for words in ("Who has the key?", "And now?"))

    merge(one, into=other, by=olga)

    assert fresh(other).message_count == 2


def test_the_sample_is_answered_like_a_request_and_nothing_leaves(olga):
    asked = put_sample(olga)
    assert (asked.author_agent, asked.author_name, asked.ticket.is_our_turn) == (None, "Rosa Lind", True)

    answer = asked.ticket.reply(Words("Every Saturday."), by=olga, seen_up_to=1, to=["ann@crumb.example"])

    assert (answer.kind, answer.to, answer.deliveries.count()) == (Message.Kind.REPLY, [], 0)
    assert not fresh(asked.ticket).is_our_turn


def test_the_sample_speaks_the_language_of_its_workspace(olga):
    olga.workspace.language = "ru"

    asked = put_sample(olga)

    assert asked.text.startswith("Доброе утро")
