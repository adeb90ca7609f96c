"""The room: what colleagues tell each other, what was said outside, and who is written to; by mouse and by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of, tab_to
from tests.servers.harken import Harken
from tests.test_desk_pages import MAYA, WIDE, deliver

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def room(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto("/fennel/room/")
        yield page


def test_the_team_is_asked_and_a_message_is_logged_by_keyboard_alone(room: Page):
    room.keyboard.press("c")
    room.keyboard.type("Who has the key of the stone oven?")
    room.keyboard.press("Enter")
    asked = room.locator(".ask", has_text="Who has the key of the stone oven?")
    expect(asked.locator(".ask-head")).to_contain_text("Maya Lindqvist")

    tab_to(room, room.get_by_role("link", name="Log a call").last)
    room.keyboard.press("Enter")
    tab_to(room, room.get_by_label("Name, address or number"))
    room.keyboard.type("hannah")
    hannah = room.locator("#meant input").first
    expect(room.locator("#meant")).to_contain_text("Hannah Osei")
    expect(hannah).to_be_checked()
    way = room.get_by_label("How", exact=True)
    tab_to(room, way)
    room.keyboard.press("End")
    tab_to(room, room.get_by_label("What was said"))
    room.keyboard.type("She wants sesame on the order list.")
    tab_to(room, room.get_by_label("They ask for a change"))
    room.keyboard.press("Space")
    expect(room.get_by_label("The letter to them")).to_be_visible()
    room.keyboard.press("Control+Enter")

    logged = room.locator(".ask", has_text="She wants sesame on the order list.")
    expect(logged).to_contain_text("Hannah Osei")
    expect(logged.locator(".said")).to_have_count(1)


def test_somebody_is_written_to_and_the_team_is_answered_by_mouse(room: Page):
    room.locator("#say").click()
    room.keyboard.type("Which flour is out?")
    room.keyboard.press("Enter")
    asked = room.locator(".ask", has_text="Which flour is out?")
    asked.hover()
    asked.get_by_role("link", name="Note").click()
    room.keyboard.type("Rye")
    asked.get_by_role("button", name="Add note").click()
    expect(asked.locator(".said-note")).to_contain_text("Rye")

    room.locator("#say").click()
    room.keyboard.type("sofia mar")
    room.locator("#names").get_by_role("link", name="Sofia Marques").first.click()
    expect(room.get_by_label("To", exact=True)).to_have_value(re.compile("sofia@padaria-lisboa.example"))


def test_news_that_the_server_did_not_tell_at_first_comes_after_and_what_was_done_last_is_taken_back(
    room: Page, harken: Harken, half_a_minute: None
):
    room.route("**/room/*/?after=*", lambda route: route.abort(), times=1)
    deliver(harken, "Nkechi", "Twice asked for", "first")
    asked = room.locator(".ask", has_text="Twice asked for")
    expect(asked).to_contain_text("first")

    room.route("**/room/*/?known", lambda route: route.fulfill(status=502), times=1)
    deliver(harken, "Nkechi", "Re: Twice asked for", "rye", answers="first@Nkechi")
    expect(asked).to_contain_text("rye")

    asked.focus()
    room.keyboard.press("e")
    expect(asked.get_by_role("button", name="Reopen")).to_be_visible()
    room.keyboard.press("z")
    expect(asked.get_by_role("button", name="Done")).to_be_visible()
    room.keyboard.press("r")
    words = asked.locator(".composer .written")
    expect(words).to_be_focused()
    room.keyboard.type("Oat, for now")
    room.keyboard.press("Control+Enter")
    expect(asked.locator(".leaving")).to_contain_text("leaves in")
    room.keyboard.press("z")
    expect(words).to_have_text("Oat, for now")
    expect(words).to_be_focused()
    expect(asked.locator(".said", has_text="Oat, for now")).to_have_count(0)
