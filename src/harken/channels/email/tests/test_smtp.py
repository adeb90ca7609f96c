"""Every recipient gets an honest outcome, whatever the relay does."""

import time

import pytest

from harken.channels.contract import Address, OutcomeState, OutgoingFile
from harken.channels.email import errors
from harken.channels.email.relay import InvalidRelayUrl, Relay, check
from harken.channels.email.smtp import Outcomes, send
from harken.channels.email.tests.letters import make_outgoing
from tests.servers.ports import free_port
from tests.servers.smtp_sink import HANG_UP, SILENCE, SmtpSink

ANN, BOB = "ann@example.com", "bob@example.com"
HELP = "help@acme.example"
SENT, DEFERRED, FAILED, UNKNOWN = (
    OutcomeState.SENT,
    OutcomeState.DEFERRED,
    OutcomeState.FAILED,
    OutcomeState.UNKNOWN,
)


def states(outcomes: Outcomes) -> dict[str, OutcomeState]:
    return {recipient: outcome.state for recipient, outcome in outcomes.items()}


def test_a_letter_arrives_as_it_was_composed(sink: SmtpSink):
    letter = make_outgoing(recipients=(ANN, BOB), text=".starts with a dot\n..\n.\nends")

    outcomes = send(sink.relay(), HELP, letter)

    [arrived] = sink.letters
    assert states(outcomes) == {ANN: SENT, BOB: SENT}
    assert outcomes.problem is None
    assert (arrived.envelope_from, arrived.recipients) == (HELP, (ANN, BOB))
    assert arrived.message["Message-ID"] == "<1.abc@acme.example>"
    assert arrived.message.get_payload(decode=True) == b".starts with a dot\r\n..\r\n.\r\nends\r\n"


def test_a_refused_recipient_is_not_sent_although_the_other_is(sink: SmtpSink):
    sink.refuse[BOB] = "550 5.1.1 No such user"

    outcomes = send(sink.relay(), HELP, make_outgoing(recipients=(ANN, BOB)))

    assert states(outcomes) == {ANN: SENT, BOB: FAILED}
    assert outcomes[BOB].words == "550 5.1.1 No such user"
    assert sink.letters[0].recipients == (ANN,)


@pytest.mark.parametrize(
    "answer", ["450 4.2.0 Greylisted", "451 4.3.0 Local error", "452 4.2.2 Mailbox full"]
)
def test_a_passing_refusal_is_tried_again(sink: SmtpSink, answer: str):
    sink.refuse[ANN] = answer

    outcomes = send(sink.relay(), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert outcomes[ANN].words == answer
    assert not sink.letters


def test_a_server_that_closes_down_defers_whoever_was_not_settled(sink: SmtpSink):
    sink.refuse = {ANN: "550 5.1.1 No such user", BOB: "421 4.3.2 Shutting down"}

    outcomes = send(sink.relay(), HELP, make_outgoing(recipients=("eve@example.com", ANN, BOB)))

    assert states(outcomes) == {"eve@example.com": DEFERRED, ANN: FAILED, BOB: DEFERRED}
    assert not sink.letters


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("421 4.3.2 Shutting down", DEFERRED),
        ("550 5.7.1 Sender not allowed", FAILED),
        ("552 5.3.4 Too big", FAILED),
    ],
)
def test_a_refused_sender_settles_everybody(sink: SmtpSink, answer: str, state: OutcomeState):
    sink.refuse_sender = answer

    outcomes = send(sink.relay(), HELP, make_outgoing(recipients=(ANN, BOB)))

    assert states(outcomes) == {ANN: state, BOB: state}
    assert outcomes[ANN].words == answer


@pytest.mark.parametrize(
    ("answer", "state"), [("554 5.6.0 Looks like spam", FAILED), ("451 4.7.1 Later", DEFERRED)]
)
def test_a_refusal_after_the_text_is_the_last_word(sink: SmtpSink, answer: str, state: OutcomeState):
    sink.after_text = answer

    outcomes = send(sink.relay(), HELP, make_outgoing(recipients=(ANN, BOB)))

    assert states(outcomes) == {ANN: state, BOB: state}
    assert outcomes[BOB].words == answer


@pytest.mark.parametrize("behaviour", [SILENCE, HANG_UP])
def test_silence_after_the_text_is_unknown_and_the_next_attempt_is_the_same_letter(
    sink: SmtpSink, behaviour: str
):
    sink.after_text = behaviour
    sink.refuse[BOB] = "550 5.1.1 No such user"
    letter = make_outgoing(recipients=(ANN, BOB))

    first = send(sink.relay(last_reply_timeout_seconds=0.3), HELP, letter)
    sink.after_text = ""
    second = send(sink.relay(), HELP, letter)

    assert states(first) == {ANN: UNKNOWN, BOB: FAILED}
    assert "may have been sent" in first[ANN].words
    assert second[ANN].state == SENT
    assert sink.letters[0].raw == sink.letters[1].raw


def test_a_drop_in_the_middle_of_the_text_is_tried_again(sink: SmtpSink):
    sink.drop_in_text = True
    # Longer than any socket's buffer, so that the drop is felt before the end of the text.
    big = OutgoingFile("big.bin", "application/octet-stream", b"x" * 20_000_000)

    outcomes = send(sink.relay(), HELP, make_outgoing(files=(big,)))

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.ConnectionLost)


def test_the_end_of_the_text_is_announced_while_nothing_can_have_been_sent(sink: SmtpSink):
    kept_before: list[int] = []

    send(sink.relay(), HELP, make_outgoing(), before_end=lambda: kept_before.append(len(sink.letters)))

    assert kept_before == [0]
    assert len(sink.letters) == 1


def test_who_cannot_note_the_end_of_the_text_sends_nothing(sink: SmtpSink):
    class Away(Exception):
        """The database cannot take the note."""

    def note() -> None:
        raise Away

    with pytest.raises(Away):
        send(sink.relay(), HELP, make_outgoing(), before_end=note)

    assert not sink.letters


def test_a_refused_letter_has_no_end_to_announce(sink: SmtpSink):
    sink.refuse[ANN] = "550 5.1.1 No such user"

    send(sink.relay(), HELP, make_outgoing(), before_end=lambda: pytest.fail("nothing was handed over"))


def test_nobody_listening_defers_and_names_the_way_out():
    outcomes = send(Relay("127.0.0.1", free_port(), "none"), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.ServerNotListening)
    assert "Check the name and the port" in outcomes[ANN].words


def test_an_unknown_host_defers():
    outcomes = send(Relay("mail.invalid", 25, "none"), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.ServerNotFound)


def test_a_silent_server_defers_in_time(silent_port: int):
    began = time.monotonic()

    outcomes = send(Relay("127.0.0.1", silent_port, "none", timeout_seconds=0.3), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.ServerSilent)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_encrypted_and_signed_in_it_arrives(tls: str):
    with SmtpSink(tls=tls, password="open sesame") as sink:
        outcomes = send(sink.relay(), HELP, make_outgoing())

    assert outcomes[ANN].state == SENT


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_nobody_trusts_gets_no_password(tls: str):
    with SmtpSink(tls=tls, password="open sesame") as sink:
        outcomes = send(sink.relay(ca_file=""), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.CertificateNotTrusted)
    assert "certificate" in outcomes[ANN].words
    assert not sink.letters


def test_a_certificate_of_another_name_is_not_trusted():
    with SmtpSink(tls="tls", certified_name="mail.elsewhere.example") as sink:
        outcomes = send(sink.relay(), HELP, make_outgoing())

    assert isinstance(outcomes.problem, errors.CertificateNotTrusted)


def test_encryption_that_is_not_offered_is_not_done_without(sink: SmtpSink):
    outcomes = send(sink.relay(security="starttls"), HELP, make_outgoing())

    assert isinstance(outcomes.problem, errors.EncryptionNotOffered)
    assert outcomes[ANN].state == DEFERRED
    assert not sink.letters


def test_plain_words_where_tls_was_expected_are_named(sink: SmtpSink):
    outcomes = send(sink.relay(security="tls"), HELP, make_outgoing())

    assert isinstance(outcomes.problem, errors.EncryptionNotOffered)


@pytest.mark.parametrize("wrong", ["sesame", "пароль"])
def test_a_wrong_password_is_the_channels_problem_and_never_shown(wrong: str):
    with SmtpSink(password="open sesame") as sink:
        outcomes = send(sink.relay(password=wrong), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.WrongPassword)
    assert "password" in outcomes[ANN].words
    assert wrong not in outcomes[ANN].words + repr(sink.relay(password=wrong))


def test_a_password_outside_ascii_opens_the_door():
    with SmtpSink(password="пароль") as sink:
        assert send(sink.relay(), HELP, make_outgoing())[ANN].state == SENT


def test_a_server_that_wants_a_password_nobody_set_is_the_channels_problem():
    with SmtpSink(password="open sesame") as sink:
        outcomes = send(sink.relay(user="", password=""), HELP, make_outgoing())

    assert outcomes[ANN].state == DEFERRED
    assert isinstance(outcomes.problem, errors.WrongPassword)


def test_a_password_for_a_server_without_sign_in_is_named(sink: SmtpSink):
    outcomes = send(sink.relay(user="harken", password="x"), HELP, make_outgoing())

    assert isinstance(outcomes.problem, errors.SignInNotOffered)


def test_a_letter_beyond_the_servers_limit_fails_before_it_is_sent():
    with SmtpSink(largest_bytes=1000) as sink:
        outcomes = send(sink.relay(), HELP, make_outgoing(text="x " * 2000))

    assert outcomes[ANN].state == FAILED
    assert outcomes[ANN].words.startswith("552")


def test_an_address_outside_ascii_travels_by_smtputf8(sink: SmtpSink):
    letter = make_outgoing(recipients=("анна@köln.example",), to=(Address("анна@köln.example"),))

    outcomes = send(sink.relay(), HELP, letter)

    assert states(outcomes) == {"анна@köln.example": SENT}
    assert sink.letters[0].recipients == ("анна@xn--kln-sna.example",)
    assert "SMTPUTF8" in sink.letters[0].options


def test_without_smtputf8_only_that_recipient_fails():
    letter = make_outgoing(
        recipients=("анна@example.com", ANN), to=(Address("анна@example.com"), Address(ANN))
    )
    with SmtpSink(smtputf8=False) as sink:
        outcomes = send(sink.relay(), HELP, letter)

    assert states(outcomes) == {"анна@example.com": FAILED, ANN: SENT}
    assert sink.letters[0].raw.isascii()


def test_what_is_no_address_fails_alone_and_breaks_into_nothing(sink: SmtpSink):
    bad = "eve@example.com>\r\nRCPT TO:<mallory@example.com"

    outcomes = send(sink.relay(), HELP, make_outgoing(recipients=(bad, ANN)))

    assert states(outcomes) == {bad: FAILED, ANN: SENT}
    assert sink.letters[0].recipients == (ANN,)


def test_a_letter_to_which_nothing_returns_has_an_empty_sender(sink: SmtpSink):
    send(sink.relay(), "", make_outgoing())

    assert sink.letters[0].envelope_from == ""


def test_checking_a_relay_sends_nothing(sink: SmtpSink):
    check(sink.relay())

    assert not sink.letters
    with pytest.raises(errors.EncryptionNotOffered):
        check(sink.relay(security="tls"))


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtps://ann:pass@mail.example", Relay("mail.example", 465, "tls", "ann", "pass")),
        ("smtp://mail.example", Relay("mail.example", 587, "starttls")),
        ("smtp://mail.example:2525", Relay("mail.example", 2525, "starttls")),
        ("smtp://localhost:2525", Relay("localhost", 2525, "none")),
        ("smtp://127.0.0.1", Relay("127.0.0.1", 25, "none")),
        ("smtp://localhost:25?security=starttls", Relay("localhost", 25, "starttls")),
        ("smtp://relay:25?security=none", Relay("relay", 25, "none")),
        ("smtps://a%40b.c:p%3A%2F@[::1]:465", Relay("::1", 465, "tls", "a@b.c", "p:/")),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, relay: Relay):
    assert Relay.from_url(url) == relay


@pytest.mark.parametrize(
    "url",
    ["", "mail.example:25", "http://mail.example", "smtp://", "smtp://x:99999", "smtp://x?security=maybe"],
)
def test_a_url_that_is_no_relay_is_refused_without_its_password(url: str):
    with pytest.raises(InvalidRelayUrl) as refusal:
        Relay.from_url(url.replace("//", "//ann:secret@"))

    assert "secret" not in str(refusal.value)
