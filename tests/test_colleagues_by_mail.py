"""A colleague answers from their own mail program: what counts as theirs, what waits, and who reads it."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.ledger.rows import evidence_of
from harken.channels.tests.letters import arrive
from harken.tickets.drafts import draft_of
from harken.tickets.models import Ticket, Words
from tests.mail_programs import (
    ANN,
    HELP,
    KIM,
    MALLORY,
    OLGA,
    Post,
    answer_to,
    answered,
    olga_with_a_mailbox,
    outside,
    written,
)
from tests.servers.smtp_sink import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with outside(settings) as post:
        yield post


@pytest.fixture
def olga(post: Post) -> Agent:
    return olga_with_a_mailbox()


def copied_to_olga(**headers: Any) -> tuple[Ticket, bytes]:
    """Ann writes to the desk with a copy to Olga; what Olga's program answers to everybody."""
    raw = written(ANN, "Where is my bread?", Message_ID="<ann1@crumb.example>", Cc=OLGA)
    ticket = arrive(raw).ticket
    assert ticket is not None
    letter = f"{headers.pop('text', 'In the oven.')}\n\n-- \nOlga\n\n> Where is my bread?\n"
    asked_with = {"to": "ann@crumb.example", "Cc": HELP, "In_Reply_To": "<ann1@crumb.example>"}
    return ticket, written(f"Olga <{OLGA}>", letter, **asked_with | headers)


def test_a_colleagues_answer_counts_as_theirs_and_goes_to_the_customer_once(post: Post, olga: Agent):
    ticket, raw = copied_to_olga()

    arrival = arrive(raw)

    message = arrival.message
    assert message is not None
    assert (arrival.rule, message.kind, message.author_agent) == ("colleague-answer", "reply", olga)
    assert message.text == "In the oven."
    assert arrival.evidence["reached"] == ["ann@crumb.example"]
    assert post.send(message) == []
    ticket.refresh_from_db()
    assert (ticket.state, ticket.is_our_turn, ticket.assignee) == ("waiting", False, olga)


def test_a_colleagues_answer_to_the_tickets_address_is_sent_with_our_message_id(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    arrive(answer_to(letter, ANN, "When?"))
    asked_again = ticket.messages.last()
    raw = written(
        f"Olga <{OLGA}>",
        "At noon.\n\n> When?\n",
        to=letter.message["Reply-To"],
        In_Reply_To=f"<{asked_again.external_id}>",
        Message_ID="<olga1@fennel.example>",
    )

    message = arrive(raw).message

    assert message is not None
    [left] = post.send(message)
    assert left.recipients == ("ann@crumb.example",)
    assert (left.message["Message-ID"], "At noon." in left.raw.decode()) == (f"<{message.external_id}>", True)
    assert b"When?" not in left.raw
    assert b"olga1@fennel.example" not in left.message["Message-ID"].encode()


def test_who_answers_the_colleagues_own_letter_comes_home_too(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(Message_ID="<olga2@fennel.example>")
    arrive(raw)

    arrival = arrive(written(ANN, "Lovely.", In_Reply_To="<olga2@fennel.example>"))

    assert arrival.ticket == ticket
    assert arrival.ticket.messages.count() == 3


def test_the_ledger_tells_by_what_a_colleagues_letter_became_theirs(post: Post, olga: Agent):
    _ticket, raw = copied_to_olga()

    told = {line.name: line.value for line in evidence_of(arrive(raw))}

    assert told["Allowed as"] == "a colleague"
    assert told["Proved by"] == "their domain"
    assert told["Reached by the letter itself"] == "ann@crumb.example"


def test_the_same_letter_of_a_colleague_by_two_routes_is_sent_once(post: Post, olga: Agent):
    ticket, raw = copied_to_olga()

    arrive(raw)
    again = arrive(b"Received: from elsewhere by mx\n" + raw)

    assert again.state == "duplicate"
    assert ticket.messages.filter(kind="reply").count() == 1


def test_the_same_letter_changed_by_a_list_is_not_sent_again_and_is_kept(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(Message_ID="<olga3@fennel.example>")
    arrive(raw)

    again = arrive(raw.replace(b"In the oven.", b"In the oven.\n_____\nBakers' list"))

    assert (again.state, again.rule) == ("held", "colleague-again")
    assert ticket.messages.filter(kind="reply").count() == 1


def test_an_answer_that_has_not_seen_the_last_is_a_draft_and_its_writer_is_told(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(text="Tomorrow at noon.")
    arrive(written(ANN, "I need it today!", In_Reply_To="<ann1@crumb.example>"))

    arrival = arrive(raw)

    draft = draft_of(ticket, olga)
    assert draft is not None
    assert (arrival.state, arrival.rule, arrival.ticket, arrival.message) == (
        *("joined", "colleague-unseen"),
        *(ticket, None),
    )
    assert (draft.text, draft.why) == ("Tomorrow at noon.", "unseen")
    assert not ticket.messages.filter(kind="reply").exists()
    told = post.tell(ticket, olga)
    words = told.message.get_payload(0).get_payload(decode=True).decode()
    assert told.recipients == (OLGA,)
    assert told.message["Auto-Submitted"] == "auto-generated"
    assert ("I need it today!" in words, "Tomorrow at noon." in words) == (True, True)


def told_of_a_draft(post: Post, olga: Agent) -> tuple[Ticket, Letter]:
    ticket, raw = copied_to_olga(text="Tomorrow at noon.")
    arrive(written(ANN, "I need it today!", In_Reply_To="<ann1@crumb.example>"))
    arrive(raw)
    return ticket, post.tell(ticket, olga)


def test_answering_that_notice_sends_with_open_eyes(post: Post, olga: Agent):
    ticket, told = told_of_a_draft(post, olga)

    # No server vouches for her program: the address that only she was given does.
    message = arrive(answer_to(told, OLGA, "Today then, at noon.", dmarc="")).message

    assert message is not None
    assert (message.author_agent, message.text) == (olga, "Today then, at noon.")
    [left] = post.send(message)
    assert left.recipients == ("ann@crumb.example",)
    assert draft_of(ticket, olga) is None


def test_an_empty_answer_to_the_notice_sends_the_draft(post: Post, olga: Agent):
    ticket, told = told_of_a_draft(post, olga)

    message = arrive(answer_to(told, OLGA, "", dmarc="")).message

    assert message is not None
    assert message.text == "Tomorrow at noon."
    assert draft_of(ticket, olga) is None


def test_answering_the_notice_is_guarded_too(post: Post, olga: Agent):
    ticket, told = told_of_a_draft(post, olga)
    arrive(written(ANN, "Forget it.", In_Reply_To="<ann1@crumb.example>"))

    arrival = arrive(answer_to(told, OLGA, "Today then."))

    draft = draft_of(ticket, olga)
    assert arrival.rule == "colleague-unseen"
    assert draft is not None
    assert draft.text == "Tomorrow at noon.\n\nToday then."


def test_a_colleagues_name_that_nobody_vouches_for_is_a_draft_and_they_are_told_once(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(text="Send your password.", dmarc="")

    arrival, again = arrive(raw), arrive(raw + b"\nNow!\n")

    draft = draft_of(ticket, olga)
    assert draft is not None
    assert [arrival.rule, again.rule, draft.why] == ["colleague-unverified"] * 2 + ["unverified"]
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_colleagues_own_words_take_the_place_of_a_forgers(post: Post, olga: Agent):
    ticket, forged = copied_to_olga(text="Send your password.", dmarc="")
    arrive(forged)
    arrive(written(ANN, "Today!", In_Reply_To="<ann1@crumb.example>"))

    arrive(copied_to_olga(text="Tomorrow at noon.")[1])

    draft = draft_of(ticket, olga)
    assert draft is not None
    assert (draft.text, draft.why) == ("Tomorrow at noon.", "unseen")


def test_a_forgers_words_are_held_where_a_colleagues_own_draft_waits(post: Post, olga: Agent):
    ticket, own = copied_to_olga(text="Tomorrow at noon.")
    arrive(written(ANN, "Today!", In_Reply_To="<ann1@crumb.example>"))
    arrive(own)

    arrival = arrive(
        copied_to_olga(text="Send your password.", dmarc="", Message_ID="<forged@evil.example>")[1]
    )

    draft = draft_of(ticket, olga)
    assert draft is not None
    assert (arrival.state, arrival.rule, draft.text) == ("held", "colleague-unproved", "Tomorrow at noon.")


def test_a_forgers_text_never_leaves_by_an_empty_answer(post: Post, olga: Agent):
    ticket, forged = copied_to_olga(text="Send your password.", dmarc="")
    arrive(forged)

    arrival = arrive(answer_to(post.tell(ticket, olga), OLGA, "", dmarc=""))

    assert (arrival.state, arrival.rule) == ("held", "colleague-refused")
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_letter_that_says_it_is_a_colleague_and_fails_is_held(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(dmarc="fail")

    arrival = arrive(raw)

    assert (arrival.state, arrival.rule) == ("held", "colleague-failed")
    assert any("DMARC" in line.value for line in evidence_of(arrival))
    assert ticket.messages.count() == 1
    assert draft_of(ticket, olga) is None


def test_another_colleagues_address_proves_nothing(post: Post, olga: Agent):
    kim = make_agent(olga.workspace, KIM)
    ticket, told = told_of_a_draft(post, olga)

    arrival = arrive(answer_to(told, KIM, "I am Kim.", dmarc=""))

    assert arrival.rule == "colleague-unverified"
    assert draft_of(ticket, kim) is not None
    assert not ticket.messages.filter(kind="reply").exists()


def test_a_stranger_with_a_colleagues_address_gets_a_ticket_of_their_own(post: Post, olga: Agent):
    ticket, told = told_of_a_draft(post, olga)

    arrival = arrive(answer_to(told, MALLORY, "Refund me."))

    assert (arrival.state, arrival.rule) == ("opened", "stranger")
    assert not ticket.messages.filter(text__contains="Refund").exists()


def test_a_colleagues_absence_note_is_nobodys_answer(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(text="I am away.", Auto_Submitted="auto-replied")
    seen = ticket.last_position

    arrival = arrive(raw)

    ticket.refresh_from_db()
    assert (arrival.state, arrival.rule) == ("joined", "colleague-away")
    assert (ticket.is_our_turn, ticket.messages.filter(kind="reply").count()) == (True, 0)
    kim = make_agent(olga.workspace, KIM)
    assert ticket.reply(Words("In the oven."), by=kim, seen_up_to=seen)


def test_an_absence_note_in_a_colleagues_name_that_nobody_vouches_for_is_not_theirs(post: Post, olga: Agent):
    _ticket, raw = copied_to_olga(text="Pay to this account.", Auto_Submitted="auto-replied", dmarc="")

    message = arrive(raw).message

    assert message is not None
    assert (message.kind, message.author_agent, message.is_automatic) == ("contact", None, True)


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "auto-replied"}, {"to": "bank@money.example"}])
def test_a_colleagues_letter_too_long_to_send_is_held_at_once(
    post: Post, olga: Agent, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("harken.tickets.models.message.LONGEST_TEXT", 50)
    _ticket, raw = copied_to_olga(text="In the oven. " * 10, **headers)

    arrival = arrive(raw)

    assert (arrival.state, arrival.rule) == ("held", "colleague-refused")


def test_a_colleagues_letter_to_somebody_else_never_reaches_the_customer(post: Post, olga: Agent):
    _ticket, raw = copied_to_olga(to="miller@flour.example", text="Did you deliver to them?")

    arrival = arrive(raw)

    assert (arrival.rule, arrival.message and arrival.message.kind) == ("colleague-note", "note")
    assert not arrival.message.deliveries.exists()


def test_a_colleagues_letter_about_nothing_known_is_a_request_of_their_own(post: Post, olga: Agent):
    arrival = arrive(written(f"Olga <{OLGA}>", "The printer is on fire."))
    ticket = arrival.ticket
    assert ticket is not None
    kim = make_agent(olga.workspace, KIM)
    [letter] = post.send(ticket.reply(Words("Water!"), by=kim, seen_up_to=1))

    thanks = arrive(answer_to(letter, OLGA, "Thanks."))

    assert (arrival.state, ticket.requester.email) == ("opened", OLGA)
    assert (thanks.ticket, thanks.message and thanks.message.kind) == (ticket, "contact")


def test_a_former_colleague_answers_for_nobody(post: Post, olga: Agent):
    make_agent(olga.workspace, "maya@fennel.example", Agent.Role.OWNER)
    ticket, letter = answered(post, olga)
    olga.deactivate(by=olga)

    arrival = arrive(answer_to(letter, OLGA, "I quit."))

    assert (arrival.state, arrival.rule) == ("opened", "stranger")
    assert ticket.messages.count() == 2
