"""People and companies in a browser, on the demo: by keyboard, by mouse, and for everybody's eyes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken
from tests.test_desk_pages import MAYA, WIDE

TOMAS = "tomas@fennel.example"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("people_pages")]


@pytest.fixture(scope="module")
def session(browser: Browser, harken: Harken) -> Any:
    return session_of(browser, harken.sign_in_link(MAYA))


def test_somebody_is_found_and_written_to_by_keyboard_alone(browser: Browser, harken: Harken, session: Any):
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto("/fennel/inbox/")
        page.keyboard.press("g")
        page.keyboard.press("p")
        page.wait_for_url(re.compile(r"/people/$"))
        page.keyboard.press("/")
        page.keyboard.type("priya")
        page.keyboard.press("Enter")
        page.locator(".who a", has_text="Priya Raman").press("Enter")
        expect(page.locator("h1")).to_have_text("Priya Raman")

        page.keyboard.press("c")
        page.get_by_label("Subject").fill("Your new shop")
        page.locator(".composer .written").fill("When do you open?")
        page.keyboard.press("Control+Enter")

        page.wait_for_url(re.compile(r"/tickets/\d+/"))
        expect(page.locator(".msg-us")).to_contain_text("When do you open?")


def test_whoever_wants_no_single_keys_has_none(browser: Browser, harken: Harken):
    session = session_of(browser, harken.sign_in_link(TOMAS))
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto("/fennel/settings/you/")
        page.locator("[name=has_single_keys]").press("Space")
        page.locator("[name=has_single_keys]").press("Enter")
        expect(page.locator("#notices")).to_contain_text("Saved.")
        page.goto("/fennel/inbox/")
        before = page.url
        page.locator("#rows-ours .row").first.focus()
        pressed: list[str] = []
        page.on("request", lambda asked: pressed.append(asked.url) if asked.method != "GET" else None)
        for key in ("x", "j", "k", "e", "a", "s", "c", "m", "t", "z", "?", "/", "g", "p"):
            page.keyboard.press(key)
        expect(page.locator("#rows-ours .row").first).to_be_focused()
        assert (page.url, pressed) == (before, [])
        expect(page.locator(".row-box:checked, dialog[open], details[data-menu][open]")).to_have_count(0)

        # Enter and the keys with Ctrl still do what they say, and the list of keys tells what is the matter.
        page.keyboard.press("Enter")
        page.locator(".thread-head").wait_for()
        page.goto("/fennel/settings/you/")
        page.get_by_role("link", name="What each key does").press("Enter")
        expect(page.locator("main")).to_contain_text("Single keys are off for you.")
        page.get_by_role("link", name="Change that").click()
        expect(page.locator("[name=has_single_keys]")).not_to_be_checked()
        page.locator("[name=has_single_keys]").press("Space")
        page.locator("[name=has_single_keys]").press("Enter")
        expect(page.locator("#notices")).to_contain_text("Saved.")
        page.goto("/fennel/inbox/")
        page.locator("#rows-ours .row").first.press("x")
        expect(page.locator(".row-box:checked")).to_have_count(1)
