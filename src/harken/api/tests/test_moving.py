import pytest

from harken.agents.factories import make_agent
from harken.api.tests.conftest import Caller
from harken.tickets.drafts import draft_of, keep_draft
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import ForeignNumber, Ticket, Words


def with_cake(olga: Caller) -> tuple[Ticket, str]:
    """A ticket with a second matter in it, and the address that moves that."""
    ticket = make_ticket(olga.workspace, subject="Bread")
    message = make_message(ticket, "And a cake.")
    return ticket, f"/tickets/{ticket.number}/messages/{message.pk}/move"


def test_a_message_is_split_off_and_both_know_each_other(olga: Caller):
    ticket, address = with_cake(olga)

    made = olga.post(address, {"subject": "A cake"})

    assert made.status_code == 200
    assert (made.json()["subject"], made.json()["message_count"]) == ("A cake", 1)
    [related] = olga.get(f"/tickets/{ticket.number}/related").json()["tickets"]
    assert related == {"number": made.json()["number"], "subject": "A cake", "state": "open"}


def test_a_message_goes_to_the_ticket_that_was_named_and_back(olga: Caller):
    ticket, address = with_cake(olga)
    other = make_ticket(olga.workspace, "bob@crumb.example")

    moved = olga.post(address, {"to": other.number})
    message = other.messages.get(text="And a cake.")
    back = olga.post(f"/tickets/{other.number}/messages/{message.pk}/move", {"to": ticket.number % 10**8})

    assert moved.json()["number"] == other.number
    assert back.json()["number"] == ticket.number


@pytest.mark.parametrize(
    ("body", "status"), [({"to": 999_999}, 422), ({"to": "x"}, 422), ({"to": None, "more": 1}, 422)]
)
def test_what_cannot_be_is_refused_and_moves_nothing(olga: Caller, body: dict[str, object], status: int):
    ticket, address = with_cake(olga)

    assert olga.post(address, body).status_code == status
    assert ticket.messages.count() == 2


def test_the_last_message_stays_where_it_is(olga: Caller):
    ticket = make_ticket(olga.workspace)

    refused = olga.post(f"/tickets/{ticket.number}/messages/{ticket.messages.get().pk}/move", {})

    assert refused.status_code == 422
    assert "Nothing was moved" in refused.json()["title"] + refused.json()["detail"]


def test_a_message_is_moved_from_its_own_ticket_alone(olga: Caller):
    ticket, _address = with_cake(olga)
    other = make_ticket(olga.workspace, "bob@crumb.example")

    answer = olga.post(f"/tickets/{other.number}/messages/{ticket.messages.first().pk}/move", {})

    assert answer.status_code == 404


def test_other_desks_numbers_are_told(olga: Caller):
    ticket, _address = with_cake(olga)
    known = {"workspace": olga.workspace, "number": "42", "words": "[Ticket#42]"}
    ForeignNumber.objects.create(
        message=ticket.messages.get(position=1), address="ann@crumb.example", **known
    )

    assert olga.get(f"/tickets/{ticket.number}/related").json()["foreign_numbers"] == ["[Ticket#42]"]


def test_a_draft_is_told_to_its_writer_alone_and_let_go(olga: Caller, caller):
    ticket, _address = with_cake(olga)
    keep_draft(ticket, olga.agent, Words("Tomorrow."), seen_up_to=1, why="unseen")
    kim = caller(make_agent(olga.workspace))

    told = olga.get(f"/tickets/{ticket.number}/draft").json()

    assert (told["text"], told["why"], told["seen_up_to"]) == ("Tomorrow.", "unseen", 1)
    assert kim.get(f"/tickets/{ticket.number}/draft").status_code == 404
    assert olga._send("delete", f"/tickets/{ticket.number}/draft").status_code == 204
    assert draft_of(ticket, olga.agent) is None
