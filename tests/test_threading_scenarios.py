"""Threading by proof, told as it happens: real letters out, and the answers people's mail programs make of them."""

import re
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from harken.agents.models import Agent
from harken.channels.models import Arrival
from harken.channels.tests.letters import arrive
from harken.tickets.models import Message as Said
from harken.tickets.models import Ticket, Words
from harken.tickets.move import move, split
from harken.tickets.related import related_to
from tests.mail_programs import (
    ANN,
    DAN,
    HELP,
    MALLORY,
    Post,
    answer_to,
    answered,
    asked,
    evidence,
    olga_with_a_mailbox,
    outside,
    written,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with outside(settings) as post:
        yield post


@pytest.fixture
def olga(post: Post) -> Agent:
    return olga_with_a_mailbox()


# The order of proof


def test_an_answer_comes_home_by_the_signed_address_alone(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    raw = re.sub(rb"(In-Reply-To|References):.*\n(?:[ \t].*\n)*", b"", answer_to(letter, ANN, "Thank you!"))

    arrival = arrive(raw)

    assert (arrival.ticket, arrival.rule) == (ticket, "signed-address")
    assert evidence(arrival, "header", "sender", "allowed_as") == ("To", "ann@crumb.example", "requester")
    assert "+" in arrival.evidence["address"]


def test_an_answer_to_the_plain_address_comes_home_by_our_message_id(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)

    arrival = arrive(answer_to(letter, ANN, "Thank you!", to=HELP))

    assert (arrival.ticket, arrival.rule) == (ticket, "own-message")
    assert f"<{arrival.evidence['answers']}>" == letter.message["Message-ID"]


def test_our_message_id_proves_also_when_a_gateway_changed_its_case(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    shouted = letter.message["Message-ID"].upper()

    arrival = arrive(written(ANN, "Thank you!", In_Reply_To=shouted))

    assert arrival.ticket == ticket


def test_an_answer_to_a_message_of_ours_that_is_gone_opens_a_ticket_and_says_so(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    ticket.messages.filter(kind="reply").delete()

    arrival = arrive(written(ANN, "Thank you!", In_Reply_To=letter.message["Message-ID"]))

    assert (arrival.state, arrival.rule) == ("opened", "gone")


def test_the_last_known_message_of_the_chain_wins(post: Post, olga: Agent):
    first, one = answered(post, olga)
    second, other = answered(post, olga, text="It is done.")
    chain = f"{one.message['Message-ID']} {other.message['Message-ID']} <unknown@mail.example>"

    arrival = arrive(written(ANN, "And now?", References=chain))

    assert arrival.ticket == second
    assert first.messages.count() == 2


def test_a_customer_who_answers_their_own_letter_comes_home_by_it(post: Post, olga: Agent):
    ticket = asked(Message_ID="<first@crumb.example>")

    arrival = arrive(written(ANN, "I forgot: rye.", In_Reply_To="<first@crumb.example>"))

    assert (arrival.ticket, arrival.rule) == (ticket, "own-earlier")


def test_a_letter_to_a_merged_ticket_joins_the_one_it_went_into(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    middle, target = asked("Again."), asked("And again.")
    Ticket.objects.filter(pk=ticket.pk).update(state="merged", merged_into=middle)
    Ticket.objects.filter(pk=middle.pk).update(state="merged", merged_into=target)

    assert arrive(answer_to(letter, ANN, "Thank you!")).ticket == target


# Strangers, and those copied later


def test_a_stranger_who_answers_a_forwarded_chain_gets_a_new_related_ticket(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)

    arrival = arrive(answer_to(letter, MALLORY, "Give me the oven."))

    new = arrival.ticket
    assert (arrival.state, arrival.rule) == ("opened", "stranger")
    assert new is not None
    assert list(related_to(new, olga)) == [ticket]
    assert list(related_to(ticket, olga)) == [new]
    assert ticket.short_number in arrival.reason
    assert list(ticket.participants.values_list("address", flat=True)) == ["ann@crumb.example"]
    assert ticket.messages.count() == 2


def test_the_answer_to_a_stranger_shows_nothing_of_the_other_ticket(post: Post, olga: Agent):
    ticket, letter = answered(post, olga, text="In the secret oven.")
    new = arrive(answer_to(letter, MALLORY, "Which oven?")).ticket
    assert new is not None

    [left] = post.send(new.reply(Words("We cannot say."), by=olga, seen_up_to=1))

    ours = [message.external_id for message in ticket.messages.all()]
    assert left.recipients == ("mallory@evil.example",)
    assert not [each for each in ours if each.encode() in left.raw]
    assert b"secret" not in left.raw
    assert b"ann@crumb.example" not in left.raw


def test_the_strangers_next_letter_joins_their_own_ticket(post: Post, olga: Agent):
    _ticket, letter = answered(post, olga)
    new = arrive(answer_to(letter, MALLORY, "Which oven?")).ticket
    assert new is not None
    [left] = post.send(new.reply(Words("We cannot say."), by=olga, seen_up_to=1))

    assert arrive(answer_to(left, MALLORY, "Why not?")).ticket == new


def test_somebody_copied_later_gets_the_new_words_and_nothing_of_the_past(post: Post, olga: Agent):
    ticket, letter = answered(post, olga, text="My PIN is 4711.")
    arrive(answer_to(letter, ANN, "Dan takes over.", Cc=DAN))

    [left] = post.send(ticket.reply(Words("Welcome, Dan."), by=olga, seen_up_to=3))

    assert set(left.recipients) == {"ann@crumb.example", DAN}
    assert b"4711" not in left.raw
    assert b"bread" not in left.raw.lower().replace(b"subject: re: bread", b"")
    assert arrive(answer_to(left, DAN, "Hello.")).ticket == ticket


# Reply-To


@pytest.mark.parametrize(
    ("reply_to", "dmarc", "goes_to"),
    [
        ("orders@crumb.example", "", "orders@crumb.example"),
        ("ann@home.example", "pass", "ann@home.example"),
        ("ann@home.example", "", "ann@crumb.example"),
        (HELP, "pass", "ann@crumb.example"),
        ("help+abc@fennel.example", "pass", "ann@crumb.example"),
        ("no-reply@crumb.example", "pass", "ann@crumb.example"),
        ("bread-request@lists.crumb.example", "pass", "ann@crumb.example"),
        ("a@crumb.example, b@crumb.example, c@crumb.example, d@crumb.example", "pass", "ann@crumb.example"),
        ("not an address", "pass", "ann@crumb.example"),
    ],
)
def test_an_answer_goes_where_it_is_sane_to_send_it(
    post: Post, olga: Agent, reply_to: str, dmarc: str, goes_to: str
):
    ticket = asked(Reply_To=reply_to, dmarc=dmarc)

    [left] = post.send(ticket.reply(Words("In the oven."), by=olga, seen_up_to=1))

    assert left.recipients == (goes_to,)
    assert ticket.requester.email == "ann@crumb.example"


def test_a_form_that_writes_in_its_own_name_is_answered_where_it_asks(post: Post, olga: Agent):
    ticket = asked(sender="noreply@shop.example", Reply_To="ann@home.example", dmarc="")

    [left] = post.send(ticket.reply(Words("In the oven."), by=olga, seen_up_to=1))

    assert left.recipients == ("ann@home.example",)
    assert arrive(answer_to(left, "ann@home.example", "Thank you.")).ticket == ticket


# Split and move


def test_what_follows_a_message_that_was_split_off_joins_it_there(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    cake = arrive(answer_to(letter, ANN, "By the way: a cake!", Message_ID="<cake@crumb.example>")).message
    assert cake is not None

    new = split(cake, by=olga, subject="A cake")
    # To everybody as before: the address is the old ticket's, the letter it follows lies on the new one.
    follows = {"to": letter.message["Reply-To"], "In_Reply_To": "<cake@crumb.example>"}
    arrival = arrive(written(ANN, "With cream.", **follows))

    assert (arrival.ticket, arrival.rule) == (new, "moved")
    assert Arrival.objects.get(message=cake).ticket == new
    [left] = post.send(new.reply(Words("Gladly."), by=olga, seen_up_to=new.messages.last().position))
    assert left.message["Subject"] == "Re: A cake"
    assert arrive(answer_to(left, ANN, "Thanks.")).ticket == new
    assert arrive(answer_to(letter, ANN, "And my bread?")).ticket == ticket


def test_an_answer_to_our_own_message_follows_it_and_comes_back_with_it(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    other = asked("Another matter.")
    message = ticket.messages.get(kind="reply")

    move(message, to=other, by=olga)
    assert arrive(answer_to(letter, ANN, "One.")).ticket == other

    move(Said.objects.get(pk=message.pk), to=ticket, by=olga)
    assert arrive(answer_to(letter, ANN, "Two.")).ticket == ticket


def test_whoever_wrote_a_moved_message_may_join_where_it_lies(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    strange = arrive(answer_to(letter, MALLORY, "I am her baker.", Message_ID="<m1@evil.example>")).message
    assert strange is not None

    move(strange, to=ticket, by=olga)

    assert arrive(written(MALLORY, "Ready.", In_Reply_To="<m1@evil.example>")).ticket == ticket


# Ids that are used again


def test_who_uses_the_id_of_anothers_letter_leads_nobody_astray(post: Post, olga: Agent):
    ticket = asked(Message_ID="<first@crumb.example>")
    theirs = asked("Mine now.", sender=MALLORY, Message_ID="<first@crumb.example>")

    arrival = arrive(written(ANN, "I forgot: rye.", In_Reply_To="<first@crumb.example>"))

    assert (arrival.ticket, arrival.rule) == (ticket, "own-earlier")
    assert theirs != ticket


def test_an_answer_under_the_id_of_ours_is_read(post: Post, olga: Agent):
    ticket, letter = answered(post, olga)
    ours = letter.message["Message-ID"]

    arrival = arrive(written(ANN, "Lovely!", Message_ID=ours, In_Reply_To=ours))
    strange = arrive(written(MALLORY, "Hello.", Message_ID=ours))
    again = arrive(answer_to(letter, ANN, "And rye?", to=HELP))

    assert [each.ticket for each in (arrival, again)] == [ticket, ticket]
    assert (strange.state, arrival.message and arrival.message.external_id) == ("opened", "")


def test_ours_that_comes_back_by_another_name_is_ours(post: Post, olga: Agent):
    _ticket, letter = answered(post, olga)
    ours = letter.message["Message-ID"]

    listed = arrive(written("list@lists.example", "In the oven.\n\n-- \nA list", Message_ID=ours))
    sent = arrive(written(HELP, "Something else", Message_ID=ours))

    assert [(each.state, each.rule) for each in (listed, sent)] == [("loop", "our-own")] * 2


# Other desks' numbers

THEIRS = "support@vendor.example"


def test_two_desks_play_no_ping_pong(post: Post, olga: Agent):
    """Their desk writes without any reference, by its number alone; ours answers with it."""
    ticket = asked("Your order.", sender=THEIRS, Subject="[Ticket#20240042] Order")
    [left] = post.send(ticket.reply(Words("Thank you."), by=olga, seen_up_to=1))

    arrival = arrive(written(THEIRS, "Received.", Subject="Re: [Ticket#20240042] Order"))

    assert "[Ticket#20240042]" in left.message["Subject"]
    assert (arrival.ticket, arrival.rule) == (ticket, "foreign-number")
    assert Ticket.objects.count() == 1


def test_a_number_that_comes_later_stands_in_our_next_subject_to_them_alone(post: Post, olga: Agent):
    ticket, letter = answered(post, olga, sender=THEIRS)
    arrive(answer_to(letter, THEIRS, "Noted.", Subject="[Case: 00012345] Order"))
    to_them = ticket.reply(Words("Fine."), by=olga, seen_up_to=3)
    to_ann = ticket.reply(Words("Fine."), by=olga, seen_up_to=4, to=["ann@crumb.example"])

    assert post.send(to_them)[0].message["Subject"] == "Re: Bread [Case: 00012345]"
    assert post.send(to_ann)[0].message["Subject"] == "Re: Bread"


@pytest.mark.parametrize(
    ("sender", "dmarc", "joins"),
    [
        (THEIRS, "", True),
        ("billing@vendor.example", "pass", True),
        ("billing@vendor.example", "", False),
        (THEIRS, "fail", False),
        (MALLORY, "pass", False),
        (ANN, "pass", False),
    ],
)
def test_their_number_lets_in_nobody_but_them(post: Post, olga: Agent, sender: str, dmarc: str, joins: bool):
    ticket = asked("Your order.", sender=THEIRS, Subject="[Ticket#20240042] Order")

    arrival = arrive(written(sender, "Received.", Subject="Re: [Ticket#20240042] Order", dmarc=dmarc))

    assert (arrival.ticket == ticket) == joins


def test_our_own_number_in_a_subject_proves_nothing(post: Post, olga: Agent):
    ticket = asked()

    arrive(written(ANN, "Two.", Subject=f"Bread [{ticket.short_number}]"))
    arrival = arrive(written(ANN, "Three.", Subject=f"Bread [{ticket.short_number}]"))

    assert (arrival.state, Ticket.objects.count()) == ("opened", 3)
