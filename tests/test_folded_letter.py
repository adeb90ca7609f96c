"""A letter with history and signature folded, in a real browser: opened by keyboard, and without scripts."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("folded_letter")]

HELP = "help@fennel.example"
LETTER = (
    "<table><tr><td>It works now.</td></tr></table><p>Regards<br>Ann Baker</p>"
    '<div class="gmail_quote"><div class="gmail_attr">On 23/11/2026 10:11, Olga wrote:</div>'
    "<blockquote>Please turn the oven off and on again.</blockquote></div>"
)


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    """Maya's cookies."""
    return session_of(harken.sign_in_link("maya@fennel.example"))


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def desk(request: Any, browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    options = {"storage_state": session, "base_url": harken.url, "java_script_enabled": request.param}
    with page_of(browser, **options) as page:
        yield page


@pytest.fixture(scope="module", autouse=True)
def letter(harken: Harken) -> None:
    """Ann's letter, delivered over SMTP."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@crumb.example", HELP, "Re: The oven"
    mail["Message-ID"] = "<folded@crumb.example>"
    mail.set_content(LETTER, subtype="html")
    host, _colon, port = harken.environment["HARKEN_SMTP_IN"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as smtp:
        smtp.send_message(mail)


def opened(desk: Page) -> FrameLocator:
    """The frame of Ann's letter, as a reader comes to it."""
    for _ in range(30):
        desk.goto("/fennel/inbox/?view=unassigned")
        if desk.locator(".row", has_text="The oven").count():
            break
        desk.wait_for_timeout(500)
    desk.goto(desk.locator(".row", has_text="The oven").first.get_attribute("href") or "")
    form = desk.locator(".msg-them details.quoted", has_text="As it was sent").locator("summary")
    if form.count():
        form.click()
    return desk.frame_locator(".letter-frame")


def test_words_are_shown_and_history_and_signature_wait_for_one_click(desk: Page):
    frame = opened(desk)

    expect(frame.get_by_text("It works now.")).to_be_visible()
    expect(frame.get_by_text("Ann Baker")).to_be_hidden()
    expect(frame.get_by_text("Please turn the oven")).to_be_hidden()

    frame.get_by_role("link", name="Show quoted mail and signature").press("Enter")

    expect(frame.get_by_text("Ann Baker")).to_be_visible()
    expect(frame.get_by_text("Please turn the oven")).to_be_visible()
    expect(frame.get_by_text("It works now.")).to_be_visible()


def test_quoted_mail_and_signature_open_in_the_page_as_well(desk: Page):
    opened(desk)
    thread = desk.locator(".msg-them")

    for name, words in (("Quoted mail", "Please turn the oven"), ("Signature", "Ann Baker")):
        folded = thread.locator("details", has_text=name)
        expect(folded.get_by_text(words)).to_be_hidden()
        folded.locator("summary").press("Enter")
        expect(folded.get_by_text(words)).to_be_visible()
