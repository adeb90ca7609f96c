"""The running server as its users meet it: streams open, its database killed, a slow crowd before it."""

import os
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.servers.harken import Harken, until

pytestmark = pytest.mark.timeout(120)

OLGA = "olga@acme.example"


@pytest.fixture(scope="module")
def harken() -> Iterator[Harken]:
    with Harken() as harken:
        harken.run("workspace", "create", "acme", "--owner", OLGA)
        yield harken


class Browser:
    """Somebody signed in, without a picture."""

    def __init__(self, harken: Harken) -> None:
        self._harken = harken
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        page = self._opener.open(harken.sign_in_link(OLGA), timeout=20)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert token
        self._opener.open(page.url, urlencode({"csrfmiddlewaretoken": token[1]}).encode(), timeout=20).close()

    def open(self, path: str) -> HTTPResponse:
        answer: HTTPResponse = self._opener.open(self._harken.url + path, timeout=20)
        return answer

    def status(self, path: str) -> int:
        try:
            with self.open(path) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code


def postgres(harken: Harken) -> int:
    folder = Path(harken.environment["HARKEN_DATA"]) / "postgres"
    return int((folder / "postmaster.pid").read_text().split()[0])


def test_everything_stops_within_five_seconds_although_streams_are_open(harken: Harken):
    olga = Browser(harken)
    streams = [olga.open("/live") for _ in range(20)]
    assert streams[0].readline().startswith(b"retry: ")

    seconds = harken.stop()
    harken.start()

    assert seconds < 5
    assert all(b"data:" not in stream.read() for stream in streams)


def test_a_database_that_dies_is_told_calmly_and_is_back_without_a_restart(harken: Harken):
    olga = Browser(harken)
    stream = olga.open("/live")
    web = harken._child("web")
    assert olga.status("/acme/inbox/") == 200

    os.kill(postgres(harken), signal.SIGQUIT)
    first = olga.status("/acme/inbox/")
    later: set[int] = set()

    def is_back() -> bool:
        later.add(olga.status("/acme/inbox/"))
        return 200 in later

    until(is_back, seconds=20)

    assert first == 503
    assert later <= {503, 200}
    assert harken._child("web") == web
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
