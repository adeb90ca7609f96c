from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.contacts.factories import make_contact
from harken.contacts.models import Contact
from harken.events.models import Event
from harken.tickets.errors import NothingToSend, SomethingUnseen
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message, Talk, Words
from harken.tickets.states import State
from harken.tickets.talks import ask_colleagues, log_talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


def test_a_call_that_settled_it_is_done_at_once(olga):
    ann = make_contact(olga.workspace)

    message = log_talk(ann, Words("Told her to switch it off."), by=olga, way="call", minutes=4)

    ticket = message.ticket
    assert (ticket.state, ticket.waiting_since) == (State.CLOSED, None)
    assert (ticket.channel_kind, ticket.subject) == ("call", "Told her to switch it off.")
    assert (message.talk.way, message.talk.minutes) == (Talk.Way.CALL, 4)
    assert (message.author_contact, message.author_agent) == (ann, olga)


@pytest.mark.parametrize(("then", "state"), [("ours", State.OPEN), ("theirs", State.WAITING)])
def test_whose_turn_it_is_afterwards_is_said(olga, then, state):
    ann = make_contact(olga.workspace)

    ticket = log_talk(ann, Words("Wants a new label."), by=olga, way="telegram", then=then).ticket

    assert (ticket.state, ticket.is_our_turn) == (state, then == "ours")


@pytest.mark.parametrize(("direction", "is_heard"), [("incoming", True), ("outgoing", False)])
def test_who_calls_is_heard_of(olga, direction, is_heard):
    ann = make_contact(olga.workspace)

    log_talk(ann, Words("Wants a new label."), by=olga, way="call", direction=direction)

    ann.refresh_from_db()
    assert (ann.last_heard_at is not None) == is_heard


def test_a_call_about_an_open_request_joins_it(olga):
    ticket = make_ticket(olga.workspace)

    message = ticket.log(Words("Called her back."), by=olga, way="call", direction="outgoing", then="theirs")

    assert (message.kind, message.to) == (Message.Kind.REPLY, [])
    assert not message.deliveries.exists()
    assert ticket.state == State.WAITING


def test_an_empty_talk_is_not_logged(olga):
    with pytest.raises(NothingToSend):
        log_talk(make_contact(olga.workspace), Words("  "), by=olga, way="call")


def test_a_question_to_colleagues_waits_for_the_others(olga):
    message = ask_colleagues(Words("Who has the key of the store?"), by=olga)

    ticket = message.ticket
    assert ticket.stays_inside
    assert ticket.is_our_turn
    assert message.author_name == olga.name
    assert not Contact.objects.visible_to(olga).present().exists()


def test_nothing_of_an_internal_request_leaves_by_mail(olga):
    ticket = ask_colleagues(Words("Who has the key?"), by=olga).ticket
    kim = make_agent(olga.workspace)

    ticket.reply(Words("I do."), by=kim, seen_up_to=1, to=["ann@crumb.example"])

    assert ticket.messages.last().to == []
    assert not ticket.messages.filter(deliveries__isnull=False).exists()
    assert ticket.state == State.WAITING


def test_who_asked_goes_on_asking(olga):
    ticket = ask_colleagues(Words("Who has the key?"), by=olga).ticket
    ticket.reply(Words("I do."), by=make_agent(olga.workspace), seen_up_to=1)

    message = ticket.reply(Words("And the other one?"), by=olga, seen_up_to=2)

    assert message.kind == Message.Kind.CONTACT
    assert ticket.is_our_turn


def test_who_asked_brings_back_what_was_set_aside(olga):
    ticket = ask_colleagues(Words("Who has the key?"), by=olga).ticket
    ticket.set_aside(by=make_agent(olga.workspace), until=timezone.now() + timedelta(days=1))

    ticket.reply(Words("It is urgent now."), by=olga, seen_up_to=1)

    ticket.refresh_from_db()
    assert (ticket.is_our_turn, ticket.set_aside_until) == (True, None)
    assert Event.objects.filter(ticket_id=ticket.pk, type="ticket.returned").exists()


def test_nobody_answers_a_colleague_blind(olga):
    ticket = ask_colleagues(Words("Who has the key?"), by=olga).ticket
    ticket.reply(Words("The new one."), by=olga, seen_up_to=1)

    with pytest.raises(SomethingUnseen):
        ticket.reply(Words("I do."), by=make_agent(olga.workspace), seen_up_to=1)
