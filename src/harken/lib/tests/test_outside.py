"""Web requests to addresses that people enter: never to this machine or a private network, unless allowed."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harken.lib import outside


class Canary(BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.hits.append(f"{self.headers['Host']}{self.path} {body}")
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * (2**21 if self.path == "/endless" else 2))

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Canary.hits.clear()
    with HTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
    ],
)
def test_no_way_of_writing_an_inner_address_leads_inside(port, host):
    with pytest.raises((outside.NotAllowed, outside.NoAnswer)):
        outside.post(f"https://{host}:{port}/", {"a": "b"}, allow_internal=False)

    assert Canary.hits == []


@pytest.mark.parametrize(
    "url", ["http://example.com/", "file:///etc/passwd", "ftp://example.com/", "https://", "x", ""]
)
def test_only_https_is_spoken(url):
    with pytest.raises(outside.NotAllowed):
        outside.post(url, {}, allow_internal=False)


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_that_is_asked(port, monkeypatch):
    answers = iter([[(socket.AF_INET, 0, 0, "", ("93.184.215.14", 443))]])
    asked = []

    def rebinding(host: str, *_rest: object, **_more: object) -> object:
        asked.append(host)
        return next(answers, [(socket.AF_INET, 0, 0, "", ("127.0.0.1", port))])

    judged = outside._parsed(f"https://rebind.example:{port}/", False)
    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    assert str(outside._address_of(judged, False)) == "93.184.215.14"
    assert asked == ["rebind.example"]


def test_a_name_with_one_inner_address_among_others_is_refused(monkeypatch):
    both = [(socket.AF_INET, 0, 0, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all, **_more: both)

    with pytest.raises(outside.NotAllowed):
        outside.post("https://mixed.example/", {}, allow_internal=False)


def test_with_the_operators_leave_a_form_reaches_a_server_inside(port):
    answer = outside.post(f"http://localhost:{port}/token", {"a": "b"}, allow_internal=True)

    assert answer.status_code == 200
    assert Canary.hits == [f"localhost:{port}/token a=b"]


def test_redirects_are_not_followed(port):
    answer = outside.post(f"http://localhost:{port}/away", {}, allow_internal=True)

    assert answer.status_code == 302
    assert len(Canary.hits) == 1


def test_an_answer_without_end_is_given_up(port):
    with pytest.raises(outside.NoAnswer):
        outside.post(f"http://localhost:{port}/endless", {}, allow_internal=True)


def test_nobody_there_is_said():
    with pytest.raises(outside.NoAnswer):
        outside.post("http://nobody.invalid/", {}, allow_internal=True)
