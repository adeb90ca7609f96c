import pytest

from harken.agents.factories import make_agent
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise
from harken.tickets.errors import NobodyToSendTo, NothingToSend
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.start import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


def test_a_request_begins_with_our_words_and_waits_for_them(olga):
    ann = recognise(olga.workspace, "ann@crumb.example", "Ann Baker")

    ticket = start(ann, "Your new shop", Words("When do you open?"), by=olga, cc=["dan@crumb.example"])

    first = ticket.messages.get()
    assert (ticket.state, ticket.waiting_since, ticket.assignee) == (Ticket.State.WAITING, None, olga)
    assert (first.kind, first.to, first.cc) == (
        Message.Kind.REPLY,
        ["ann@crumb.example"],
        ["dan@crumb.example"],
    )
    assert ticket.requester == ann.contact
    assert ticket.number > 0


def test_their_answer_joins_it(olga):
    ann = recognise(olga.workspace, "ann@crumb.example")
    ticket = start(ann, "Your new shop", Words("When do you open?"), by=olga)

    ticket.receive(Words("On Monday."), sender=ann)

    assert ticket.is_our_turn
    assert ticket.participants.filter(address="ann@crumb.example").count() == 1


def test_a_form_sent_twice_begins_one_request(olga):
    ann = recognise(olga.workspace, "ann@crumb.example")

    tickets = [start(ann, "Hello", Words("Hello"), by=olga, key="form-1") for _click in range(2)]

    assert tickets[0] == tickets[1]
    assert Message.objects.count() == 1


def test_nothing_begins_without_words_or_without_a_mail_address(olga):
    ann = recognise(olga.workspace, "ann@crumb.example")
    phone = Identity.objects.create(
        workspace=olga.workspace, contact=ann.contact, kind=Identity.Kind.PHONE, address="+441130000000"
    )

    with pytest.raises(NothingToSend):
        start(ann, "Hello", Words("  "), by=olga)
    with pytest.raises(NobodyToSendTo):
        start(phone, "Hello", Words("Hello"), by=olga)

    assert not Ticket.objects.exists()
