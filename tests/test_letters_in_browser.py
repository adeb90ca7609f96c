"""First letters in a browser, by keyboard: closed by the press that sends them, sent later, forwarded on two pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.xdist_group("composer")]


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link("maya@fennel.example"))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, base_url=harken.url) as page:
        yield page


@pytest.fixture
def needed(desk: Page, harken: Harken) -> Iterator[None]:
    """Whoever closes a request says its docket first, for as long as the test runs."""

    def change(place: str, **said: str) -> None:
        desk.goto("/fennel/settings/fields/")
        token = desk.locator("[name=csrfmiddlewaretoken]").first.input_value()
        form: dict[str, str | float | bool] = {**said, "csrfmiddlewaretoken": token}
        address, headers = f"{harken.url}/fennel/settings/fields/{place}", {"Referer": harken.url}
        assert desk.request.post(address, form=form, headers=headers).ok

    change("", name="Docket", about="ticket", kind="text", is_needed_to_close="on")
    yield
    desk.goto("/fennel/settings/fields/")
    row = desk.locator("[id^=field-]", has=desk.locator(".own-name", has_text="Docket"))
    change(f"{str(row.get_attribute('id')).removeprefix('field-')}/", do="archive")


def begin(page: Page, subject: str) -> Locator:
    page.goto("/fennel/requests/new/")
    page.get_by_label("To", exact=True).fill("priya@crumbandco.example")
    page.get_by_label("Subject").fill(subject)
    editor = page.locator(".composer .written")
    editor.focus()
    page.keyboard.type("When do you open?")
    return editor


def test_a_first_letter_is_closed_scheduled_and_forwarded_with_the_keyboard(desk: Page, needed: None):
    editor = begin(desk, "The shop in Leeds")
    desk.keyboard.press("Control+Shift+Enter")
    docket = desk.get_by_label("Docket")
    expect(docket).to_be_focused()
    expect(editor).to_have_text("When do you open?")
    assert Axe().run(desk).response["violations"] == []
    desk.keyboard.type("A-17")
    desk.keyboard.press("Control+Shift+Enter")
    desk.wait_for_url("**/tickets/*/")
    expect(desk.locator("#thread-head[data-closed] h1")).to_have_text("The shop in Leeds")

    begin(desk, "The shop in York")
    desk.get_by_title("More ways to send").press("Enter")
    desk.locator("[value=later-tomorrow]").press("Enter")
    planned = desk.locator(".planned .scheduled", has_text="The shop in York")
    expect(planned).to_contain_text("09:00")
    assert Axe().run(desk).response["violations"] == []
    planned.get_by_role("button", name="Back into the draft").press("Enter")
    expect(desk.get_by_label("Subject")).to_have_value("The shop in York")
    expect(editor).to_have_text("When do you open?")
    editor.press("Control+Enter")
    desk.wait_for_url("**/tickets/*/")

    # A forward that comes, and goes, elsewhere changes the composer, and the page around it stays.
    expect(editor).to_have_text("")
    desk.evaluate("window.isTheSame = true")
    other = desk.context.new_page()
    other.goto(desk.url)
    other.get_by_role("button", name="Forward", exact=True).press("Enter")
    expect(editor).to_contain_text("Forwarded message")
    other.get_by_label("To", exact=True).fill("baker@mill.example")
    other.get_by_title("More ways to send").press("Enter")
    other.locator("[value=later-tomorrow]").press("Enter")
    expect(desk.locator(".composer [value=reply]")).to_have_count(1)
    editor.focus()
    desk.keyboard.type("Mine")
    other.get_by_role("button", name="Back into the draft").press("Enter")
    desk.get_by_role("button", name="Take that text").press("Enter")
    expect(editor).to_contain_text("Forwarded message")
    expect(editor).to_be_focused()
    assert desk.evaluate("window.isTheSame")
