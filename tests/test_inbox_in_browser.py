"""Whose work it is, and what is done to several at once: by mouse, and by keyboard alone."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, Route, expect

from tests.browser import WAIT_MILLISECONDS, page_of, session_of, tab_to
from tests.servers.harken import Harken, until
from tests.test_desk_pages import MAYA, WIDE, deliver, open_request

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("states_pages")]

TOMAS = "tomas@fennel.example"


@pytest.fixture(scope="module")
def sessions(harken: Harken) -> list[Any]:
    """The cookies of Maya and of Tomás."""
    return [session_of(harken.sign_in_link(address)) for address in (MAYA, TOMAS)]


@pytest.fixture
def desks(browser: Browser, harken: Harken, sessions: list[Any]) -> Iterator[list[Page]]:
    """A page of Maya and one of Tomás."""
    with ExitStack() as stack:
        options = {"viewport": WIDE, "base_url": harken.url}
        yield [stack.enter_context(page_of(browser, storage_state=each, **options)) for each in sessions]


def test_work_is_taken_handed_over_and_found_by_mouse(desks: list[Page], harken: Harken):
    maya, tomas = desks
    tomas.goto("/fennel/inbox/?view=mine")
    open_request(maya, harken, "Otto")
    menu = maya.locator(".assign")

    menu.locator("summary").click()
    menu.get_by_role("button", name="I’ll take it").click()
    expect(maya.locator(".assignee")).to_have_text("Maya Lindqvist")
    maya.locator("#acts").get_by_role("button", name="Undo").click()
    expect(maya.locator(".assignee")).to_have_count(0)
    menu.locator("summary").click()
    menu.get_by_label("A note for them").fill("You know his oven")
    menu.get_by_role("button", name="Tomás Herrera").click()
    expect(maya.locator("#acts")).to_contain_text("Tomás Herrera has it now.")

    told = tomas.locator(".told-one", has_text="Question of Otto")
    expect(told).to_contain_text("Maya Lindqvist handed you", timeout=WAIT_MILLISECONDS)
    told.get_by_role("link").click()
    expect(tomas.locator(".msg-note")).to_contain_text("You know his oven")
    tomas.locator("#views a", has_text="Mine").click()
    expect(tomas.locator(".row", has_text="Question of Otto")).to_be_visible()


def takes_back(answer: Response) -> bool:
    """Say whether this is what becomes of a press on "Undo"."""
    return answer.request.method == "POST" and bool(re.search(r"/acts/\d+/$|/undo$", answer.url))


def test_several_are_closed_and_taken_back_by_mouse_and_by_keyboard(desks: list[Page], harken: Harken):
    desk = desks[0]
    for name in ("Pia", "Pim"):
        deliver(harken, name, f"Question of {name}", "first")
    desk.goto("/fennel/inbox/?view=unassigned")
    rows = [desk.locator("li:has(> .row)", has_text=f"Question of {name}") for name in ("Pia", "Pim")]

    for row in rows:
        row.hover()
        row.get_by_role("checkbox").click()
    desk.locator("#bulk").get_by_role("button", name="Close", exact=True).click()
    for row in rows:
        expect(row.get_by_role("link", name=re.compile("^Closed"))).to_be_visible()
    desk.locator("#acts").get_by_role("button", name="Undo").click()
    for row in rows:
        expect(row.get_by_role("link", name=re.compile("^Closed"))).to_have_count(0)

    for row in rows:
        row.locator(".row").focus()
        desk.keyboard.press("x")
    desk.keyboard.press("s")
    later = desk.locator("#bulk [data-until='']")
    tab_to(desk, later)
    with desk.expect_response(takes_back):
        desk.keyboard.press("Enter")
        desk.keyboard.press("z")
    expect(desk.locator("#acts")).to_contain_text("2 requests are as they were.")
    for row in rows:
        expect(row.get_by_role("link", name=re.compile("^Set aside"))).to_have_count(0)


def test_keys_and_menus_do_not_wait_for_an_answer(desks: list[Page], harken: Harken):
    desk = desks[0]
    open_request(desk, harken, "Ute")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/aside?*", hold)
    desk.keyboard.press("s")
    until_they_write = desk.get_by_role("button", name="Until they write")
    tab_to(desk, until_they_write)
    desk.keyboard.press("Enter")
    more = desk.locator("#menu-more")
    more.locator("summary").click()
    until(lambda: desk.evaluate("1") and held)
    held.pop().continue_()

    expect(desk.locator(".thread-turn")).to_contain_text("Set aside")
    expect(until_they_write).to_be_hidden()
    expect(more.get_by_role("link", name="Merge")).to_be_visible()

    more.locator("summary").click()
    desk.locator("#acts").get_by_role("button", name="Undo").click()
    expect(desk.locator(".thread-turn")).to_contain_text("Waiting for us")
    desk.keyboard.press("s")
    tab_to(desk, until_they_write)
    desk.keyboard.press("Enter")
    desk.keyboard.press("z")
    until(lambda: desk.evaluate("1") and held)
    with desk.expect_response(takes_back):
        held.pop().continue_()
    expect(desk.locator("#acts")).to_contain_text("Taken back.")
    expect(desk.locator(".thread-turn")).to_contain_text("Waiting for us")
