"""A thread of thousands of messages: opened at what is new, and read upwards by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("long_thread")]

MESSAGES, SEEN = 5_000, 4_990
# Written past the verbs: through them it would take minutes.
_LENGTHEN = f"""
from harken.agents.models import Agent
from harken.tickets.models import Message, Ticket
from harken.tickets.seen import note_seen
from harken.workspaces import wall
from harken.workspaces.models import Workspace
workspace = Workspace.objects.get(slug="fennel")
with wall.inside(workspace.pk):
    ticket = Ticket.objects.get(subject="Receipt printer cuts the last line")
    first = ticket.last_position + 1
    Message.objects.bulk_create(
        Message(
            workspace=workspace, ticket=ticket, position=at, text=f"Story {{at}}.", kind="contact",
            author_contact_id=ticket.requester_id, created_at=ticket.created_at,
        )
        for at in range(first, {MESSAGES} + 1)
    )
    last = Message.objects.get(ticket=ticket, position={MESSAGES}).pk
    counts = {{"last_position": {MESSAGES}, "message_count": {MESSAGES}, "last_message_id": last}}
    Ticket.objects.filter(pk=ticket.pk).update(**counts)
    note_seen(ticket, Agent.objects.get(user__email="maya@fennel.example"), {SEEN})
print(ticket.number)
"""


@pytest.fixture
def number(harken: Harken) -> str:
    """The number of a request that has become long."""
    return harken.run("manage", "shell", "--no-imports", "--command", _LENGTHEN).split()[-1]


def test_a_long_thread_opens_at_what_is_new_and_is_read_upwards(
    browser: Browser, harken: Harken, number: str
):
    options: dict[str, Any] = {"storage_state": session_of(harken.sign_in_link("maya@fennel.example"))}
    with page_of(browser, base_url=harken.url, **options) as page:
        page.goto(f"/fennel/tickets/{number}/")
        expect(page.locator("#first-new")).to_be_in_viewport()
        messages = page.locator("#thread .msg")
        assert messages.count() == 50

        earlier = page.locator("#thread > .earlier a").first
        earlier.focus()
        page.keyboard.press("Enter")
        messages.nth(99).wait_for(state="attached")

        expect(page.get_by_text("Story 4951.")).to_be_in_viewport()
        expect(page.locator("#thread")).to_be_focused()
