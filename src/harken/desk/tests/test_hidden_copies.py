"""Hidden copies from outside: who gets the letter, and who sees that."""

import pytest

from harken.channels.email.compose import compose
from harken.channels.factories import make_channel
from harken.channels.leaving.outgoing import channel_of, outgoing_for
from harken.channels.models import Delivery
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

BOSS = "boss@crumb.example"


@pytest.fixture
def bread(olga: Visitor) -> Ticket:
    make_channel(olga.workspace)
    return make_ticket(olga.workspace)


def send(visitor: Visitor, ticket: Ticket, **typed: str) -> Message:
    form = {"kind": "reply", "text": "Here.", "seen_up_to": "1", "to": "ann@crumb.example"} | typed
    answer = visitor.post(f"tickets/{ticket.number}/messages/", form, htmx=True)
    assert answer.status_code == 200
    return ticket.messages.get(kind=Message.Kind.REPLY)


def test_a_hidden_copy_is_delivered_and_stands_in_no_header(olga, bread):
    reply = send(olga, bread, bcc=f"Boss <{BOSS}>, ann@crumb.example")

    assert reply.bcc == [BOSS]
    roles = dict(reply.deliveries.values_list("address", "role"))
    assert roles == {"ann@crumb.example": Delivery.Role.TO, BOSS: Delivery.Role.BCC}
    letter = outgoing_for(reply, channel_of(bread), list(roles))
    assert BOSS in letter.recipients
    assert b"boss" not in compose(letter).lower()


def test_colleagues_read_who_got_a_hidden_copy(olga, bread):
    send(olga, bread, bcc=BOSS)

    assert f"bcc {BOSS}" in texts(olga.look(f"tickets/{bread.number}/"), ".msg-us .msg-to")[0]


def test_who_got_a_hidden_copy_gets_no_further_answer_by_itself(olga, bread):
    send(olga, bread, bcc=BOSS)

    assert bread.copied_addresses == []
    assert attribute(olga.look(f"tickets/{bread.number}/"), "[name=bcc]", "value") == ""


def test_what_is_no_address_is_refused_and_stays_as_it_was_typed(olga, bread):
    form = {"kind": "reply", "text": "Here.", "seen_up_to": "1", "bcc": "boss@"}

    answer = olga.post(f"tickets/{bread.number}/messages/", form)

    assert answer.status_code == 422
    page = read(answer)
    assert "is not a mail address" in texts(page, ".composer-news")[0]
    assert attribute(page, "[name=bcc]", "value") == "boss@"
