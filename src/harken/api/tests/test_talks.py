"""Calls and messages from elsewhere, logged over the API."""

import pytest

from harken.agents.factories import make_agent
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message

CALL = {"text": "Wants a new label.", "way": "call", "minutes": 4}


def test_a_call_opens_a_ticket_of_its_own_and_sends_nothing(olga):
    who = {"email": "ann@crumb.example", "name": "Ann Baker"}

    told = olga.post("/tickets/talks", CALL | {"requester": who, "then": "ours"}).json()

    message = Message.objects.get()
    assert (told["state"], told["channel"], told["subject"]) == ("open", "call", "Wants a new label.")
    assert (told["requester"]["name"], bool(told["waiting_since"])) == ("Ann Baker", True)
    assert (message.talk.way, message.talk.minutes, message.author_agent) == ("call", 4, olga.agent)
    assert not message.deliveries.exists()


def test_a_call_joins_the_ticket_it_was_about(olga):
    ticket = make_ticket(olga.workspace)

    told = olga.post(f"/tickets/{ticket.number}/talks", CALL | {"direction": "outgoing", "then": "theirs"})

    assert (told.status_code, told.json()["state"], told.json()["message_count"]) == (201, "waiting", 2)


@pytest.mark.parametrize("wrong", [{"text": " "}, {"way": "pigeon"}, {"minutes": -1}, {"then": "later"}])
def test_what_makes_no_sense_is_refused_and_logs_nothing(olga, wrong):
    ticket = make_ticket(olga.workspace)

    assert olga.post(f"/tickets/{ticket.number}/talks", CALL | wrong).status_code == 422
    assert ticket.messages.count() == 1


def test_a_strangers_ticket_is_not_there(olga, caller):
    ticket = make_ticket(olga.workspace)
    mallory = caller(make_agent())

    assert mallory.post(f"/tickets/{ticket.number}/talks", CALL).status_code == 404
