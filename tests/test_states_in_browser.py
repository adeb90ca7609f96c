"""Where requests stand, who people are and which language is spoken, changed in a browser: by mouse and by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken
from tests.test_desk_pages import WIDE, open_request

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("states_pages")]


@pytest.fixture(scope="module")
def session(browser: Browser, harken: Harken) -> Any:
    """Tomás’s cookies."""
    return session_of(browser, harken.sign_in_link("tomas@fennel.example"))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


def test_a_request_is_set_aside_taken_back_and_tagged_by_mouse(desk: Page, harken: Harken):
    open_request(desk, harken, "Mona")
    stands = desk.locator(".thread-turn")

    desk.locator(".head-menu > summary").first.click()
    desk.get_by_role("button", name="Until they write").click()
    expect(stands).to_contain_text("Set aside")
    desk.get_by_role("button", name="Undo").first.click()
    expect(stands).to_contain_text("Waiting for us")
    desk.locator(".tag-more > summary").click()
    desk.locator(".tag-more [name=name]").fill("delivery")
    desk.locator(".tag-more .btn").click()

    expect(desk.locator(".tags form.tag")).to_contain_text("delivery")


def test_a_request_is_set_aside_taken_back_and_tagged_by_keyboard_alone(desk: Page, harken: Harken):
    open_request(desk, harken, "Kira")
    stands = desk.locator(".thread-turn")

    desk.keyboard.press("s")
    later = desk.get_by_role("button", name="Until they write")
    expect(later).to_be_visible()
    expect(desk.get_by_role("button", name="In an hour")).to_be_focused()
    while not later.evaluate("each => each === document.activeElement"):
        desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(stands).to_contain_text("Set aside")
    expect(desk.locator("[data-key=z]").first).to_be_visible()
    desk.keyboard.press("z")
    expect(stands).to_contain_text("Waiting for us")
    desk.keyboard.press("t")
    expect(desk.locator(".tag-more [name=name]")).to_be_focused()
    desk.keyboard.type("delivery")
    desk.keyboard.press("Enter")

    expect(desk.locator(".tags form.tag")).to_contain_text("delivery")
    expect(desk.locator("summary[data-key=t]")).to_be_focused()


def test_a_person_is_changed_by_mouse(desk: Page):
    desk.goto("/fennel/people/?q=hannah")
    desk.locator(".who a", has_text="Hannah Osei").click()
    desk.locator(".page-head .more-menu summary").click()
    desk.get_by_role("link", name="Edit").click()
    desk.get_by_label("What they do").fill("Runs the ovens")
    desk.get_by_role("button", name="Save").click()

    expect(desk.locator(".page-head")).to_contain_text("Runs the ovens")


def test_a_language_is_chosen_by_keyboard(desk: Page):
    for words, language in (("Y", "yo"), ("E", "en")):
        desk.goto("/fennel/settings/you/")
        desk.locator("select[name=language]").focus()
        desk.keyboard.type(words)
        desk.locator("form .btn-go").first.press("Enter")
        expect(desk.locator("html")).to_have_attribute("lang", language)
