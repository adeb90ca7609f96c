"""The ledger and held mail in a browser: they follow what arrives, and are decided by keyboard."""

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of, wait_for_quiet
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("ledger_pages")]

MAYA, HELP = "maya@fennel.example", "help@fennel.example"
WIDE = {"width": 1440, "height": 900}
# One more than Harken opens.
DEPTH = 101


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    """Maya's cookies."""
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


def deliver(harken: Harken, subject: str, *, is_readable: bool = True) -> None:
    """Let Ann write; what is nested too deep is held."""
    head = f"From: Ann <ann@crumb.example>\nTo: {HELP}\nSubject: {subject}\nMessage-ID: <{subject}@crumb>\n"
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n' for depth in range(DEPTH)
    )
    body = "\nTwo jars were broken.\n" if is_readable else f"MIME-Version: 1.0\n{nested}\nHello\n"
    host, _colon, port = harken.environment["HARKEN_SMTP_IN"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as smtp:
        smtp.sendmail("ann@crumb.example", [HELP], head + body)


def test_held_mail_comes_into_the_open_inbox_and_is_opened_by_keyboard(desk: Page, harken: Harken):
    desk.goto("/fennel/inbox/")
    before = int(desk.locator("#views a", has_text="Held mail").locator(".n").inner_text())

    deliver(harken, "Jars", is_readable=False)
    row = desk.locator(".held-row", has_text="Jars")
    expect(row).to_be_visible()
    expect(desk.locator("#views a", has_text="Held mail").locator(".n")).to_have_text(str(before + 1))
    while row.locator(".row:focus").count() == 0:
        desk.keyboard.press("j")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    desk.locator(".msg-them", has_text="could not read this letter").wait_for()
    expect(desk.locator(".msg-them .files")).to_contain_text(".eml")
    desk.locator(".msg-them .msg-more summary").click()
    desk.get_by_role("link", name="Why here").click()
    expect(desk.locator("#arrival")).to_contain_text("opened it")


def test_the_ledger_follows_what_arrives(desk: Page, harken: Harken):
    desk.goto("/fennel/ledger/")

    deliver(harken, "Seen in the ledger")

    row = desk.locator("#arrivals tr", has_text="Seen in the ledger")
    expect(row).to_contain_text("opened a request")
    expect(desk.locator("#arrivals tr").first).to_contain_text("Seen in the ledger")


def test_a_letter_that_is_tried_again_shows_its_end_without_reload(desk: Page, harken: Harken):
    deliver(harken, "Tried", is_readable=False)
    desk.goto("/fennel/held/")
    letter = desk.locator(".held-letter", has_text="Tried")
    letter.get_by_role("link", name="Tried").click()

    desk.locator(".ledger-others summary").click()
    desk.get_by_role("button", name="Try again").click()
    desk.wait_for_url("**/held/")

    expect(desk.locator(".held-letter", has_text="Tried")).to_be_visible()
    desk.get_by_role("link", name="Tried").click()
    expect(desk.locator("#arrival")).to_contain_text("What it was judged to be before")


def test_nothing_is_fetched_while_nothing_happens(desk: Page):
    asked: list[str] = []
    desk.goto("/fennel/ledger/")
    desk.wait_for_timeout(1500)
    desk.on("request", lambda request: asked.append(request.url))

    wait_for_quiet(desk, 2500, asked)

    assert [url for url in asked if "/ledger/" in url] == []
