import socket

import pytest

from harken.config.listener import AddressRefused, PortTaken, bind


def test_a_taken_port_is_told_in_one_sentence_before_anything_starts():
    with bind("127.0.0.1", 0) as first, pytest.raises(PortTaken) as refused:
        bind("127.0.0.1", first.getsockname()[1])

    assert "is taken by another program" in str(refused.value)


@pytest.mark.parametrize("host", ["not a host", "203.0.113.1"])
def test_an_address_of_another_machine_is_refused(host: str):
    with pytest.raises(AddressRefused, match="HARKEN_HOST"):
        bind(host, 0)


def test_who_connects_before_the_server_runs_waits_instead_of_being_refused():
    with (
        bind("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), timeout=2) as early,
    ):
        assert early.fileno() > 0
