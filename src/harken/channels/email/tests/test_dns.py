"""Name servers: remembered, left alone when they are silent, and never waited for long."""

import time

import pytest

from harken.channels.email.dns import CouldNotAsk, NameServers, Questions
from tests.servers.dns import DnsServer


@pytest.fixture
def dns():
    with DnsServer() as server:
        yield server


@pytest.fixture
def servers(dns):
    return NameServers(dns.address)


def test_an_answer_is_remembered_and_so_is_that_there_is_none(dns, servers):
    dns.texts["acme.example"] = ["here"]

    found = [(servers.ask("acme.example", "TXT"), servers.ask("gone.example", "TXT")) for _ in range(5)]

    assert set(found) == {((b"here",), ())}
    assert len(dns.asked) == 2


def test_what_was_remembered_can_be_forgotten(dns, servers):
    servers.ask("acme.example", "TXT")
    dns.texts["acme.example"] = ["new"]
    servers.forget()

    assert servers.ask("acme.example", "TXT") == (b"new",)


def test_a_long_record_comes_by_tcp_and_in_one_piece(dns, servers):
    dns.texts["acme.example"] = ["x" * 3000]

    assert servers.ask("acme.example", "TXT") == (b"x" * 3000,)


def test_a_record_beyond_all_measure_is_not_taken(dns, servers):
    dns.texts["acme.example"] = ["x" * 20_000, "short"]

    assert servers.ask("acme.example", "TXT") == (b"short",)


def test_a_failure_is_no_answer_and_is_remembered_for_a_while(dns, servers):
    dns.failing.add("acme.example")

    for _ in range(3):
        with pytest.raises(CouldNotAsk):
            servers.ask("acme.example", "TXT")

    assert dns.was_asked("acme.example") == 1


def test_after_two_silences_nobody_is_asked_for_a_while(dns, servers):
    dns.is_silent = True

    began = time.monotonic()
    for number in range(50):
        with pytest.raises(CouldNotAsk):
            servers.ask(f"a{number}.example", "TXT", 0.3)

    assert time.monotonic() - began < 2
    assert len({name for name, _kind in dns.asked}) == 2


def test_all_questions_of_a_letter_share_their_patience(dns, servers):
    dns.is_silent = True
    ask = Questions(servers, seconds=0)

    with pytest.raises(CouldNotAsk):
        ask.texts("acme.example")

    assert dns.asked == []


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".example", "bad name.example", "\x00.example"])
def test_a_name_that_cannot_exist_has_no_records(name, servers):
    assert servers.ask(name, "TXT") == ()


def test_a_server_that_was_switched_off_is_not_asked():
    with pytest.raises(CouldNotAsk):
        NameServers("off").ask("acme.example", "TXT")
