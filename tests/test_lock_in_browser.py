"""Two colleagues, two browsers, one answer: who writes it is seen at once, and taken over knowingly."""

import re
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]

HELP = "help@fennel.example"


@pytest.fixture(scope="module")
def sessions(harken: Harken) -> dict[str, Any]:
    """The cookies of two colleagues, by their name."""
    return {name: session_of(harken.sign_in_link(f"{name}@fennel.example")) for name in ("maya", "tomas")}


@pytest.fixture
def maya(browser: Browser, harken: Harken, sessions: dict[str, Any]) -> Iterator[Page]:
    with page_of(browser, storage_state=sessions["maya"], base_url=harken.url) as page:
        yield page


@pytest.fixture
def tomas(browser: Browser, harken: Harken, sessions: dict[str, Any]) -> Iterator[Page]:
    with page_of(browser, storage_state=sessions["tomas"], base_url=harken.url) as page:
        yield page


def ask(harken: Harken, name: str, *pages: Page) -> None:
    """Let a customer write, and open their request on these pages."""
    letter = (
        f"From: {name} <{name.lower()}@crumb.example>\nTo: {HELP}\nSubject: Question of {name}\n\nWhere?\n"
    )
    host, _colon, port = harken.environment["HARKEN_SMTP_IN"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as smtp:
        smtp.sendmail(f"{name.lower()}@crumb.example", [HELP], letter)
    for page in pages:
        page.goto("/fennel/inbox/?view=open")
        page.locator(".row", has_text=f"Question of {name}").click()
        page.locator(".msg-them", has_text="Where?").wait_for()


def composer(page: Page) -> Any:
    return page.get_by_label("Your message")


def test_an_answer_is_held_seen_taken_over_by_a_key_and_taken_back(maya: Page, tomas: Page, harken: Harken):
    ask(harken, "Hedda", maya, tomas)
    expect(maya.get_by_label("Tomás Herrera is reading")).to_be_visible()

    composer(tomas).click()
    tomas.keyboard.type("Dear Hedda, it is")
    expect(maya.locator(".composer .held")).to_contain_text("Tomás Herrera is writing an answer")
    expect(maya.locator(".row", has_text="Question of Hedda")).to_contain_text("Tomás is writing")
    expect(composer(maya)).to_be_hidden()

    maya.get_by_role("button", name="Leave a note").click()
    maya.keyboard.type("She rang, too.")
    maya.keyboard.press("Control+Enter")
    expect(tomas.locator(".msg-note")).to_contain_text("She rang, too.")
    maya.keyboard.press("Escape")

    maya.keyboard.press("o")
    expect(tomas.get_by_role("alert").filter(has_text="Maya Lindqvist has taken over")).to_be_visible()
    expect(composer(tomas)).to_have_text("Dear Hedda, it is")
    expect(tomas.get_by_role("button", name="Send", exact=False).first).to_be_hidden()
    expect(composer(maya)).to_be_focused()

    tomas.get_by_role("button", name=re.compile("Take it back")).click()
    expect(maya.locator(".composer .held")).to_contain_text("Tomás Herrera has taken over")
    tomas.keyboard.press("End")
    tomas.keyboard.type(" on its way.")
    expect(composer(tomas)).to_have_text("Dear Hedda, it is on its way.")


def test_leaving_lets_go_and_a_killed_browser_too(maya: Page, tomas: Page, harken: Harken):
    ask(harken, "Ivo", maya, tomas)
    composer(tomas).click()
    tomas.keyboard.type("Dear Ivo")
    expect(maya.locator(".composer .held")).to_be_visible()

    tomas.keyboard.press("Control+a")
    tomas.keyboard.press("Delete")
    expect(maya.locator(".composer .held")).to_be_hidden()

    tomas.keyboard.type("Dear Ivo again")
    expect(maya.locator(".composer .held")).to_be_visible()
    tomas.close(run_before_unload=False)
    expect(maya.locator(".composer .held")).to_be_hidden()
    expect(composer(maya)).to_be_visible()
    expect(maya.get_by_label("Tomás Herrera is reading")).to_be_hidden()
