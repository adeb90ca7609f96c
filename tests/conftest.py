"""What several tests of the whole stand on: a server that takes our mail, a browser, a running demo."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import running_chromium
from tests.servers.harken import Harken
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def demo() -> Iterator[Harken]:
    """The demo, which also takes mail by SMTP: one for a whole run, because its start takes as long as ten tests."""
    settings = {"HARKEN_SMTP_IN": f"127.0.0.1:{free_port()}", "HARKEN_ALLOW_INTERNAL": "yes"}
    with Harken("--demo", **settings) as demo:
        yield demo


@pytest.fixture(scope="module")
def harken(demo: Harken) -> Iterator[Harken]:
    """
    The demo for tests that want it as it comes; who needs it otherwise starts their own. What they opened is closed
    after them: lists stay short enough to find the demo's own requests on their first page.
    """
    token = demo.token("fennel")
    before = {each["number"] for each in open_requests(demo, token)}
    yield demo
    for each in open_requests(demo, token):
        if each["number"] not in before:
            demo.send(token, "PATCH", f"/tickets/{each['number']}", {"state": "closed"})


def open_requests(harken: Harken, token: str) -> list[dict[str, Any]]:
    """The newest that stand in the list of all that is not done."""
    asked = [harken.get(token, f"/tickets?state={state}&limit=100") for state in ("open", "waiting")]
    return [each for page in asked for each in page["results"]]


@pytest.fixture
def half_a_minute(harken: Harken) -> Iterator[None]:
    """Answers can be taken back for the longest time there is."""
    fennel = "from harken.workspaces.models import Workspace; Workspace.objects.filter(slug='fennel')"
    harken.run("manage", "shell", "-c", f"{fennel}.update(own_undo_seconds=30)")
    yield
    harken.run("manage", "shell", "-c", f"{fennel}.update(own_undo_seconds=None)")
