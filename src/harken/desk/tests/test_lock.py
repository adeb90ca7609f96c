from typing import Any

import pytest

from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor, read, texts
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_ticket
from harken.tickets.locks import holder_of, take, take_over
from harken.tickets.models import Ticket

pytestmark = pytest.mark.django_db
TAB: dict[str, Any] = {"Harken-Tab": "tab-of-tom", "HX-Request": "true"}


@pytest.fixture
def ticket(olga: Visitor) -> Ticket:
    return make_ticket(olga.workspace)


@pytest.fixture
def tom(olga: Visitor) -> Visitor:
    tom = Visitor.signed_in(make_agent(olga.workspace, "tom@fennel.example"))
    tom.agent.user.name = "Tomás Herrera"
    tom.agent.user.save()
    return tom


def type_in(visitor: Visitor, ticket: Ticket, **words: str) -> str:
    """What the page answers when its visitor has pressed a key, or one of its buttons."""
    path = visitor.path(f"tickets/{ticket.number}/lock")
    response = visitor._back(visitor.client.post(path, words, headers=TAB))
    return " ".join(texts(read(response), ".held"))


def test_opening_a_request_takes_no_lock(olga: Visitor, ticket: Ticket):
    olga.get(f"tickets/{ticket.number}/")

    assert holder_of(ticket) is None


def test_typing_takes_it_and_others_see_who_writes(olga: Visitor, tom: Visitor, ticket: Ticket):
    assert type_in(tom, ticket) == ""

    assert "Tomás Herrera is writing an answer" in type_in(olga, ticket)
    assert "Tomás Herrera is writing an answer" in olga.get(f"tickets/{ticket.number}/lock").content.decode()
    assert holder_of(ticket).agent == tom.agent


def test_letting_a_draft_go_lets_go_of_the_lock(olga: Visitor, tom: Visitor, ticket: Ticket):
    type_in(tom, ticket)
    type_in(olga, ticket)

    olga.post(f"tickets/{ticket.number}/draft")
    assert holder_of(ticket).agent == tom.agent
    tom.post(f"tickets/{ticket.number}/draft")

    assert holder_of(ticket) is None


def test_a_row_of_the_list_says_who_writes(olga: Visitor, tom: Visitor, ticket: Ticket):
    take(ticket, by=tom.agent)

    theirs, own = olga.look("inbox/", view="open"), tom.look("inbox/", view="open")

    assert texts(theirs, ".row-peek") == ["Tomás is writing"]
    assert texts(theirs, ".row .turn-held") == ["Someone is answering"]
    assert texts(own, ".row-peek") == ["You are writing"]


def test_taking_over_is_told_to_whom_it_was_taken_from(olga: Visitor, tom: Visitor, ticket: Ticket):
    take(ticket, by=olga.agent)

    assert type_in(tom, ticket, over="1") == ""

    assert "Tomás Herrera has taken over the answer. What you wrote is kept." in type_in(olga, ticket)
    page = olga.look(f"tickets/{ticket.number}/")
    assert any("Tomás Herrera took over the answer from" in line for line in texts(page, ".event"))


def test_leaving_lets_go_of_what_this_page_holds(tom: Visitor, ticket: Ticket):
    type_in(tom, ticket)

    tom.client.post(tom.path(f"tickets/{ticket.number}/lock"), {"gone": "1", "tab": "another"})
    tom.get("inbox/")
    still = holder_of(ticket)
    tom.client.post(tom.path(f"tickets/{ticket.number}/lock"), {"gone": "1", "tab": "tab-of-tom"})
    tom.get("inbox/")

    assert still is not None
    assert holder_of(ticket) is None


def test_without_scripts_taking_over_comes_back_to_the_page_with_what_was_typed(
    olga: Visitor, tom: Visitor, ticket: Ticket
):
    take(ticket, by=olga.agent)

    response = tom.post(f"tickets/{ticket.number}/lock", {"over": "1", "text": "Dear Ann", "seen_up_to": "1"})

    assert response.status_code == 302
    assert holder_of(ticket).agent == tom.agent
    assert draft_of(ticket, tom.agent).text == "Dear Ann"


def test_zero_bytes_of_a_page_are_no_error(olga: Visitor, tom: Visitor, ticket: Ticket):
    tom.post(f"tickets/{ticket.number}/lock", {"text": "Dear\0 Ann", "tab": "a\0b", "seen_up_to": "9" * 5000})
    tom.post(f"tickets/{ticket.number}/lock", {"tab": "a\0b", "gone": "1"})

    assert draft_of(ticket, tom.agent).text == "Dear Ann"
    assert holder_of(ticket) is None


@pytest.mark.parametrize("idle", ["", "x", "-1", "9999", "1e3"])
def test_a_page_that_tells_nonsense_of_its_keys_holds_it_from_now(tom: Visitor, ticket: Ticket, idle: str):
    type_in(tom, ticket, idle=idle)

    lock = holder_of(ticket)
    assert lock.typed_at == lock.taken_at


def test_a_stranger_neither_sees_nor_takes_a_lock(olga: Visitor, mallory: Visitor, ticket: Ticket):
    path = olga.path(f"tickets/{ticket.number}/lock")

    answers = [mallory.client.get(path), mallory.client.post(path), mallory.client.delete(path)]
    olga.get("inbox/")

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert holder_of(ticket) is None


def test_what_a_keystroke_costs_stays_the_same(
    olga: Visitor, tom: Visitor, ticket: Ticket, django_assert_max_num_queries: Any
):
    take_over(ticket, by=olga.agent)
    type_in(tom, ticket)

    with django_assert_max_num_queries(12):
        type_in(tom, ticket)


def test_the_room_takes_the_answer_over_in_line(olga: Visitor, tom: Visitor, ticket: Ticket):
    type_in(tom, ticket)

    taking_over = olga.look("room/").css_first("[data-take-over]").attributes

    composer = olga.look(f"room/{ticket.number}/", write="reply")
    assert str(taking_over["hx-get"]).endswith(f"/room/{ticket.number}/?write=reply")
    assert composer.css_first(f"#ask-write-{ticket.number} [data-over]") is not None
