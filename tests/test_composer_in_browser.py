"""The composer in a browser, on the demo workspace: typing, pasting, files, two pages, no connection."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from playwright.sync_api import TimeoutError as PageTimeout

from tests.browser import page_of, session_of
from tests.servers.harken import Harken, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("composer")]

MAYA = "maya@fennel.example"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0cm}</style>
<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head><body><!--StartFragment--><p class=MsoNormal>
<b><span style='font-size:14.0pt;color:red'>Order list<o:p></o:p></span></b></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span></span><![endif]>
Bread</p>
<!--EndFragment--></body></html>"""
EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head></head><body>
<table border=0 width=128 style='border-collapse:collapse'>
<!--StartFragment--><col width=64 style='width:48pt'>
<tr height=20 style='height:15pt'>
<td class=xl65 width=64>Loaf</td><td align=right x:num>12</td></tr></table></body></html>"""
GOOGLE = """<b style="font-weight:normal" id="docs-internal-guid-1"><p dir="ltr">
<span style="font-weight:700">Bold</span>
<span style="font-weight:400">and not</span></p></b>"""
MAIL = f"""<div class="gmail_default" onclick="alert(1)">See <a href="javascript:alert(1)">this</a>
<img src="https://evil.example/x.gif"><img alt="dot" src="data:image/png;base64,{DOT}"></div>"""
PASTE = """([html, text]) => {
  const board = new DataTransfer();
  if (html) board.setData("text/html", html);
  board.setData("text/plain", text);
  document.querySelector(".composer .written").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: board, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, base_url=harken.url) as page:
        yield page


def open_request(page: Page, words: str) -> Locator:
    page.goto("/fennel/inbox/?view=open")
    page.locator(".row", has_text=words).first.click()
    expect(page.locator("#conversation h1")).to_contain_text(words)
    return editor_of(page)


def editor_of(page: Page) -> Locator:
    # Once it is the editor: without scripts, and before they run, a plain field stands there.
    return page.locator(".composer .written")


def test_words_are_formatted_by_keys_and_by_the_toolbar_and_leave_with_their_form(desk: Page):
    editor = open_request(desk, "Rounding on cash payments")
    editor.click()
    desk.keyboard.type("Plain ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("bold")
    desk.keyboard.press("Control+b")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Formatting").press("Enter")
    desk.get_by_role("button", name="Bold").focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("button", name="Italic")).to_be_focused()
    desk.get_by_role("button", name="List", exact=True).click()
    desk.keyboard.type("one")
    assert Axe().run(desk, context=".composer").response["violations"] == []

    # What is composed by an input method stays whole, and comes in once.
    session = desk.context.new_cdp_session(desk)
    desk.keyboard.press("Enter")
    session.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    session.send("Input.insertText", {"text": "日本"})
    expect(editor.locator("li").nth(1)).to_have_text("日本")
    desk.keyboard.press("Control+Enter")

    sent = desk.locator(".msg-us .written").last
    expect(sent.locator("b")).to_have_text("bold")
    expect(sent.locator("li")).to_have_text(["one", "日本"])
    expect(editor).to_have_text("")


def test_what_other_programs_put_on_the_clipboard_is_brought_down_to_words(desk: Page):
    fetched: list[str] = []
    desk.on("request", lambda request: fetched.append(request.url))
    editor = open_request(desk, "Order deadline ignored")
    editor.click()
    for pasted in (WORD, GOOGLE, MAIL, EXCEL):
        desk.evaluate(PASTE, [pasted, "x"])
        desk.keyboard.press("Control+End")

    expect(editor.locator("li")).to_have_text("Bread")
    expect(editor.locator("td")).to_have_text(["Loaf", "12"])
    expect(editor.locator("b")).to_have_text(["Order list", "Bold"])
    expect(editor.locator("img[data-cid]")).to_have_count(1)
    html = editor.inner_html()
    assert not re.search(r"mso|style=|class=|onclick|javascript:|evil|o:p|width=", html), html
    assert not any("evil.example" in address for address in fetched)

    desk.evaluate(PASTE, ["<p>" + "word " * 4_200_000 + "</p>", "x"])
    expect(desk.locator(".composer-news")).to_contain_text("That is more than the composer takes")
    desk.evaluate(PASTE, ["<style>" * 1_000_000, ""])
    expect(editor).not_to_contain_text("word")


def test_a_draft_follows_to_another_page_and_neither_writes_over_the_other(desk: Page):
    editor = open_request(desk, "Rounding on cash payments")
    address = desk.url
    plans: list[FilePayload] = [
        {"name": f"plan-{each}.txt", "mimeType": "text/plain", "buffer": b"05:30"} for each in range(2)
    ]
    desk.locator("input[type=file]").set_input_files(plans)
    expect(desk.locator(".composer-files [data-file]")).to_have_count(2)
    editor.click()
    desk.keyboard.type("Half a thought")
    expect(desk.locator(".row[aria-current=true] .row-draft")).to_have_text("draft")
    other = desk.context.new_page()
    other.goto(address)
    expect(editor_of(other)).to_have_text("Half a thought")
    expect(other.locator(".composer-files li")).to_have_count(2)

    editor.click()
    desk.keyboard.press("End")
    desk.keyboard.type(" and more")
    expect(editor_of(other)).to_have_text("Half a thought and more")

    editor_of(other).click()
    other.keyboard.press("End")
    other.keyboard.type(" there")
    editor.click()
    desk.keyboard.type(" here")
    offered = [page for page in (desk, other) if wait_for_offer(page)]
    assert len(offered) == 1
    offered[0].get_by_role("button", name="Take that text").click()
    expect(offered[0].locator(".composer-news")).not_to_contain_text("elsewhere")
    other.close()
    desk.get_by_role("button", name="Discard the draft").click()
    expect(editor_of(desk)).to_have_text("")


def wait_for_offer(page: Page) -> bool:
    try:
        page.get_by_role("button", name="Take that text").wait_for(timeout=4000)
    except PageTimeout:  # whichever page saved later is told
        return False
    return True


def test_without_a_connection_typing_goes_on_and_sending_follows_once(desk: Page):
    editor = open_request(desk, "Order deadline ignored")
    address = desk.url
    editor.press("Control+a")
    desk.keyboard.press("Delete")
    desk.context.set_offline(True)
    desk.keyboard.type("Written on the train")
    expect(desk.locator(".composer-news")).to_contain_text("You are offline. Keep writing")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".composer-news")).to_contain_text("This is sent by itself, once")
    desk.context.set_offline(False)
    expect(desk.locator(".msg-us", has_text="Written on the train")).to_have_count(1)
    expect(editor).to_have_text("")

    editor.click()
    desk.context.set_offline(True)
    desk.keyboard.type("Closed before it left")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".composer-news")).to_contain_text("This is sent by itself, once")
    # Who sits at this computer now does not send what somebody else left here.
    desk.evaluate("""() => {
        const [name, words] = Object.entries(localStorage).find(([name]) => name.startsWith("harken:draft:"));
        localStorage.setItem(name.replace(/\\d+/, "0"), words);
    }""")
    later = desk.context.new_page()
    desk.context.set_offline(False)
    desk.close()
    later.goto("/fennel/inbox/")
    until(lambda: len(kept_in(later)) == 1)
    later.goto(address)
    expect(later.locator(".msg-us", has_text="Closed before it left")).to_have_count(1)
    expect(editor_of(later)).to_have_text("")
    assert kept_in(later)[0].startswith("harken:draft:0:")


def kept_in(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('harken:draft:'))"
    )
    return names


def test_who_is_signed_out_while_writing_comes_back_to_every_word(desk: Page):
    editor = open_request(desk, "Order deadline ignored")
    editor.press("Control+a")
    desk.keyboard.press("Delete")
    cookies: Any = desk.context.cookies()
    desk.context.clear_cookies(name="harken")
    desk.keyboard.type("Written too late")
    desk.keyboard.press("Control+Enter")
    told = desk.locator("#notices [role=alert]")
    expect(told).to_contain_text("You are not signed in any more")
    expect(editor).to_have_text("Written too late")

    told.get_by_role("link").press("Enter")
    desk.wait_for_url("**/accounts/login/?next=*")
    desk.context.add_cookies(cookies)
    desk.reload()

    expect(editor_of(desk)).to_have_text("Written too late")
    editor_of(desk).press("Control+Enter")
    expect(desk.locator(".msg-us", has_text="Written too late")).to_have_count(1)


def choices(page: Page) -> Locator:
    return page.locator(".choices [role=option]")


def test_a_slash_brings_a_saved_reply_and_an_at_sign_calls_a_colleague(desk: Page):
    editor = open_request(desk, "Rounding on cash payments")
    editor.click()
    desk.keyboard.press("Control+a")
    desk.keyboard.type("/")
    expect(choices(desk).first).to_contain_text("New code to the phone")
    assert Axe().run(desk).response["violations"] == []
    desk.keyboard.press("Escape")
    expect(choices(desk)).to_have_count(0)
    desk.keyboard.type("mai")
    expect(choices(desk).first).to_contain_text("Mail does not arrive")
    desk.keyboard.press("Enter")
    expect(editor).to_contain_text("the mail server of")
    expect(editor).not_to_contain_text("/mai")

    desk.keyboard.type(" {{ contact.nickname }}")
    expect(desk.locator("[data-marks=holes]")).to_contain_text("{{ contact.nickname }}")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".composer-news")).to_contain_text("Not sent: this is still to be filled in")
    assert Axe().run(desk).response["violations"] == []

    desk.get_by_text("Note", exact=True).first.click()
    editor.click()
    desk.keyboard.press("Control+a")
    desk.keyboard.type("Look @")
    expect(choices(desk)).to_have_text(["OSOlga Sokolova", "THTomás Herrera"])
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Tab")
    expect(desk.locator("[data-marks=calls]")).to_contain_text("Tomás Herrera")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg-note mark").last).to_have_text("@Tomás Herrera")

    desk.goto("/fennel/settings/saved-replies/new/")
    written = desk.locator(".reply-words .written")
    written.click()
    expect(written).to_be_focused()
    desk.get_by_role("button", name="{{ contact.name }}").click()
    expect(written).to_have_text("{{ contact.name }}")


def test_a_first_letter_is_written_like_every_answer_by_keyboard_with_a_clock_that_is_wrong(
    desk: Page, half_a_minute: None
):
    desk.clock.set_fixed_time("2001-01-01T00:00:00Z")
    desk.goto("/fennel/requests/new/")
    to = desk.get_by_label("To", exact=True)
    expect(to).to_be_focused()
    desk.keyboard.type("priy")
    expect(choices(desk).first).to_contain_text("priya@crumbandco.example")
    assert Axe().run(desk).response["violations"] == []
    desk.keyboard.press("Enter")
    expect(to).to_have_value("priya@crumbandco.example, ")
    desk.get_by_label("Subject").fill("Your new shop")
    editor = editor_of(desk)
    editor.focus()
    desk.keyboard.type("/deadline")
    expect(choices(desk).first).to_contain_text("Order deadline")
    desk.keyboard.press("Enter")
    expect(editor).to_contain_text("Hello Priya")
    plan: FilePayload = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"05:30"}
    desk.locator("input[type=file]").set_input_files(plan)
    expect(desk.locator(".composer-files [data-file]")).to_have_count(1)
    desk.evaluate(PASTE, [MAIL, "x"])
    expect(editor.locator("img[data-cid]")).to_have_count(1)

    other = desk.context.new_page()
    until(lambda: "harken:draft" not in desk.evaluate("JSON.stringify(localStorage)"))
    other.goto(desk.url)
    expect(editor_of(other)).to_contain_text("Hello Priya")
    expect(other.locator(".composer-files li")).to_have_count(1)
    other.close()

    editor.focus()
    desk.keyboard.press("Control+Enter")
    sent = desk.locator(".msg-us[data-position]", has_text="Hello Priya")
    # Of half a minute, whatever the browser takes for the time.
    expect(sent.locator(".leaving")).to_contain_text(re.compile("leaves in (30|2[0-9]) "))
    desk.wait_for_load_state()
    desk.keyboard.press("z")
    desk.wait_for_url("**/requests/new/?letter=*")
    expect(editor_of(desk)).to_contain_text("Hello Priya")
    expect(desk.get_by_label("Subject")).to_have_value("Your new shop")
    assert Axe().run(desk).response["violations"] == []
    desk.get_by_role("button", name="Discard the draft").click()
    expect(editor_of(desk)).to_have_text("")


def test_an_answer_is_taken_back_scheduled_and_what_was_said_forwarded_by_keyboard(
    desk: Page, half_a_minute: None
):
    editor = open_request(desk, "Invoice 6209 has our old address")
    editor.press("Control+a")
    desk.keyboard.press("Delete")
    desk.keyboard.type("Half a thought")
    desk.keyboard.press("Control+Enter")
    sent = desk.locator(".msg-us[data-position]", has_text="Half a thought")
    expect(sent.locator(".leaving")).to_contain_text("leaves in 2")
    expect(editor).to_have_text("")
    assert Axe().run(desk, context=".pane-thread").response["violations"] == []
    editor.press("Escape")
    desk.keyboard.press("z")
    expect(editor).to_have_text("Half a thought")
    expect(editor).to_be_focused()
    expect(sent).to_have_count(0)

    desk.get_by_title("More ways to send").press("Enter")
    assert Axe().run(desk, context=".composer").response["violations"] == []
    desk.locator("[value=later-tomorrow]").press("Enter")
    scheduled = desk.locator(".scheduled", has_text="Half a thought")
    expect(scheduled).to_contain_text("09:00")
    expect(editor).to_have_text("")
    scheduled.get_by_text("Change the time").press("Enter")
    assert Axe().run(desk, context=".pane-thread").response["violations"] == []
    scheduled.get_by_role("button", name="Back into the draft").press("Enter")
    expect(editor).to_have_text("Half a thought")
    expect(editor).to_be_focused()
    expect(scheduled).to_have_count(0)
    desk.get_by_title("More ways to send").press("Enter")
    desk.locator("[value=later-tomorrow]").press("Enter")
    expect(desk.locator("#acts")).to_contain_text("scheduled an answer: it leaves")
    desk.keyboard.press("z")
    expect(editor).to_have_text("Half a thought")
    expect(editor).to_be_focused()
    expect(scheduled).to_have_count(0)

    desk.keyboard.press("End")
    desk.keyboard.type(" for the baker")
    desk.get_by_role("button", name="Forward", exact=True).press("Enter")
    expect(editor).to_contain_text("Half a thought for the baker")
    expect(editor).to_contain_text("Forwarded message")
    desk.get_by_label("To", exact=True).press_sequentially("baker@mill.example")
    desk.keyboard.press("Control+Enter")
    forward = desk.locator(".msg-us[data-position]", has_text="for the baker")
    expect(forward.locator(".msg-to")).to_have_text("to baker@mill.example")
    expect(forward.locator(".leaving")).to_contain_text("leaves in")
    assert Axe().run(desk, context=".pane-thread").response["violations"] == []
