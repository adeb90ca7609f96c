"""What several tests of the whole stand on: a server that takes our mail, a browser, a running demo."""

from collections.abc import Iterator

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
def harken() -> Iterator[Harken]:
    """
    The demo, which also takes mail by SMTP: one for all tests of a run that want it as it comes, because its start
    takes as long as ten of them. Who needs it otherwise starts their own.
    """
    settings = {"HARKEN_SMTP_IN": f"127.0.0.1:{free_port()}", "HARKEN_ALLOW_INTERNAL": "yes"}
    with Harken("--demo", **settings) as harken:
        yield harken


@pytest.fixture
def half_a_minute(harken: Harken) -> Iterator[None]:
    """Answers can be taken back for the longest time there is."""
    fennel = "from harken.workspaces.models import Workspace; Workspace.objects.filter(slug='fennel')"
    harken.run("manage", "shell", "-c", f"{fennel}.update(own_undo_seconds=30)")
    yield
    harken.run("manage", "shell", "-c", f"{fennel}.update(own_undo_seconds=None)")
