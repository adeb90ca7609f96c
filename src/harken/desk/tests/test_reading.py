"""Where a thread opens, how a long one is walked, and how it looks on paper."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.desk import thread
from harken.desk.tests.visits import Visitor, read, texts
from harken.desk.thread import MESSAGES_PER_PAGE
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.seen import seen_by

pytestmark = pytest.mark.django_db


def long_ticket(visitor: Visitor, messages: int) -> Ticket:
    ticket = make_ticket(visitor.workspace, text="Message 1.")
    for number in range(2, messages + 1):
        make_message(ticket, text=f"Message {number}.")
    return ticket


def shown(visitor: Visitor, ticket: Ticket, **query: object) -> list[str]:
    return texts(visitor.look(f"tickets/{ticket.number}/", **query), ".msg-body")


def test_what_is_new_is_told_from_what_was_read(olga):
    ticket = long_ticket(olga, 2)
    assert olga.look(f"tickets/{ticket.number}/").css_first("#first-new") is None
    make_message(ticket, text="Message 3.")
    make_message(ticket, text="Message 4.")

    page = olga.look(f"tickets/{ticket.number}/")

    assert texts(page, "#first-new ~ .msg .msg-body") == ["Message 3.", "Message 4."]
    assert olga.look(f"tickets/{ticket.number}/").css_first("#first-new") is None


def test_ones_own_answer_is_not_new(olga):
    ticket = long_ticket(olga, 1)
    olga.look(f"tickets/{ticket.number}/")
    ticket.reply(Words("Soon."), by=olga.agent, seen_up_to=ticket.last_position)

    assert olga.look(f"tickets/{ticket.number}/").css_first("#first-new") is None


def test_what_one_colleague_read_is_still_new_to_another(olga):
    ticket = long_ticket(olga, 1)
    tomas = Visitor.signed_in(make_agent(olga.workspace))
    for each in (olga, tomas):
        each.look(f"tickets/{ticket.number}/")
    make_message(ticket)
    olga.look(f"tickets/{ticket.number}/")

    assert tomas.look(f"tickets/{ticket.number}/").css_first("#first-new") is not None


def test_what_arrives_before_somebodys_eyes_counts_as_read(olga):
    ticket = long_ticket(olga, 1)
    olga.look(f"tickets/{ticket.number}/")
    make_message(ticket)

    olga.get(f"tickets/{ticket.number}/messages/", htmx=True, **{"from": 1})
    assert seen_by(ticket, olga.agent) == 1
    olga.get(f"tickets/{ticket.number}/messages/", htmx=True, **{"from": 1, "seen": ""})

    assert seen_by(ticket, olga.agent) == 2


def test_older_pages_take_back_nothing_that_was_read(olga):
    ticket = long_ticket(olga, MESSAGES_PER_PAGE + 5)
    olga.look(f"tickets/{ticket.number}/")

    olga.look(f"tickets/{ticket.number}/messages/", before=6)
    olga.look(f"tickets/{ticket.number}/", at=3)

    assert seen_by(ticket, olga.agent) == MESSAGES_PER_PAGE + 5


def test_a_long_thread_opens_around_the_message_that_was_looked_for(olga):
    ticket = long_ticket(olga, 3 * MESSAGES_PER_PAGE)

    page = olga.look(f"tickets/{ticket.number}/", at=60)

    assert texts(page, ".msg-body")[0] == "Message 52."
    assert len(page.css(".msg")) == MESSAGES_PER_PAGE
    (later, newest) = page.css(".thread > .earlier:last-child a")
    assert shown(olga, ticket, at=later.attributes["href"].rpartition("=")[2])[8] == "Message 101."
    assert "at=" not in newest.attributes["href"]


def test_an_answer_from_the_middle_of_a_thread_is_not_given_blind(olga):
    ticket = long_ticket(olga, 3 * MESSAGES_PER_PAGE)
    page = olga.look(f"tickets/{ticket.number}/", at=60)
    seen = page.css_first("[name=seen_up_to]").attributes["value"]

    refused = olga.post(
        f"tickets/{ticket.number}/messages/", {"kind": "reply", "text": "Yes.", "seen_up_to": seen}
    )

    assert seen == "101"
    assert refused.status_code == 409


def test_a_short_thread_is_shown_whole_wherever_one_was_led(olga):
    ticket = long_ticket(olga, 20)

    assert shown(olga, ticket, at=19) == [f"Message {number}." for number in range(1, 21)]


@pytest.mark.parametrize("at", ["0", "999999999", "-3", "x", "9" * 30])
def test_a_place_that_is_not_there_is_no_error(olga, at):
    ticket = long_ticket(olga, MESSAGES_PER_PAGE + 1)

    assert olga.get(f"tickets/{ticket.number}/", at=at).status_code == 200


def test_the_number_that_people_say_leads_to_the_request(olga):
    ticket = make_ticket(olga.workspace)

    answer = olga.get(f"tickets/{ticket.short_number[1:]}/")

    assert answer.url == olga.path(f"tickets/{ticket.number}/")
    assert Visitor.stranger().get(f"tickets/{ticket.short_number[1:]}/").status_code == 404


def test_on_paper_stands_everything_and_notes_where_they_are_wanted(olga):
    ticket = long_ticket(olga, MESSAGES_PER_PAGE + 2)
    ticket.note(Words("She is right."), by=olga.agent)

    plain, with_notes = (
        texts(olga.look(f"tickets/{ticket.number}/paper/", **query), ".paper-message > div")
        for query in ({}, {"notes": ""})
    )

    assert plain == [f"Message {number}." for number in range(1, MESSAGES_PER_PAGE + 3)]
    assert with_notes == [*plain, "She is right."]


def test_a_stranger_gets_no_paper(olga):
    ticket = long_ticket(olga, 1)

    assert Visitor.stranger().get(f"tickets/{ticket.number}/paper/").status_code == 404


def test_paper_costs_as_many_queries_however_long_the_thread(olga):
    counts = []
    for messages in (2, 12):
        ticket = long_ticket(olga, messages)
        olga.get(f"tickets/{ticket.number}/paper/")
        with CaptureQueriesContext(connection) as asked:
            olga.get(f"tickets/{ticket.number}/paper/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.fixture
def read_messages(monkeypatch) -> list[int]:
    """The positions of all messages that are read from the database, from now on."""
    positions: list[int] = []
    from_db = Message.from_db

    def noted(*given):
        message = from_db(*given)
        positions.append(message.position)
        return message

    monkeypatch.setattr(Message, "from_db", noted)
    return positions


@pytest.mark.parametrize("way", ["refresh", "answer", "refusal", "composer", "taken back"])
def test_a_page_that_was_open_too_long_is_shown_anew_and_never_read_whole(
    olga, monkeypatch, read_messages, way
):
    monkeypatch.setattr(thread, "MESSAGES_PER_PAGE", 4)
    monkeypatch.setattr(thread, "MESSAGES_OF_AN_OPEN_PAGE", 8)
    ticket = long_ticket(olga, 30)
    path, note = f"tickets/{ticket.number}/messages/", {"kind": "note", "text": "Look.", "seen_up_to": "30"}
    sent = ticket.reply(Words("Soon."), by=olga.agent, seen_up_to=30, undo_seconds=30)
    asked = {
        "refresh": lambda: olga.get(path, htmx=True, **{"from": 1}),
        "answer": lambda: olga.post(f"{path}?from=1", note, htmx=True),
        "refusal": lambda: olga.post(f"{path}?from=1", note | {"text": ""}, htmx=True),
        "composer": lambda: olga.get(f"tickets/{ticket.number}/composer", htmx=True, **{"from": 1}),
        "taken back": lambda: olga.post(f"messages/{sent.pk}/taking-back?from=1", htmx=True),
    }
    read_messages.clear()

    page = read(asked[way]())

    assert min(read_messages, default=27) > 24
    if way != "composer":
        assert len(page.css("#thread #messages .msg")) == 4
        assert page.css_first("#thread .earlier a") is not None


def test_what_came_since_a_page_was_opened_joins_it(olga, monkeypatch):
    monkeypatch.setattr(thread, "MESSAGES_PER_PAGE", 4)
    monkeypatch.setattr(thread, "MESSAGES_OF_AN_OPEN_PAGE", 8)
    ticket = long_ticket(olga, 30)

    page = read(olga.get(f"tickets/{ticket.number}/messages/", htmx=True, **{"from": 23}))

    assert page.css_first("#thread") is None
    assert texts(page, ".msg-body") == [f"Message {number}." for number in range(23, 31)]
