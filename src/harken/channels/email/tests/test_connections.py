"""One connection takes several letters, and a dead one costs nobody a letter."""

import time

import pytest

from harken.channels.contract import OutcomeState
from harken.channels.email import smtp
from harken.channels.email.connections import Connections
from harken.channels.email.relay import InvalidRelayUrl, Relay
from harken.channels.email.smtp import send
from harken.channels.email.tests.letters import make_outgoing
from tests.servers.smtp_sink import SILENCE, SmtpSink

HELP = "help@acme.example"
ANN = "ann@example.com"


@pytest.fixture(autouse=True)
def connections(monkeypatch: pytest.MonkeyPatch) -> Connections:
    kept = Connections(idle_seconds=0.5)
    monkeypatch.setattr(smtp, "connections", kept)
    return kept


def state_of(sink: SmtpSink, **changes: float) -> OutcomeState:
    return send(sink.relay(**changes), HELP, make_outgoing())[ANN].state


def test_letters_to_one_server_share_a_connection(sink: SmtpSink):
    assert [state_of(sink) for _ in range(3)] == [OutcomeState.SENT] * 3

    assert len(sink.letters) == 3
    assert sink.connections == 1


def test_other_credentials_have_a_connection_of_their_own(sink: SmtpSink):
    state_of(sink)
    state_of(sink, timeout_seconds=9)

    assert sink.connections == 2


def test_a_connection_that_died_meanwhile_is_made_anew(sink: SmtpSink):
    state_of(sink)
    sink.hang_up()

    assert state_of(sink) == OutcomeState.SENT
    assert (len(sink.letters), sink.connections) == (2, 2)


def test_a_refused_letter_leaves_nothing_behind_for_the_next(sink: SmtpSink):
    sink.refuse[ANN] = "550 5.1.1 No such user"
    assert state_of(sink) == OutcomeState.FAILED
    sink.refuse.clear()

    assert state_of(sink) == OutcomeState.SENT
    assert sink.letters[0].recipients == (ANN,)


def test_the_late_answer_to_one_letter_is_not_taken_for_that_to_the_next(sink: SmtpSink):
    sink.after_text = SILENCE
    assert state_of(sink, last_reply_timeout_seconds=0.2) == OutcomeState.UNKNOWN
    sink.after_text = "550 5.7.1 No"

    assert state_of(sink, last_reply_timeout_seconds=0.2) == OutcomeState.FAILED
    assert sink.connections == 2


def test_an_idle_connection_is_ended(sink: SmtpSink):
    state_of(sink)

    deadline = time.monotonic() + 10
    while sink._lines and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not sink._lines


def test_what_a_relay_takes_a_minute_is_read_from_its_address():
    assert Relay.from_url("smtp://localhost?per_minute=60").per_minute == 60
    with pytest.raises(InvalidRelayUrl, match="letters a minute"):
        Relay.from_url("smtp://localhost?per_minute=many")
