import asyncio
import socket
from ipaddress import ip_network

import pytest

from harken.config import serve
from harken.config.listener import AddressRefused, PortTaken, bind
from harken.lib.asgi import Receive, Scope, Send


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


def test_a_proxys_word_about_the_client_is_taken_from_trusted_proxies_alone(monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[str, str]] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["client"][0], scope["scheme"]))

    monkeypatch.setattr(serve, "application", application)
    settings = serve._settings((ip_network("10.0.0.0/8"),))
    settings.load()
    headers = [(b"x-forwarded-for", b"127.0.0.1, 203.0.113.9, 10.0.0.7"), (b"x-forwarded-proto", b"https")]

    for proxy in ("10.0.0.8", "198.51.100.1"):
        scope = {"type": "http", "client": (proxy, 1), "scheme": "http", "headers": headers}
        asyncio.run(settings.loaded_app(scope, None, None))

    assert seen == [("203.0.113.9", "https"), ("198.51.100.1", "http")]


def test_without_trusted_proxies_nobodys_word_is_taken():
    assert serve._settings(()).proxy_headers is False
