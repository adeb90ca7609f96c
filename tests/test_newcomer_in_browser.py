"""Somebody new, with nothing set up and nothing read: from the first page to the first answer, by keyboard alone."""

import smtplib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import page_of
from tests.servers.harken import Harken
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("newcomer")]

LETTER = """From: Dieter Brandt <dieter@brandt.example>
To: help@tools.example
Subject: The scale is cold
Message-ID: <first@brandt.example>

Our scale shows nothing since this morning. What can we do?
"""


@pytest.fixture
def new_harken(sink: SmtpSink) -> Iterator[Harken]:
    """An installation that nobody has opened yet."""
    with Harken(HARKEN_SMTP_IN=f"127.0.0.1:{free_port()}", HARKEN_SMTP_URL=sink.url) as harken:
        yield harken


def test_a_newcomer_answers_the_first_request(browser: Browser, new_harken: Harken, sink: SmtpSink):
    [link] = [word for word in new_harken.log.split() if "/welcome/" in word]
    with page_of(browser) as page:
        page.goto(link)
        open_the_room(page)
        # One thing to press, and nothing that says otherwise beside it.
        expect(page.locator(".btn-go:visible")).to_have_text(["Connect the mailbox"])
        assert page.locator(".part-tip li").inner_text().split() == ["help@tools.example", "not", "yet"]
        assert "(you)" in page.locator(".here").inner_text()

        sample = page.locator(".ask", has_text="Do you deliver to Lund")
        answer(page, sample, "Every Saturday before nine.")
        expect(sample.locator(".said")).to_contain_text("Every Saturday")

        let_a_customer_write(new_harken)
        asked = page.locator(".ask", has_text="shows nothing since this morning")
        expect(page.locator(".part-tip .dot-on")).to_have_count(1)
        answer(page, asked, "Hold the button for ten seconds.")
        expect(asked.locator(".said")).to_contain_text("Hold the button")
        expect(page.locator(".day")).to_have_count(1)

        # Of the sample nothing has left.
        [letter] = sink.wait_for(1)
    assert letter.recipients == ("dieter@brandt.example",)


def open_the_room(page: Page) -> None:
    for words in ("Bakery Tools", "ann@tools.example", "help@tools.example"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/room/")
    page.wait_for_load_state("networkidle")


def let_a_customer_write(harken: Harken) -> None:
    host, _colon, port = harken.environment["HARKEN_SMTP_IN"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as smtp:
        smtp.sendmail("dieter@brandt.example", ["help@tools.example"], LETTER)


def answer(page: Page, ask: Locator, words: str) -> None:
    button = ask.get_by_role("link", name="Answer", exact=True)
    while not button.evaluate("each => each === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(ask.locator(".written")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
