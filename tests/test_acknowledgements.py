"""Acknowledgements: one for a new request, without a word of its sender, and no cannon to aim at a third person."""

from typing import Any

import pytest

from harken.channels.models import Tally
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.robots.limits import MOST_PER_SOURCE, may_notify
from harken.channels.tests.letters import letter
from harken.tickets.models import Message, Ticket
from tests.robots import Desk
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

MALLORYS = "Buy at http://evil.example"


@pytest.fixture
def desk(sink: SmtpSink, settings: Any) -> Desk:
    settings.HARKEN_RELAY = sink.relay()
    return Desk(sink)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sender is proved to be who they say."""
    known = SenderCheck(Message.SenderCheck.VERIFIED)
    monkeypatch.setattr("harken.channels.arriving.receive.check_sender", lambda *_letter: known)


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sender is proved to be somebody else."""
    known = SenderCheck(Message.SenderCheck.FAILED)
    monkeypatch.setattr("harken.channels.arriving.receive.check_sender", lambda *_letter: known)


def let_an_hour_pass() -> None:
    for tally in Tally.objects.all():
        Tally.objects.filter(pk=tally.pk).update(since=tally.since.replace(year=tally.since.year - 1))


def test_a_new_request_is_acknowledged_by_number(desk: Desk):
    arrival = desk.hears(Message_ID="<1@crumb.example>")

    [sent] = desk.sends()
    number = arrival.ticket.short_number
    assert sent["Subject"] == f"We received your message [{number}]"
    assert number in sent.get_payload(0).get_payload()
    assert (sent["To"], sent["In-Reply-To"]) == ("<ann@crumb.example>", "<1@crumb.example>")


def test_it_says_that_no_person_wrote_it(desk: Desk):
    desk.hears()

    [sent] = desk.sends()

    said = [sent[name] for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence")]
    assert said == ["auto-replied", "All", "bulk"]
    assert sent["X-Harken-Loop"]


def test_it_holds_not_a_word_of_the_sender(desk: Desk):
    desk.hears(
        MALLORYS,
        sender=f'"{MALLORYS}" <ann@crumb.example>',
        subject=MALLORYS,
        References="<evil.example@1> <evil.example@2>",
    )

    desk.sends()

    assert b"evil" not in desk.sink.letters[-1].raw


def test_its_words_are_the_mailboxs_own(sink: SmtpSink, settings: Any):
    settings.HARKEN_RELAY = sink.relay()
    desk = Desk(sink, from_name="Fennel", acknowledgement="{company} has it: {number}. {text}")

    ticket = desk.asked()

    [sent] = desk.sends()
    assert sent.get_payload(0).get_payload().strip() == f"Fennel has it: {ticket.short_number}. {{text}}"


def test_it_is_off_until_it_is_switched_on(sink: SmtpSink, settings: Any):
    settings.HARKEN_RELAY = sink.relay()
    desk = Desk(sink, acknowledges=False)

    desk.hears()

    assert desk.sends() == []


def test_it_changes_no_turn_and_is_nobodys_answer(desk: Desk):
    ticket = desk.asked()
    since = ticket.waiting_since

    desk.sends()

    ticket.refresh_from_db()
    assert (ticket.is_our_turn, ticket.waiting_since, ticket.assignee) == (True, since, None)
    assert ticket.preview == "Where is my bread?"


def test_an_answer_to_it_joins_and_is_not_acknowledged(desk: Desk):
    ticket = desk.asked()
    [sent] = desk.sends()

    arrival = desk.hears("Thanks!", answers=sent["Message-ID"].strip("<>"))

    assert (arrival.state, arrival.ticket) == ("joined", ticket)
    assert desk.sends() == []


def test_a_letter_that_comes_twice_is_acknowledged_once(desk: Desk):
    raw = letter()

    desk.gets(raw)
    desk.gets(b"Received: from elsewhere\n" + raw)

    assert len(desk.sends()) == 1


NEVER: list[dict[str, str]] = [
    {"Auto_Submitted": "auto-generated"},
    {"Auto_Submitted": "auto-notified"},
    {"X_Autoreply": "yes"},
    {"List_Id": "<bakers.lists.example>"},
    {"List_Unsubscribe": "<mailto:leave@lists.example>"},
    {"Precedence": "bulk"},
    {"Precedence": "junk"},
    {"X_Auto_Response_Suppress": "All"},
    {"X_Spam_Flag": "YES"},
    {"Return_Path": "<>"},
    {"Return_Path": "<>", "X_Mailer": "anything"},
    {"sender": "no-reply@crumb.example"},
    {"sender": "Crumb <donotreply@crumb.example>"},
    {"sender": "MAILER-DAEMON@crumb.example"},
    {"sender": "postmaster@crumb.example"},
    {"sender": "bakers-request@lists.example"},
    {"sender": "cron@crumb.example"},
    {"sender": "help@fennel.example"},
    {"sender": "help+token@fennel.example"},
    {"Date": "Mon, 03 Jan 2022 10:00:00 +0000"},
]


@pytest.mark.parametrize("headers", NEVER)
def test_nobody_who_would_not_read_it_gets_one(desk: Desk, headers: dict[str, str]):
    desk.hears(**headers)

    assert desk.sends() == []


def test_a_letter_from_the_empty_address_gets_none(desk: Desk):
    arrival = desk.gets(letter(), source="smtp", envelope_from="")

    assert desk.sends() == []
    assert arrival.ticket.is_our_turn


def test_an_envelope_of_another_domain_gets_none(desk: Desk):
    desk.gets(letter(), source="smtp", envelope_from="mallory@evil.example")

    assert desk.sends() == []


def test_an_envelope_that_a_fetched_letter_tells_of_counts_the_same(desk: Desk):
    desk.hears(Return_Path="<mallory@evil.example>")
    assert desk.sends() == []

    desk.hears("Another matter.", sender="dan@crumb.example", Return_Path="<bounce@mail.crumb.example>")
    assert len(desk.sends()) == 1


def test_who_failed_the_senders_check_gets_none(desk: Desk, failed: None):
    desk.hears()

    assert desk.sends() == []


def test_an_address_that_is_dead_or_complained_gets_none(desk: Desk):
    ticket = desk.asked()
    desk.sends()
    ticket.requester.identities.get().stop_automatic_mail("complaint")
    let_an_hour_pass()

    desk.hears("Another matter.")

    assert desk.sends() == []


def test_a_hundred_letters_in_a_victims_name_are_one_mail_to_them(desk: Desk):
    for number in range(100):
        desk.hears(f"{MALLORYS} {number}", sender="victim@somebody.example", subject=str(number))

    assert len(desk.sends()) == 1
    assert Ticket.objects.count() > 0


def test_a_thousand_requests_are_one_mail_and_counted_exactly(desk: Desk):
    asked = [
        may_notify(
            desk.workspace, "victim@somebody.example", source=f"192.0.2.{number % 250}", is_verified=False
        )
        for number in range(1000)
    ]

    assert asked == [True] + [False] * 999


def test_a_thousand_victims_of_one_source_are_few(desk: Desk):
    asked = [
        may_notify(desk.workspace, f"{number}@somebody.example", source="192.0.2.1", is_verified=False)
        for number in range(1000)
    ]

    assert sum(asked) == MOST_PER_SOURCE


def test_who_is_verified_hears_of_a_second_request_after_a_pause(desk: Desk, verified: None):
    desk.hears()
    desk.hears("And rolls?")
    soon = len(desk.sends())
    let_an_hour_pass()

    desk.hears("And cake?")

    assert (soon, len(desk.sends())) == (1, 1)


def test_nobody_gets_a_third_before_a_colleague_has_written(desk: Desk, verified: None):
    ticket = desk.asked()
    for text in ("And rolls?", "And cake?"):
        desk.sends()
        let_an_hour_pass()
        desk.hears(text)
    assert desk.sends() == []

    desk.answers(ticket)
    let_an_hour_pass()
    desk.hears("And tea?")

    assert len(desk.sends()) == 1
