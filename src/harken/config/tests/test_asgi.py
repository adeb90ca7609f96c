import asyncio
from typing import Any

import pytest

from harken.config import asgi


def ask(path: str, method: str = "GET", kind: str = "http") -> list[dict[str, Any]]:
    """The messages with which the one door answers."""
    answers: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": kind, "path": path, "method": method, "http_version": "1.1", "scheme": "http"}
    asyncio.run(asgi.application(scope | {"query_string": b"", "headers": []}, receive, send))
    return answers


def test_alive_is_answered_without_asking_django(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asgi.desk, "_application", lambda *_: pytest.fail("Django was asked"))

    assert [ask("/healthz")[0]["status"], ask("/healthz")[1]["body"]] == [200, b"alive\n"]


def test_the_stream_can_only_be_read():
    assert ask("/live", method="POST")[0]["status"] == 405


def test_a_stranger_gets_no_stream():
    assert ask("/live")[0]["status"] == 401


def test_everything_else_is_djangos():
    start, body = ask("/metrics")

    assert (start["status"], body["body"][:8]) == (403, b"Ask from")


def test_a_web_socket_is_closed():
    assert ask("/live", kind="websocket") == [{"type": "websocket.close"}]


def test_the_hub_listens_from_start_to_stop(monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []

    async def stop() -> None:
        told.append("stop")

    async def scene() -> None:
        orders = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, Any]:
            return {"type": next(orders)}

        async def send(message: Any) -> None:
            told.append(message["type"])

        await asgi.application({"type": "lifespan"}, receive, send)

    monkeypatch.setattr(asgi.hub, "start", lambda: told.append("start"))
    monkeypatch.setattr(asgi.hub, "stop", stop)
    monkeypatch.setattr(asgi.desk, "stop", lambda: None)

    asyncio.run(scene())

    assert told == ["start", "lifespan.startup.complete", "stop", "lifespan.shutdown.complete"]
