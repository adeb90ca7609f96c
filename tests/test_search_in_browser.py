"""Search in a browser, on the demo: while somebody types, by keyboard, without scripts, for everybody's eyes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of, tab_to
from tests.servers.harken import Harken, until
from tests.test_desk_pages import MAYA, WIDE, deliver

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("search_pages")]


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    """Maya's cookies, once the demo's messages can be found."""
    harken.run("search", "reindex", "--workspace", "fennel")
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


def test_the_list_answers_while_somebody_types_and_comes_back(desk: Page):
    desk.goto("/fennel/inbox/")
    desk.locator(".rows .row").first.wait_for()

    desk.keyboard.press("/")
    desk.keyboard.type("delivery")
    expect(desk.locator(".found mark").first).to_be_visible()
    expect(desk.locator(".rows")).to_be_hidden()
    expect(desk).to_have_url(re.compile(r"/search/\?q=delivery$"))
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.locator(".msg").first.wait_for()
    expect(desk.locator(".found .row[aria-current=true]")).to_have_count(1)

    desk.keyboard.press("/")
    desk.keyboard.press("Escape")
    expect(desk.locator(".rows .row").first).to_be_visible()
    expect(desk.locator(".found")).to_be_hidden()


def test_what_was_found_is_opened_kept_as_a_view_and_shared_by_mouse(
    browser: Browser, harken: Harken, desk: Page
):
    desk.goto("/fennel/inbox/")
    desk.get_by_role("searchbox").click()
    desk.get_by_role("searchbox").press_sequentially("deliv window")
    desk.locator(".found .row", has_text="Two delivery windows").click()
    expect(desk.locator("#conversation h1")).to_contain_text("Two delivery windows")
    desk.get_by_text("Save as view").click()
    desk.get_by_label("Name of the view").fill("Windows of delivery")
    desk.get_by_label("All colleagues see it").check()
    desk.locator(".save-view").get_by_role("button", name="Save").click()
    view = desk.locator("#views").get_by_role("link", name="Windows of delivery")
    view.click()
    expect(view).to_have_attribute("aria-current", "page")
    expect(desk.locator("#list .row", has_text="Two delivery windows")).to_be_visible()

    session = session_of(harken.sign_in_link("tomas@fennel.example"))
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as theirs:
        theirs.goto("/fennel/inbox/")
        theirs.locator("#views").get_by_role("link", name="Windows of delivery").click()
        expect(theirs.locator("#list .row", has_text="Two delivery windows")).to_be_visible()
        theirs.get_by_role("link", name="Saved views").click()
        expect(theirs.locator(".views-kept")).to_contain_text("shared by Maya Lindqvist")
    desk.get_by_role("link", name="Saved views").click()
    desk.get_by_role("button", name="Remove “Windows of delivery”").click()
    expect(view).to_have_count(0)


def test_what_was_found_is_kept_as_a_view_and_used_by_keyboard_alone(desk: Page):
    desk.goto("/fennel/inbox/")
    desk.keyboard.press("/")
    desk.keyboard.type("deliv window")
    expect(desk.locator(".found .row", has_text="Two delivery windows")).to_be_visible()
    tab_to(desk, desk.locator(".save-view summary"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_label("Name of the view"))
    desk.keyboard.type("My windows")
    desk.keyboard.press("Enter")
    view = desk.locator("#views").get_by_role("link", name="My windows")
    tab_to(desk, view)
    desk.keyboard.press("Enter")
    expect(view).to_have_attribute("aria-current", "page")
    while not desk.locator("#list .row:focus", has_text="Two delivery windows").count():
        desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator("#conversation h1")).to_contain_text("Two delivery windows")
    tab_to(desk, desk.get_by_role("link", name="Saved views"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_role("button", name="Remove “My windows”"))
    desk.keyboard.press("Enter")
    expect(view).to_have_count(0)


def test_a_letter_is_found_soon_after_it_came(desk: Page, harken: Harken):
    deliver(harken, "Zoe", "Zeppelin", "The quixotic zeppelin")

    until(lambda: is_found(desk, "quixotic", "Zeppelin"), seconds=15)


def test_killed_workers_cost_no_words(desk: Page, harken: Harken):
    names = ("Xeno", "Yara", "Zita")
    for name in names:
        deliver(harken, name, f"Balloon of {name}", f"gondola{name.lower()}s")
        until(lambda: harken.is_running("worker"))
        harken.kill("worker")

    # What a dead worker had in its hands is taken away from it after a while.
    until(lambda: all(is_found(desk, f"gondola{name}s", f"Balloon of {name}") for name in names), seconds=60)
    assert desk.locator(".found .row").count() == 1


def is_found(desk: Page, question: str, subject: str) -> bool:
    desk.goto(f"/fennel/search/?q={question}")
    return bool(desk.locator(".found .row", has_text=subject).count())


def test_without_scripts_enter_asks(browser: Browser, harken: Harken, session: Any):
    options = {"storage_state": session, "base_url": harken.url, "java_script_enabled": False}
    with page_of(browser, viewport=WIDE, **options) as page:
        page.goto("/fennel/inbox/")
        page.get_by_role("searchbox").fill("delivery is:unanswered zap:1")
        page.get_by_role("searchbox").press("Enter")

        expect(page.get_by_text("There is no filter “zap:”")).to_be_visible()
        page.goto("/fennel/search/?q=delivery")
        page.locator(".found .row").first.click()
        expect(page.locator(".msg").first).to_be_visible()
