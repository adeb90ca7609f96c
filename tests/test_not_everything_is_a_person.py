"""Failures, complaints, robots, lists and spam: through the whole path, with the mail that really left read back."""

from typing import Any

import pytest

from harken.channels.arriving.rejudge import open_as_request
from harken.channels.models import Arrival, Delivery
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.tests.letters import letter
from harken.contacts.models import Contact, Identity
from harken.tickets.models import Message, Words
from tests.robots import Desk, complaint_about, failure_of
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sink: SmtpSink, settings: Any) -> Desk:
    settings.HARKEN_RELAY = sink.relay()
    sink.refuse.clear()
    return Desk(sink)


def health_of(address: str) -> str:
    return Identity.objects.get(address=address).health


def test_a_failure_marks_the_delivery_and_the_address(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)

    arrival = desk.gets(failure_of(sent))

    delivery = Delivery.objects.get(message=arrival.message, address="ann@crumb.example")
    assert (arrival.state, arrival.ticket, delivery.state) == ("bounced", ticket, "failed")
    assert "No such user here" in delivery.words
    assert health_of("ann@crumb.example") == "dead"


@pytest.mark.parametrize(
    ("status", "words", "health"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "dead"),
        ("5.2.1", "550 5.2.1 Mailbox disabled", "dead"),
        ("5.0.0", "550 No such user", "dead"),
        ("5.2.2", "552 5.2.2 Mailbox full", "failing"),
        ("4.2.2", "452 4.2.2 Over quota", "failing"),
        ("5.7.1", "550 5.7.1 Message rejected as spam", "failing"),
        ("5.3.4", "552 5.3.4 Message too big", "failing"),
        ("5.0.0", "550 Recipient rejected: mailbox is full", "failing"),
    ],
)
def test_only_an_address_that_is_not_there_is_dead(desk: Desk, status: str, words: str, health: str):
    sent = desk.answers(desk.asked())

    desk.gets(failure_of(sent, status=status, words=words))

    assert health_of("ann@crumb.example") == health


def test_a_server_that_refuses_at_once_marks_the_address_too(desk: Desk):
    ticket = desk.asked()
    desk.sends()
    desk.sink.refuse["ann@crumb.example"] = "550 5.1.1 No such user"
    ticket.reply(Words("It is in the oven."), by=desk.olga, seen_up_to=ticket.last_position)

    desk.sends()

    assert health_of("ann@crumb.example") == "dead"


def test_who_writes_again_is_alive(desk: Desk):
    desk.gets(failure_of(desk.answers(desk.asked())))

    desk.hears("I am here again.")

    assert health_of("ann@crumb.example") == "ok"


def test_an_automatic_answer_brings_no_address_back_to_life(desk: Desk):
    sent = desk.answers(desk.asked())
    desk.gets(failure_of(sent))

    desk.hears("I am away.", Auto_Submitted="auto-replied", answers=sent["Message-ID"].strip("<>"))

    assert health_of("ann@crumb.example") == "dead"


def test_a_failure_without_the_original_is_found_by_its_signed_reply_address(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)
    report = failure_of(sent, message_id="").replace(
        b"Message-ID: \n", f"Reply-To: {sent['Reply-To']}\n".encode()
    )

    arrival = desk.gets(report)

    assert (arrival.state, arrival.ticket) == ("bounced", ticket)
    assert health_of("ann@crumb.example") == "dead"


def test_a_failure_that_repeats_our_words_is_found_by_them(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket, "Your two loaves of rye have been in the oven since six o'clock.")
    report = failure_of(sent, message_id="").replace(
        b"I could not deliver your letter.",
        b"> Your two loaves of rye have been in the\n> oven since six o'clock.",
    )

    arrival = desk.gets(report)

    assert (arrival.state, arrival.ticket, arrival.rule) == ("bounced", ticket, "bounce-by-words")


def test_a_forged_failure_marks_nothing(desk: Desk):
    sent = desk.answers(desk.asked())

    arrival = desk.gets(failure_of(sent, message_id="<made-up@fennel.example>"))

    assert arrival.state == "held"
    assert health_of("ann@crumb.example") == "ok"
    assert not Delivery.objects.failed().exists()


@pytest.mark.parametrize("place", [b"rfc822; ann", b"<made-up", b"550 5.1.1", b"Diagnostic-Code: "])
@pytest.mark.parametrize("nonsense", [b"\0", b"\xff\xfe", b"=?utf-16?b?2AA=?="])
def test_a_failure_with_what_no_database_keeps_is_judged_like_any_other(
    desk: Desk, place: bytes, nonsense: bytes
):
    report = failure_of(desk.answers(desk.asked()), message_id="<made-up@fennel.example>")

    arrival = desk.gets(report.replace(place, place + nonsense))

    assert arrival.rule == "unknown-bounce"


def test_a_failed_acknowledgement_is_joined_and_nobodys_trouble(desk: Desk):
    ticket = desk.asked()
    [acknowledgement] = desk.sends()
    ticket.close(by=desk.olga)

    arrival = desk.gets(failure_of(acknowledgement))

    ticket.refresh_from_db()
    assert (arrival.state, arrival.ticket) == ("bounced", ticket)
    assert (ticket.state, ticket.has_problem) == ("closed", False)
    assert health_of("ann@crumb.example") == "dead"


def test_a_complaint_stops_automatic_mail_and_no_colleague(desk: Desk):
    ticket = desk.asked()
    [acknowledgement] = desk.sends()

    arrival = desk.gets(complaint_about(acknowledgement))

    assert (arrival.state, arrival.ticket, arrival.rule) == ("bounced", ticket, "complaint")
    assert not Identity.objects.get(address="ann@crumb.example").takes_automatic_mail
    assert desk.answers(ticket)["To"] == '"Ann Baker" <ann@crumb.example>'


def test_a_complaint_about_a_letter_nobody_knows_is_held(desk: Desk):
    sent = desk.answers(desk.asked())
    del sent["Message-ID"]
    sent["Message-ID"] = "<made-up@fennel.example>"

    assert desk.gets(complaint_about(sent)).state == "held"


AWAY = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated"},
    {"X_Autoreply": "yes"},
    {"X_Autorespond": "I am away"},
    {"Precedence": "auto_reply"},
    {"Subject": "Automatic reply: Bread"},
    {"Subject": "Автоответ: Хлеб"},
]


@pytest.mark.parametrize("headers", AWAY)
def test_an_automatic_answer_is_kept_and_changes_nothing(desk: Desk, headers: dict[str, str]):
    ticket = desk.asked()
    sent = desk.answers(ticket)
    ticket.close(by=desk.olga)

    arrival = desk.hears("I am away until Monday.", answers=sent["Message-ID"].strip("<>"), **headers)

    ticket.refresh_from_db()
    assert (arrival.state, arrival.ticket, ticket.state) == ("joined", ticket, "closed")
    assert "until Monday" in arrival.message.text
    assert arrival.message.is_automatic
    assert desk.sends() == []


def test_an_automatic_answer_stops_no_clock_and_leaves_the_turn_theirs(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)
    away = {"answers": sent["Message-ID"].strip("<>"), "Auto_Submitted": "auto-replied"}

    desk.hears("I am away until Monday.", **away)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == ("waiting", None)


def test_an_automatic_answer_leaves_our_own_turn_and_its_clock(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)
    thread = sent["Message-ID"].strip("<>")
    desk.hears("And the rolls?", answers=thread)
    ticket.refresh_from_db()
    since = ticket.waiting_since

    desk.hears("I am away.", answers=thread, Auto_Submitted="auto-replied")

    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert ticket.waiting_since == since


def test_an_automatic_answer_stops_no_colleagues_send(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)
    ticket.refresh_from_db()
    seen = ticket.last_position
    desk.hears("I am away.", answers=sent["Message-ID"].strip("<>"), Auto_Submitted="auto-replied")

    ticket.reply(Words("One thing more."), by=desk.olga, seen_up_to=seen)

    assert len(desk.sends()) == 1


def test_an_automatic_answer_to_nothing_known_is_kept_quietly(desk: Desk):
    arrival = desk.hears("I am away until Monday.", Auto_Submitted="auto-replied")

    assert (arrival.state, arrival.ticket.state) == ("opened", "closed")
    assert desk.sends() == []


def test_an_alarm_is_seen_and_not_acknowledged(desk: Desk):
    arrival = desk.hears(
        "The oven is at 400 degrees.", Auto_Submitted="auto-generated", subject="Alarm: oven 3"
    )

    assert arrival.state == "opened"
    assert arrival.ticket.is_our_turn
    assert desk.sends() == []


def test_a_letter_of_a_list_is_answered_to_the_person(desk: Desk):
    listed = {
        "List_Id": "<bakers.lists.example>",
        "List_Post": "<mailto:bakers@lists.example>",
        "Precedence": "list",
    }

    ticket = desk.asked(cc="bakers@lists.example", **listed)

    assert desk.sends() == []
    sent = desk.answers(ticket)
    assert (sent["To"], sent["Cc"]) == ('"Ann Baker" <ann@crumb.example>', None)


def test_an_answer_goes_to_the_writer_also_where_a_known_list_writes_in_their_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    known = SenderCheck(Message.SenderCheck.VERIFIED)
    monkeypatch.setattr("harken.channels.arriving.receive.check_sender", lambda *_letter: known)
    ticket = desk.asked(
        sender="Ann via bakers <bakers@lists.example>",
        Reply_To="bakers@lists.example, ann@crumb.example",
        List_Id="<bakers.lists.example>",
        List_Post="<mailto:bakers@lists.example>",
    )

    assert "ann@crumb.example" in desk.answers(ticket)["To"]


def test_an_automatic_answer_does_not_hide_what_it_is_about(desk: Desk):
    ticket = desk.asked("Where is my bread?")
    thread = desk.answers(ticket)["Message-ID"].strip("<>")

    desk.hears("I am away.", answers=thread, Auto_Submitted="auto-replied")

    ticket.refresh_from_db()
    assert ticket.preview == "It is in the oven."


SPAM = [
    {"X_Spam_Flag": "YES"},
    {"X_Spam_Status": "Yes, score=9.1 required=5.0"},
    {"X_Spam": "Yes"},
    {"X_MS_Exchange_Organization_SCL": "6"},
    {"X_Forefront_Antispam_Report": "CIP:192.0.2.1;CTRY:XX;SFV:SPM;SCL:5;"},
    {"X_Rspamd_Action": "add header"},
]


@pytest.mark.parametrize("headers", SPAM)
def test_what_the_server_calls_spam_opens_nothing_and_is_not_lost(desk: Desk, headers: dict[str, str]):
    arrival = desk.hears("Claim your oven.", **headers)

    [name] = headers
    assert (arrival.state, arrival.ticket, arrival.rule) == ("spam", None, "spam-verdict")
    assert name.replace("_", "-").lower() in arrival.reason.lower()
    assert not Contact.objects.exists()
    assert desk.sends() == []


NO_SPAM = [
    {"X_Spam_Flag": "NO"},
    {"X_Spam_Status": "No, score=4.9 required=5.0"},
    {"X_Spam_Level": "****"},
    {"X_MS_Exchange_Organization_SCL": "-1"},
    {"X_Forefront_Antispam_Report": "CIP:192.0.2.1;SFV:NSPM;SCL:1;"},
    {"X_Rspamd_Action": "no action"},
]


@pytest.mark.parametrize("headers", NO_SPAM)
def test_everything_else_is_a_persons_letter(desk: Desk, headers: dict[str, str]):
    assert desk.hears(**headers).state == "opened"


def test_who_was_taken_out_of_the_spam_is_never_spam_again(desk: Desk):
    arrival = desk.hears("I really want bread.", X_Spam_Flag="YES")

    opened = open_as_request(arrival, by=desk.olga)
    again = desk.hears("And rolls.", X_Spam_Flag="YES")

    assert "I really want bread." in opened.ticket.messages.get().text
    assert again.state == "opened"


def test_an_answer_with_its_proof_is_never_spam(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)

    arrival = desk.hears("Thanks!", answers=sent["Message-ID"].strip("<>"), X_Spam_Flag="YES")

    assert (arrival.state, arrival.ticket) == ("joined", ticket)


def test_a_spammer_who_holds_a_proof_is_spam(desk: Desk):
    sent = desk.answers(desk.asked())

    arrival = desk.hears(
        "Cheap!", sender="m@evil.example", answers=sent["Message-ID"].strip("<>"), X_Spam_Flag="YES"
    )

    assert arrival.state == "spam"


LOOK_ALIKES = [
    {"subject": "Automatic reply does not work in your shop"},
    {"subject": "Out of office hours, can you still deliver?"},
    {"subject": "Undeliverable? My letters to you come back"},
    {"subject": "Re: Automatic reply: Bread"},
    {"subject": "FW: Undelivered Mail Returned to Sender"},
    {"Auto_Submitted": "no"},
]


@pytest.mark.parametrize("headers", LOOK_ALIKES)
def test_a_person_who_looks_like_a_robot_is_a_person(desk: Desk, headers: dict[str, str]):
    arrival = desk.hears("What does it mean? 550 5.1.1 User unknown", **headers)

    assert (arrival.state, arrival.message.is_automatic) == ("opened", False)
    assert len(desk.sends()) == 1


def test_who_forwards_a_failure_and_asks_about_it_is_a_person(desk: Desk):
    sent = desk.answers(desk.asked())
    enclosed = failure_of(sent)
    asks = letter("What is this?", subject="Your letters come back to me").decode()
    head, _blank, text = asks.partition("\n\n")
    head = head.replace(
        "Content-Type: text/plain", 'Content-Type: multipart/mixed; boundary="m"\nX-Was: text/plain'
    )
    raw = (
        f"{head}\n\n--m\n\n{text}\n--m\nContent-Type: message/rfc822\n\n{enclosed.decode()}\n--m--\n".encode()
    )

    arrival = desk.gets(raw)

    assert (arrival.state, arrival.message.is_automatic) == ("opened", False)
    assert Arrival.objects.filter(state="bounced").count() == 0
    assert health_of("ann@crumb.example") == "ok"
