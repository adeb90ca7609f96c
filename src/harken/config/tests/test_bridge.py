import asyncio
import contextvars
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from harken.config.bridge import IN_MEMORY_BYTES, Bridge

WORKSPACE: contextvars.ContextVar[str] = contextvars.ContextVar("workspace", default="none")


class Client:
    """The far end of one request: gives its body piece by piece, and takes the answer."""

    def __init__(self, *pieces: bytes, headers: dict[str, str] | None = None, leaves: bool = False) -> None:
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https",
            "path": "/päge",
            "query_string": b"view=mine",
            "server": ("desk.example", 443),
            "client": ("203.0.113.9", 5),
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        self._pieces = list(pieces) or [b""]
        self._leaves = leaves
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(0)
        if not self._pieces:
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": self._leaves or bool(self._pieces)}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.headers |= dict(message.get("headers", []))
        self.body += message.get("body", b"")


def ask(
    application: Callable[..., Any], *clients: Client, threads: int = 1, most_bytes: int = 10_000_000
) -> Client:
    """Let the clients ask one after the other; return the last."""

    async def scene() -> None:
        bridge = Bridge(application, threads=threads, most_bytes=most_bytes)
        for client in clients:
            await bridge(client.scope, client.receive, client.send)
        bridge.stop()

    asyncio.run(scene())
    return clients[-1]


def answer_with(body: Any, status: str = "200 OK") -> Callable[..., Any]:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response(status, [("X-Found", "yes")])
        return body

    return application


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


def never(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    raise AssertionError("the application was asked")


def test_a_request_arrives_whole_with_its_address_and_its_client():
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        return echo(environ, start_response)

    client = ask(
        application, Client(b"one ", b"two", headers={"cookie": "a=1", "content-type": "text/plain"})
    )

    assert (client.status, client.body, client.headers) == (200, b"one two", {b"content-type": b"text/plain"})
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/päge"
    assert seen["QUERY_STRING"] == "view=mine"
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("203.0.113.9", "https")
    assert (seen["HTTP_COOKIE"], seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"]) == ("a=1", "text/plain", "7")


def test_a_large_upload_arrives_whole():
    pieces = [bytes([number]) * 65536 for number in range(40)]

    assert ask(echo, Client(*pieces)).body == b"".join(pieces)


def test_an_upload_cut_off_in_the_middle_never_reaches_the_application():
    assert ask(never, Client(b"half of a fi", leaves=True)).status == 0


def test_more_than_the_desk_takes_is_refused_before_and_while_it_is_sent():
    announced = ask(never, Client(headers={"content-length": "101"}), most_bytes=100)
    unannounced = ask(never, Client(b"x" * 60, b"x" * 60), most_bytes=100)

    assert (announced.status, unannounced.status) == (413, 413)


def test_a_header_with_underscores_cannot_pass_for_another():
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [environ.get("HTTP_X_FORWARDED_FOR", "absent").encode()]

    assert ask(application, Client(headers={"x_forwarded_for": "127.0.0.1"})).body == b"absent"


def test_what_one_request_sets_in_its_context_never_reaches_the_next():
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        before = WORKSPACE.get()
        WORKSPACE.set("acme")
        return [before.encode()]

    assert ask(application, Client(), Client()).body == b"none"


def test_a_long_answer_arrives_whole_and_is_closed_in_the_thread_that_made_it():
    threads: list[str] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            threads.append(threading.current_thread().name)
            yield from (b"x" * 1000 for _ in range(3000))

        def close(self) -> None:
            threads.append(threading.current_thread().name)

    assert len(ask(answer_with(Pieces()), Client()).body) == 3_000_000
    assert len(threads) == 2
    assert len(set(threads)) == 1


def test_a_large_file_is_sent_although_the_application_closed_it(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * (IN_MEMORY_BYTES // 100))
    file = path.open("rb")
    file.read(10)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](file, 4096)

    assert ask(application, Client()).body == path.read_bytes()[10:]
    assert file.closed


def test_a_file_that_is_no_file_on_disk_is_sent_as_it_reads():
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"sealed"))

    assert ask(application, Client()).body == b"sealed"


def test_a_slow_reader_holds_no_thread():
    async def scene() -> int:
        bridge = Bridge(answer_with([b"x" * 3_000_000]), threads=1, most_bytes=100)
        slow, quick, may_read = Client(), Client(), asyncio.Event()

        async def send_slowly(message: Any) -> None:
            await may_read.wait()

        waiting = asyncio.create_task(bridge(slow.scope, slow.receive, send_slowly))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(bridge(quick.scope, quick.receive, quick.send), 5)
        may_read.set()
        await waiting
        return quick.status

    assert asyncio.run(scene()) == 200


def test_a_slow_sender_holds_no_thread():
    async def scene() -> int:
        bridge = Bridge(echo, threads=1, most_bytes=100)
        slow, quick, may_send = Client(b"a", b"b"), Client(), asyncio.Event()

        async def receive_slowly() -> Any:
            await may_send.wait()
            return await slow.receive()

        waiting = asyncio.create_task(bridge(slow.scope, receive_slowly, slow.send))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(bridge(quick.scope, quick.receive, quick.send), 5)
        may_send.set()
        await waiting
        return quick.status

    assert asyncio.run(scene()) == 200


def test_a_crowd_that_waits_too_long_is_sent_away():
    async def scene() -> list[int]:
        may_answer = threading.Event()

        def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
            may_answer.wait(5)
            return echo(environ, start_response)

        bridge = Bridge(application, threads=1, most_bytes=100, most_waiting=2)
        clients = [Client() for _ in range(3)]
        asked = [asyncio.create_task(bridge(each.scope, each.receive, each.send)) for each in clients]
        await asyncio.wait(asked, timeout=0.1)
        may_answer.set()
        await asyncio.gather(*asked)
        return [client.status for client in clients]

    assert asyncio.run(scene()) == [200, 200, 503]
