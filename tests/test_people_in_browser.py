"""People and companies in a browser, on the demo: by keyboard, by mouse, and for everybody's eyes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken
from tests.test_desk_pages import MAYA, WIDE

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
        page.get_by_label("Your message").fill("When do you open?")
        page.keyboard.press("Control+Enter")

        page.wait_for_url(re.compile(r"/tickets/\d+/"))
        expect(page.locator(".msg-us")).to_contain_text("When do you open?")
