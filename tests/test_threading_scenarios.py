"""Threading by proof, told as it happens: real letters out, and the answers people's mail programs make of them."""

import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.utils import getaddresses
from itertools import count
from typing import Any

import pytest
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.deliver import deliver
from harken.channels.draft_letters import tell
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import arrive
from harken.tickets.drafts import draft_of
from harken.tickets.models import Message as Said
from harken.tickets.models import Ticket, Words
from harken.tickets.move import move, split
from harken.tickets.related import related_to
from harken.workspaces.factories import make_workspace
from tests.servers.smtp_sink import Letter, SmtpSink

pytestmark = pytest.mark.django_db

HELP, OURS = "help@fennel.example", "mx.fennel.example"
ANN, DAN, MALLORY = "Ann Baker <ann@crumb.example>", "dan@crumb.example", "mallory@evil.example"
OLGA, KIM = "olga@fennel.example", "kim@fennel.example"
_ids = count(1)


class Post:
    """What leaves the desk, and what people's mail programs make of it."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    def send(self, message: Said) -> list[Letter]:
        """Deliver a message of ours, and return the letters that came to the outside."""
        before = len(self._sink.letters)
        deliver(message)
        return self._sink.letters[before:]

    def tell(self, ticket: Ticket, agent: Agent) -> Letter:
        """Let the colleague be told of their draft, and return that letter."""
        draft = draft_of(ticket, agent)
        assert draft is not None
        tell(draft)
        return self._sink.letters[-1]


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with SmtpSink() as sink:
        settings.HARKEN_DNS = "off"
        settings.HARKEN_RELAY = sink.relay()
        settings.EMAIL_BACKEND = "harken.config.mail.RelayBackend"
        yield Post(sink)


@pytest.fixture
def olga(post: Post) -> Agent:
    workspace = make_workspace()
    make_channel(workspace, HELP, trusts_results_of=OURS)
    return make_agent(workspace, OLGA)


def written(sender: str, text: str, *, to: str = HELP, dmarc: str = "pass", **headers: Any) -> bytes:
    """A letter as it comes in; our own server says in it whether the sender is who they say (`dmarc`)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        sender,
        unfolded(to),
        unfolded(headers.pop("Subject", "Bread")),
    )
    mail["Message-ID"] = headers.pop("Message_ID", f"<{next(_ids)}@mail.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = unfolded(value)
    if dmarc:
        domain = getaddresses([sender])[0][1].rpartition("@")[2]
        mail["Authentication-Results"] = f"{OURS}; dmarc={dmarc} header.from={domain}"
    mail.set_content(text)
    return mail.as_bytes()


def unfolded(header: str) -> str:
    return " ".join(header.split())


def answer_to(letter: Letter | Message, sender: str, text: str, *, to: str = "", **headers: Any) -> bytes:
    """What a mail program sends when somebody presses "Reply": to Reply-To, below the whole letter quoted."""
    got = letter.message if isinstance(letter, Letter) else letter
    body = next(part for part in got.walk() if part.get_content_type() == "text/plain")
    said = bytes(body.get_payload(decode=True)).decode()
    quoted = "".join(f"> {line}\n" for line in said.splitlines())
    chain = f"{got['References'] or ''} {got['Message-ID']}".strip()
    return written(
        sender,
        f"{text}\n\nOn Mon, 23 Nov 2026 at 10:00, Fennel <help@fennel.example> wrote:\n{quoted}"
        if text
        else f"On Mon, 23 Nov 2026 at 10:00, Fennel <help@fennel.example> wrote:\n{quoted}",
        to=to or got["Reply-To"] or got["From"],
        **{
            "Subject": f"Re: {got['Subject']}",
            "In_Reply_To": got["Message-ID"],
            "References": chain,
            **headers,
        },
    )


def asked(text: str = "Where is my bread?", sender: str = ANN, **headers: Any) -> Ticket:
    ticket = arrive(written(sender, text, **headers)).ticket
    assert ticket is not None
    return ticket


def answered(post: Post, olga: Agent, text: str = "In the oven.", **asked_with: Any) -> tuple[Ticket, Letter]:
    """A ticket of Ann's, and the answer of Olga's that left."""
    ticket = asked(**asked_with)
    message = ticket.reply(Words(text), by=olga, seen_up_to=ticket.last_position)
    [letter] = post.send(message)
    return ticket, letter


def evidence(arrival: Arrival, *names: str) -> tuple[Any, ...]:
    return tuple(arrival.evidence.get(name) for name in names)


# 1. The order of proof


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

    arrival = arrive(answer_to(letter, ANN, "Thank you!", to=HELP))

    assert arrival.rule == "own-earlier" if arrival.ticket == ticket else arrival.rule == "gone"


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


# 2. A colleague answers from their mail program


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


def test_the_same_letter_of_a_colleague_by_two_routes_is_sent_once(post: Post, olga: Agent):
    ticket, raw = copied_to_olga()

    arrive(raw)
    again = arrive(b"Received: from elsewhere by mx\n" + raw)

    assert again.state == "duplicate"
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


def test_a_letter_that_says_it_is_a_colleague_and_fails_is_held(post: Post, olga: Agent):
    ticket, raw = copied_to_olga(dmarc="fail")

    arrival = arrive(raw)

    assert (arrival.state, arrival.rule) == ("held", "colleague-failed")
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


# 3. Strangers, and those copied later


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


# 4. Reply-To


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


# 5. Split and move


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


# 6. Other desks' numbers

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
