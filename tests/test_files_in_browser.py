"""Files on their way out and looked at again: dropped, pasted, previewed, printed; by mouse and by keyboard alone."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from harken.demo.enclosures import enclosure
from tests.browser import page_of, session_of, tab_to
from tests.servers.harken import Harken
from tests.test_desk_pages import MAYA, WIDE, open_request

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("composer")]

LETTER = b"From: Ann <ann@crumb.example>\nTo: help@fennel.example\nSubject: Jars\n\nTwo jars were broken.\n"
# What a browser hands over when files are let go above an element, or pasted into it.
HAND_OVER = """(element, [kind, files]) => {
  const carried = new DataTransfer();
  for (const [name, type, raw] of files) {
    const bytes = Uint8Array.from(atob(raw), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type }));
  }
  const told = { bubbles: true, cancelable: true };
  const dragged = { ...told, dataTransfer: carried };
  if (kind === "paste") element.dispatchEvent(new ClipboardEvent(kind, { ...told, clipboardData: carried }));
  else for (const type of ["dragover", "drop"]) element.dispatchEvent(new DragEvent(type, dragged));
}"""
# How far each upload has been seen to be.
NOTE_PROGRESS = """() => {
  window.seen = [];
  const look = (told) => told.forEach(({ target }) => target.matches?.("progress") && window.seen.push(target.value));
  const where = { subtree: true, attributeFilter: ["value"] };
  new MutationObserver(look).observe(document.querySelector(".composer-files"), where);
}"""


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


def hand_over(desk: Page, where: str, kind: str, *names: str) -> None:
    """Drop or paste files of these names."""
    contents = {"jars.eml": ("message/rfc822", LETTER)}
    files = []
    for name in names:
        media_type, content = contents.get(name) or enclosure(name)
        files.append([name, media_type, base64.b64encode(content).decode()])
    desk.locator(where).evaluate(HAND_OVER, [kind, files])


def test_files_are_dropped_taken_off_sent_and_looked_at_by_mouse(desk: Page, harken: Harken):
    open_request(desk, harken, "Fay")
    desk.locator(".composer .written").click()
    desk.keyboard.type("See here: ")
    desk.evaluate(NOTE_PROGRESS)

    hand_over(desk, ".composer-foot", "drop", "plan.pdf", "plan.txt", "wrong.txt", "jars.eml")
    attached = desk.locator(".composer-files [data-file]")
    expect(attached).to_have_count(4)
    assert desk.evaluate("window.seen.includes(1)")
    attached.filter(has_text="wrong.txt").get_by_role("button", name="Take it off").click()
    expect(attached).to_have_count(3)
    hand_over(desk, ".composer .written", "drop", "oven.png")
    expect(desk.locator(".composer .written img[data-cid]")).to_have_count(1)
    desk.get_by_role("button", name="Send", exact=True).click()

    sent = desk.locator(".msg-us", has_text="See here")
    expect(sent.locator(".written img")).to_have_js_property("naturalWidth", 480)
    shown = {"plan.pdf": "img.preview-page", "plan.txt": "pre.preview-words", "jars.eml": ".voice"}
    sheet = desk.get_by_role("dialog", name="File")
    for name, part in shown.items():
        sent.get_by_role("link", name=name).click()
        expect(sheet.locator(part).first).to_be_visible()
        sheet.get_by_role("button", name="Close").click()
        expect(sheet).to_be_hidden()


def test_a_picture_is_pasted_sent_in_plain_text_looked_at_and_printed_by_keyboard_alone(
    desk: Page, harken: Harken
):
    open_request(desk, harken, "Gro")
    desk.keyboard.press("r")
    desk.keyboard.type("The oven: ")
    hand_over(desk, ".composer .written", "paste", "oven.png")
    expect(desk.locator(".composer .written img[data-cid]")).to_have_count(1)
    for count, name in enumerate(("plan.pdf", "plan.txt"), 1):
        hand_over(desk, ".composer .written", "paste", name)
        expect(desk.locator(".composer-files [data-file]")).to_have_count(count)
    desk.keyboard.press("Control+Enter")
    sent = desk.locator(".msg-us", has_text="The oven")
    expect(sent.locator(".written img")).to_have_js_property("naturalWidth", 480)

    first = sent.get_by_role("link", name="plan.pdf")
    desk.keyboard.press("Escape")
    tab_to(desk, first)
    desk.keyboard.press("Enter")
    sheet = desk.get_by_role("dialog", name="File")
    expect(sheet.locator("img.preview-page")).to_have_js_property("complete", True)
    desk.keyboard.press("ArrowRight")
    expect(sheet.locator("pre.preview-words")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(sent.get_by_role("link", name="plan.txt")).to_be_focused()

    desk.keyboard.press("r")
    tab_to(desk, desk.get_by_role("button", name="Formatting"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_role("button", name="Bold"), "Shift+Tab")
    desk.keyboard.press("ArrowLeft")
    expect(desk.get_by_label("Plain text")).to_be_focused()
    desk.keyboard.press("Space")
    tab_to(desk, desk.locator("textarea.composer-text"), "Shift+Tab")
    desk.keyboard.type("Plain *stars* stay")
    desk.keyboard.press("Control+Enter")
    plain = desk.locator(".msg-us", has_text="Plain *stars* stay")
    expect(plain.locator(".written")).to_have_count(0)

    desk.keyboard.press("Escape")
    tab_to(desk, desk.locator("#menu-more > summary"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_role("link", name="Print"))
    desk.keyboard.press("Enter")
    expect(desk.locator(".paper-message").last).to_contain_text("Plain *stars* stay")
    expect(desk.get_by_role("button", name="Print")).to_be_visible()
    tab_to(desk, desk.get_by_role("link", name="Back to the request"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Question of Gro")).to_be_visible()
