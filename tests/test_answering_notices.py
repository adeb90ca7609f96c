"""Colleagues answer the letters that tell them of a request: what is sent, what waits, and what stays among them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent
from harken.channels.tests.letters import arrive
from harken.notifications.factories import make_preference
from harken.notifications.models import Scope
from harken.tickets.drafts import draft_of
from harken.tickets.models import Ticket, Words
from tests.mail_programs import (
    ANN,
    HELP,
    KIM,
    OLGA,
    Post,
    answer_to,
    asked,
    olga_with_a_mailbox,
    outside,
    written,
)
from tests.telling import text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with outside(settings) as post:
        yield post


@pytest.fixture
def olga(post: Post) -> Agent:
    return olga_with_a_mailbox()


@pytest.fixture
def kim(olga: Agent) -> Agent:
    return make_agent(olga.workspace, user=make_user(KIM, name="Kim Sato"))


def test_a_robot_has_no_reason_to_answer_it(post: Post, olga: Agent):
    asked()

    [letter] = told(post, olga.workspace)

    mail = letter.message
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Harken-Loop"]


def test_an_answer_to_the_letter_answers_the_customer(post: Post, olga: Agent):
    ticket = asked()
    [letter] = told(post, olga.workspace)

    # No server vouches for her program: the address that only she was given does.
    arrival = arrive(answer_to(letter, OLGA, "In the oven.", dmarc=""))

    message = arrival.message
    assert message is not None
    assert (arrival.ticket, message.kind, message.text) == (ticket, "reply", "In the oven.")
    [left] = post.send(message)
    assert left.recipients == ("ann@crumb.example",)
    assert b"##-" not in left.raw


def test_an_answer_that_has_not_seen_the_last_waits_as_a_draft(post: Post, olga: Agent):
    ticket = asked()
    [letter] = told(post, olga.workspace)
    arrive(written(ANN, "Today, please!", In_Reply_To=f"<{ticket.messages.first().external_id}>"))

    arrival = arrive(answer_to(letter, OLGA, "Tomorrow."))

    draft = draft_of(ticket, olga)
    assert draft is not None
    assert (arrival.rule, draft.text) == ("colleague-unseen", "Tomorrow.")
    assert not ticket.messages.filter(kind="reply").exists()


def test_the_next_letter_has_shown_more_and_its_answer_leaves(post: Post, olga: Agent):
    ticket = asked()
    told(post, olga.workspace)
    arrive(written(ANN, "Today, please!", In_Reply_To=f"<{ticket.messages.first().external_id}>"))
    [letter] = told(post, olga.workspace, after=timedelta(minutes=5))

    arrival = arrive(answer_to(letter, OLGA, "At noon."))

    assert letter.message["References"]
    assert arrival.rule == "colleague-answer"


def test_what_a_program_quotes_in_its_own_way_never_reaches_the_customer(post: Post, olga: Agent):
    ticket = asked()
    ticket.note(Words("She never pays."), by=make_agent(olga.workspace, KIM))
    [letter] = [each for each in told(post, olga.workspace) if each.recipients == (OLGA,)]
    plainly = f"In the oven.\n\nYour desk said in its letter of today\n{text_of(letter)}"
    raw = written(OLGA, plainly, to=letter.message["Reply-To"], In_Reply_To=letter.message["Message-ID"])

    message = arrive(raw).message

    assert message is not None
    [left] = post.send(message)
    assert b"In the oven." in left.raw
    assert b"She never pays." not in left.raw
    assert b"Where is my bread?" not in left.raw


def test_what_is_written_below_the_line_alone_is_held_and_not_lost(post: Post, olga: Agent):
    asked()
    [letter] = told(post, olga.workspace)
    raw = written(
        OLGA,
        f"{text_of(letter)}\nIn the oven.",
        to=letter.message["Reply-To"],
        In_Reply_To=letter.message["Message-ID"],
    )

    arrival = arrive(raw)

    assert (arrival.state, arrival.rule) == ("held", "colleague-refused")


def test_who_is_named_in_a_note_answers_with_a_note(post: Post, olga: Agent, kim: Agent):
    make_preference(olga, mail=Scope.NAMED)
    ticket = asked()
    ticket.note(Words("Olga, may she pay later?"), by=kim, mentions=[olga])
    [letter] = [each for each in told(post, olga.workspace) if each.recipients == (OLGA,)]

    message = arrive(answer_to(letter, OLGA, "Never again.", dmarc="")).message

    assert message is not None
    assert "Kim Sato names you." in text_of(letter)
    assert "becomes a note" in text_of(letter)
    assert (message.kind, message.text, message.ticket) == ("note", "Never again.", ticket)


def test_a_colleague_who_was_forwarded_that_letter_writes_a_note_too(post: Post, olga: Agent, kim: Agent):
    ticket = asked()
    ticket.note(Words("Olga, may she pay later?"), by=kim, mentions=[olga])
    [letter] = [each for each in told(post, olga.workspace) if each.recipients == (OLGA,)]

    message = arrive(answer_to(letter, KIM, "Rather not.")).message

    assert message is not None
    assert (message.kind, message.author_agent) == ("note", kim)


def test_a_stranger_with_the_letters_address_is_no_colleague(post: Post, olga: Agent):
    ticket = asked()
    [letter] = told(post, olga.workspace)

    arrival = arrive(answer_to(letter, "mallory@evil.example", "Send it to me."))

    assert arrival.ticket != ticket
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_letter_that_comes_back_is_known_as_ours(post: Post, olga: Agent):
    asked()
    [letter] = told(post, olga.workspace)
    before = Ticket.objects.count()

    arrival = arrive(letter.raw.replace(OLGA.encode(), HELP.encode()))

    assert arrival.state == "loop"
    assert Ticket.objects.count() == before
    assert told(post, olga.workspace, after=timedelta(hours=2)) == []


def test_an_absence_note_tells_nobody(post: Post, olga: Agent):
    ticket = asked()
    [letter] = told(post, olga.workspace)
    arrive(answer_to(letter, OLGA, "I am away.", Auto_Submitted="auto-replied"))

    assert told(post, olga.workspace, after=timedelta(hours=2)) == []
    assert ticket.messages.filter(kind="note", is_automatic=True).exists()
