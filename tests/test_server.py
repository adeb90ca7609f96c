"""The running server as its users meet it: streams open, its database killed, a slow crowd before it."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers.harken import Harken, until
from tests.servers.visitor import Visitor

pytestmark = pytest.mark.timeout(120)

OLGA = "olga@acme.example"


@pytest.fixture(scope="module")
def harken() -> Iterator[Harken]:
    with Harken() as harken:
        harken.run("workspace", "create", "acme", "--owner", OLGA)
        yield harken


def postgres(harken: Harken) -> int:
    folder = Path(harken.environment["HARKEN_DATA"]) / "postgres"
    return int((folder / "postmaster.pid").read_text().split()[0])


def test_everything_stops_within_five_seconds_although_streams_are_open(harken: Harken):
    olga = Visitor(harken.sign_in_link(OLGA))
    streams = [olga.open("/live") for _ in range(20)]
    assert streams[0].readline().startswith(b"retry: ")

    seconds = harken.stop()
    harken.start()

    assert seconds < 5
    assert all(b"reload" not in stream.read() for stream in streams)


def test_a_database_that_dies_is_told_calmly_and_is_back_without_a_restart(harken: Harken):
    olga = Visitor(harken.sign_in_link(OLGA))
    stream = olga.open("/live")
    web = harken.child("web")
    assert olga.status("/acme/room/") == 200

    os.kill(postgres(harken), signal.SIGQUIT)
    first = olga.status("/acme/room/")
    later: set[int] = set()

    def is_back() -> bool:
        later.add(olga.status("/acme/room/"))
        return 200 in later

    until(is_back, seconds=20)

    assert first == 503
    assert later <= {503, 200}
    assert harken.child("web") == web
    assert stream.readline().startswith(b"retry: ")
    assert "Traceback" not in harken.log


def test_a_crowd_that_sends_its_requests_slowly_keeps_nobody_waiting(harken: Harken):
    address = urlsplit(harken.url).hostname, urlsplit(harken.url).port
    slow = [socket.create_connection(address, timeout=5) for _ in range(40)]
    for each in slow:
        each.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000\r\n\r\nhalf")

    begun = time.monotonic()
    with urllib.request.urlopen(f"{harken.url}/accounts/login/", timeout=10) as answer:
        assert answer.status == 200

    assert time.monotonic() - begun < 5
    for each in slow:
        each.close()
