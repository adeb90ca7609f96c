import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent, Token
from harken.workspaces import wall

Answer = Any


class Caller:
    """A program that speaks to the API with an agent's token."""

    def __init__(self, agent: Agent) -> None:
        wall.enter(agent.workspace_id)
        self.agent, self.workspace = agent, agent.workspace
        self.token = Token.objects.issue(agent, "test")[1]
        self.client = Client()

    def get(self, address: str, **query: Any) -> Answer:
        return self._send("get", address, query)

    def post(self, address: str, body: Any, *, key: str | None = None) -> Answer:
        return self._write("post", address, body, key)

    def patch(self, address: str, body: Any) -> Answer:
        return self._write("patch", address, body, None)

    def put(self, address: str, body: Any) -> Answer:
        return self._write("put", address, body, None)

    def delete(self, address: str) -> Answer:
        return self._send("delete", address)

    def _write(self, method: str, address: str, body: Any, key: str | None) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        return self._send(method, address, raw, headers=headers, content_type="application/json")

    def _send(
        self, method: str, address: str, *given: Any, headers: dict[str, str] | None = None, **more: Any
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        try:
            return getattr(self.client, method)(f"/api/v1{address}", *given, headers=headers, **more)
        finally:
            # A request ends outside of all workspaces; the test goes on inside.
            wall.enter(self.workspace.pk)


@pytest.fixture
def olga(db: None, settings: Settings, tmp_path: Path) -> Iterator[Caller]:
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    yield Caller(make_agent(email="olga@fennel.example"))
    wall.leave()


@pytest.fixture
def caller(olga: Caller) -> Callable[[Agent], Caller]:
    """Make a caller for any agent."""
    return Caller
