"""People and companies in a browser, on the demo: by keyboard, by mouse, and for everybody's eyes."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import WAIT_MILLISECONDS, page_of, session_of, tab_to
from tests.servers.harken import Harken, until
from tests.test_desk_pages import MAYA, WIDE, deliver

TOMAS = "tomas@fennel.example"
HALF_BROKEN = """name;e-mail;company;what they do
Gerda Ofen;gerda@ofenbau.example;Ofenbau;=HYPERLINK("http://evil.example")
Nobody;not-an-address;Ofenbau;
Gero Ofen;gero@ofenbau.example;Ofenbau;Bricks;and;too;much
Gitta Öfen;gitta@ofenbau.example;Ofenbau;Doors
"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("people_pages")]


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(MAYA))


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
    session = session_of(harken.sign_in_link(TOMAS))
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


def known(page: Page, harken: Harken, *names: str) -> None:
    """Let these write, and wait until the desk knows them."""
    for name in names:
        deliver(harken, name, f"Question of {name}", "first")
    for name in names:
        # Others may be called so in part, and are found as well.
        row = page.locator(".who a", has_text=re.compile(f"^{name}$"))
        address = f"/fennel/people/?q={name}"
        until(lambda path=address, row=row: page.goto(path) and row.count(), seconds=20)


def test_two_people_are_made_one_and_taken_apart_by_mouse(browser: Browser, harken: Harken, session: Any):
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        known(page, harken, "Gustavson", "Gus")
        page.locator(".who a", has_text=re.compile("^Gus$")).click()
        page.locator(".page-head .more-menu summary").click()
        page.get_by_role("link", name="Merge with somebody").click()
        page.get_by_label("Name or address").fill("gustavson")
        page.get_by_role("button", name="Look for them").click()
        page.get_by_role("radio", name="Gustavson").check()
        page.get_by_role("button", name="They are one person").click()

        expect(page.locator(".reaches")).to_contain_text("gustavson@crumb-gustavson.example")
        expect(page.locator("main")).to_contain_text("Question of Gustavson")
        page.get_by_role("button", name="Take apart").click()
        expect(page.get_by_role("heading", name="Gustavson")).to_be_visible()
        expect(page.locator(".reaches")).not_to_contain_text("gus@crumb-gus.example")


def test_two_people_are_made_one_and_taken_apart_by_keyboard_alone(
    browser: Browser, harken: Harken, session: Any
):
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        known(page, harken, "Jorgensen", "Jorg")
        tab_to(page, page.locator(".who a", has_text=re.compile("^Jorg$")))
        page.keyboard.press("Enter")
        tab_to(page, page.locator(".page-head .more-menu summary"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("link", name="Merge with somebody"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Who is Jorg, too?")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("/")
        page.keyboard.type("jorgensen")
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("radio", name="Jorgensen"))
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.locator(".reaches")).to_contain_text("jorgensen@crumb-jorgensen.example")
        tab_to(page, page.get_by_role("button", name="Take apart"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Jorgensen")).to_be_visible()
        expect(page.locator(".reaches")).not_to_contain_text("jorg@crumb-jorg.example")


def test_a_half_broken_file_is_taken_in_by_keyboard_and_people_are_saved_by_mouse(
    browser: Browser, harken: Harken, session: Any
):
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto("/fennel/people/")
        tab_to(page, page.locator(".page-head .more-menu summary"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("link", name="Import from a file"))
        page.keyboard.press("Enter")
        file: FilePayload = {
            "name": "ofen.csv",
            "mimeType": "text/csv",
            "buffer": HALF_BROKEN.encode("windows-1252"),
        }
        page.get_by_label("File").set_input_files(file)
        tab_to(page, page.get_by_role("button", name="Look into it"))
        page.keyboard.press("Enter")
        expect(page.locator(".map")).to_contain_text("Gitta Öfen")
        expect(page.locator(".map")).to_contain_text("Would not be taken: “not-an-address”")
        tab_to(page, page.get_by_role("button", name="Take it in"))
        page.keyboard.press("Enter")
        done = page.get_by_role("status").filter(has_text="Done.")
        expect(done).to_be_visible(timeout=WAIT_MILLISECONDS)
        broken = page.get_by_role("region", name="Rows that were not taken").locator("tbody tr")
        expect(broken).to_contain_text(["neither a mail address", "more columns"])

        page.goto("/fennel/people/?q=ofenbau")
        expect(page.locator(".who a")).to_have_text(["Gerda Ofen", "Gitta Öfen"])
        page.locator(".page-head .more-menu summary").click()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save these as CSV").click()
        table = Path(saved.value.path()).read_text(encoding="utf-8-sig")
        assert "Gitta Öfen" in table
        assert "'=HYPERLINK" in table
