"""The desk in a browser, on the demo workspace: live, by keyboard, without scripts, for everybody's eyes."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import page_of, session_of, wait_for_quiet
from tests.servers.harken import Harken, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]

MAYA, HELP = "maya@fennel.example", "help@fennel.example"
SMALL, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ELSEWHERE = re.compile(r"^https?://(?!localhost[:/])")


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    """Maya's cookies: everybody in these tests is Maya."""
    return session_of(harken.sign_in_link(MAYA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


def deliver(harken: Harken, name: str, subject: str, text: str, answers: str = "") -> None:
    """Let a customer write."""
    email = f"{name.lower()}@crumb-{name.lower()}.example"
    threading = f"In-Reply-To: <{answers}>\nReferences: <{answers}>\n" if answers else ""
    head = f"From: {name} <{email}>\nTo: {HELP}\nSubject: {subject}\nMessage-ID: <{text}@{name}>\n{threading}"
    host, _colon, port = harken.environment["HARKEN_SMTP_IN"].partition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as smtp:
        smtp.sendmail(email, [HELP], f"{head}\n{text}\n")


def open_request(desk: Page, harken: Harken, name: str) -> None:
    """Open a request that this customer has just written."""
    deliver(harken, name, f"Question of {name}", "first")
    desk.goto("/fennel/inbox/?view=unassigned")
    desk.locator(".row", has_text=f"Question of {name}").click()
    desk.locator(".msg-them", has_text="first").wait_for()


def test_a_letter_appears_in_the_open_list_and_in_the_title(desk: Page, harken: Harken):
    desk.goto("/fennel/inbox/")
    waiting = int(desk.locator("[data-count=inbox]").first.inner_text())

    deliver(harken, "Nora", "Nora asks", "Where?")

    expect(desk.locator("#rows-ours .row", has_text="Nora asks")).to_have_count(1)
    expect(desk.locator("[data-count=inbox]").first).to_have_text(str(waiting + 1))
    expect(desk).to_have_title(re.compile(rf"^\({waiting + 1}\) "))


def test_a_request_is_answered_by_keyboard_alone(desk: Page, harken: Harken):
    deliver(harken, "Kim", "Keys only", "first")
    desk.goto("/fennel/inbox/?view=unassigned")
    desk.locator(".row", has_text="Keys only").wait_for()
    while desk.locator(".row:focus", has_text="Keys only").count() == 0:
        desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.locator(".msg-them", has_text="first").wait_for()

    desk.keyboard.press("r")
    desk.keyboard.type("By hand. R and E stay letters here.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg-us")).to_contain_text("By hand. R and E stay letters here.")
    expect(desk.get_by_label("Your message")).to_have_text("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    desk.keyboard.type("She is right.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg-note")).to_contain_text("She is right.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")

    expect(desk.locator("#acts")).to_contain_text("Closed.")
    expect(desk.locator(".row[aria-current=true]", has_text="Keys only")).to_have_count(0)
    desk.keyboard.press("z")
    expect(desk.locator("#acts")).to_contain_text("Taken back.")
    desk.keyboard.press("a")
    expect(desk.get_by_role("searchbox", name="Find a colleague")).to_be_focused()
    desk.keyboard.type("olga")
    desk.keyboard.press("Enter")
    expect(desk.locator("#acts")).to_contain_text("Olga Sokolova has it now.")
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()


def test_what_arrives_while_somebody_writes_is_shown_and_must_be_read(desk: Page, harken: Harken):
    open_request(desk, harken, "Ann")
    desk.get_by_label("Your message").fill("Half an answer")

    deliver(harken, "Ann", "Re: Question of Ann", "second", answers="first@Ann")
    expect(desk.locator(".composer-news")).to_contain_text("Ann just wrote: “second”")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator(".composer-news")).to_contain_text("Not sent: something new arrived")
    expect(desk.get_by_label("Your message")).to_have_text("Half an answer")
    expect(desk.locator(".msg-us")).to_have_count(0)
    desk.get_by_label("Your message").press("Control+Enter")
    expect(desk.locator(".msg-us")).to_contain_text("Half an answer")


def test_what_is_read_before_a_word_is_written_holds_nobody_up(desk: Page, harken: Harken):
    open_request(desk, harken, "Eve")

    deliver(harken, "Eve", "Re: Question of Eve", "second", answers="first@Eve")
    desk.locator(".msg-them", has_text="second").wait_for()
    desk.get_by_label("Your message").fill("Here it is")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator(".msg-us")).to_contain_text("Here it is")


def test_a_refused_answer_keeps_the_chosen_files(desk: Page, harken: Harken):
    open_request(desk, harken, "Finn")
    desk.locator("input[type=file]").set_input_files(
        {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"05:30"}
    )
    desk.locator(".recipients > summary").click()
    desk.get_by_label("To", exact=True).fill("nobody")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator(".composer-news")).to_contain_text("“nobody” is not a mail address.")

    desk.get_by_label("To", exact=True).fill("finn@crumb-finn.example")
    desk.get_by_role("button", name="Send", exact=True).click()

    expect(desk.locator(".msg-us .files")).to_contain_text("plan.txt")


def test_a_half_written_answer_waits_while_its_writer_looks_elsewhere(desk: Page, harken: Harken):
    open_request(desk, harken, "Ida")
    desk.get_by_label("Your message").fill("Half a thought")
    another = desk.locator("li[id^=row-] .row").first
    another.click()
    expect(another).to_have_attribute("aria-current", "true")
    expect(desk.get_by_label("Your message")).to_have_text("")

    desk.locator(".row", has_text="Question of Ida").click()

    expect(desk.get_by_label("Your message")).to_have_text("Half a thought")


@contextmanager
def asked_for(page: Page) -> Iterator[list[str]]:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    yield addresses


def test_a_browser_has_one_stream_and_an_idle_page_asks_nothing(desk: Page, harken: Harken):
    with asked_for(desk) as of_first:
        desk.goto("/fennel/inbox/")
        desk.wait_for_load_state("load")
        desk.wait_for_timeout(1000)
        second = desk.context.new_page()
        with asked_for(second) as of_second:
            second.goto("/fennel/inbox/?view=unassigned")
            second.wait_for_load_state("load")
            second.wait_for_timeout(1000)
            wait_for_quiet(second, 3000, of_first, of_second)
            assert of_first == of_second == []

            deliver(harken, "Tab", "In both tabs", "first")
            expect(second.locator(".row", has_text="In both tabs")).to_have_count(1)
            assert not any("/live" in address for address in of_second)

            desk.goto("about:blank")
            second.wait_for_function("navigator.locks.query().then(all => all.held.length === 1)")
            deliver(harken, "Heir", "After the first tab", "first")
            expect(second.locator(".row", has_text="After the first tab")).to_have_count(1)
            assert any("/live" in address for address in of_second)


def test_pictures_from_elsewhere_are_fetched_only_when_asked_for(desk: Page):
    desk.context.route(ELSEWHERE, lambda route: route.abort())
    desk.goto("/fennel/inbox/?view=open")
    with asked_for(desk) as addresses:
        desk.locator(".row", has_text="Newsletter picture in every answer").click()
        frame = desk.locator(".letter-frame").first
        expect(frame.content_frame.locator("body")).to_contain_text("Good day")
        assert not any(ELSEWHERE.match(address) for address in addresses)
        assert frame.evaluate("frame => frame.getBoundingClientRect().height") > 60

        with desk.expect_request(ELSEWHERE):
            desk.get_by_role("link", name="Show pictures").first.click()


def test_without_scripts_a_request_is_read_answered_and_closed(
    browser: Browser, harken: Harken, session: Any
):
    deliver(harken, "Plain", "Without scripts", "first")
    options = {
        "storage_state": session,
        "viewport": WIDE,
        "base_url": harken.url,
        "java_script_enabled": False,
    }
    with page_of(browser, **options) as page:
        # Without scripts nothing appears by itself: the page is asked for until the letter has become a request.
        until(
            lambda: (
                page.goto("/fennel/inbox/?view=unassigned") and page.get_by_text("Without scripts").count()
            )
        )
        page.get_by_text("Without scripts").click()
        page.get_by_label("Your message").fill("Plainly answered")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".msg-us")).to_contain_text("Plainly answered")
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".composer-news")).to_contain_text("the message is empty")
        page.locator(".composer label", has_text="Note").click()
        page.get_by_label("Your message").fill("A plain note")
        page.locator(".composer .btn-go").click()
        expect(page.locator(".msg-note")).to_contain_text("A plain note")
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.locator(".thread-turn")).to_contain_text("Closed")


def test_without_scripts_a_request_is_found_opened_at_its_end_handed_over_and_set_aside(
    browser: Browser, harken: Harken, session: Any
):
    deliver(harken, "Lena", "Question of Lena", "\n\n".join(f"line {number} of it" for number in range(60)))
    options = {"storage_state": session, "base_url": harken.url, "java_script_enabled": False}
    with page_of(browser, viewport=WIDE, **options) as page:
        row = page.locator(".row", has_text="Question of Lena")
        until(lambda: page.goto("/fennel/search/?q=lena") and row.count())
        row.click()
        shown = page.locator("#thread").bounding_box()
        last = page.get_by_text("line 59 of it").last.bounding_box()
        assert shown
        assert last
        assert shown["y"] < last["y"] < shown["y"] + shown["height"]
        page.locator(".assign > summary").press("Enter")
        page.get_by_role("link", name="Choose who has it").press("Enter")
        page.get_by_role("button", name="Olga Sokolova").press("Enter")
        expect(page.locator(".assignee")).to_have_text("Olga Sokolova")
        page.locator(".head-menu > summary").first.press("Enter")
        page.get_by_role("button", name="Until they write").press("Enter")
        expect(page.locator(".thread-turn")).to_contain_text("Set aside")


def test_a_message_is_split_off_without_scripts_and_by_keyboard_alone(
    browser: Browser, harken: Harken, session: Any, desk: Page
):
    open_request(desk, harken, "Sam")
    deliver(harken, "Sam", "Re: Question of Sam", "second", answers="first@Sam")
    desk.locator(".msg-them", has_text="second").wait_for()
    options = {"storage_state": session, "base_url": harken.url, "java_script_enabled": False}
    with page_of(browser, viewport=SMALL, **options) as page:
        page.goto(desk.url)
        message = page.locator(".msg", has_text="second")
        message.locator(".msg-more summary").press("Enter")
        message.get_by_role("link", name="Move or split off").press("Enter")
        page.get_by_label("Subject of the new request").fill("Another matter of Sam")
        page.get_by_role("button", name="Move", exact=True).press("Enter")

        expect(page.get_by_role("heading", name="Another matter of Sam")).to_be_visible()
        expect(page.locator(".msg")).to_have_count(1)
        expect(page.locator(".event").last).to_contain_text("moved a message here from")
    # The page that is open elsewhere lets it go by itself.
    expect(desk.locator(".msg")).to_have_count(1)


def test_a_menu_closes_by_escape_and_by_a_press_elsewhere(desk: Page, harken: Harken):
    open_request(desk, harken, "Una")
    button = desk.locator(".msg-them .msg-more summary")
    choice = desk.get_by_role("link", name="Move or split off")

    button.press("Enter")
    expect(choice).to_be_visible()
    desk.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(button).to_be_focused()

    button.press("Enter")
    desk.locator("h1").last.click()
    expect(choice).to_be_hidden()


def asks(desk: Page, harken: Harken, name: str) -> Locator:
    """Let a customer write, and find what they wrote in the open room."""
    deliver(harken, name, f"Question of {name}", "first")
    ask = desk.locator(".ask", has_text=f"Question of {name}")
    ask.wait_for()
    return ask


def test_in_the_room_a_request_is_answered_noted_and_done_by_mouse(desk: Page, harken: Harken):
    desk.goto("/fennel/room/")
    ask = asks(desk, harken, "Rob")

    ask.get_by_role("link", name="Answer").click()
    expect(ask.locator(".written")).to_be_focused()
    desk.keyboard.type("It is on its way")
    ask.locator(".composer .btn-go").click()
    expect(ask.locator(".said")).to_contain_text("It is on its way")
    ask.hover()
    ask.get_by_role("link", name="Note").click()
    expect(ask.locator(".written")).to_be_focused()
    desk.keyboard.type("He rang, too")
    ask.get_by_role("button", name="Add note").click()
    expect(ask.locator(".said-note")).to_contain_text("He rang, too")
    ask.hover()
    ask.get_by_role("button", name="Done").click()

    expect(ask.get_by_role("button", name="Reopen")).to_have_count(1)


def test_in_the_room_a_request_is_answered_noted_and_done_by_keyboard_alone(desk: Page, harken: Harken):
    desk.goto("/fennel/room/")
    ask = asks(desk, harken, "Ros")
    desk.keyboard.press("k")
    while not ask.evaluate("each => each === document.activeElement"):
        desk.keyboard.press("j")

    desk.keyboard.press("r")
    expect(ask.locator(".written")).to_be_focused()
    desk.keyboard.type("E and N stay letters here")
    desk.keyboard.press("Control+Enter")
    expect(ask.locator(".said")).to_contain_text("E and N stay letters here")
    expect(ask).to_be_focused()
    desk.keyboard.press("n")
    expect(ask.locator(".written")).to_be_focused()
    desk.keyboard.type("She is right")
    desk.keyboard.press("Control+Enter")
    expect(ask.locator(".said-note")).to_contain_text("She is right")
    expect(ask).to_be_focused()
    desk.keyboard.press("e")

    expect(ask.get_by_role("button", name="Reopen")).to_have_count(1)
    desk.keyboard.press("z")
    expect(ask.get_by_role("button", name="Done")).to_have_count(1)


def test_a_call_of_somebody_new_is_logged_from_the_room(desk: Page):
    desk.goto("/fennel/room/")
    desk.get_by_role("link", name="Log a call").last.click()
    desk.get_by_label("Name, address or number").fill("Greta Holm")
    desk.get_by_label("Address or number of somebody new").fill("+46 8 000 000")
    desk.get_by_label("What was said").fill("The oven is cold.")
    desk.get_by_label("What was said").press("Control+Enter")

    expect(desk.locator(".ask", has_text="Greta Holm")).to_contain_text("The oven is cold.")
    assert desk.locator(".ask", has_text="Greta Holm").get_by_role("button", name="Reopen").count() == 1


def test_without_scripts_the_room_is_read_answered_noted_and_done(
    browser: Browser, harken: Harken, session: Any
):
    deliver(harken, "Bare", "Question of Bare", "first")
    options = {"storage_state": session, "base_url": harken.url, "java_script_enabled": False}
    with page_of(browser, viewport=SMALL, **options) as page:
        ask = page.locator(".ask", has_text="Question of Bare")
        until(lambda: page.goto("/fennel/room/") and ask.count())
        ask.get_by_role("link", name="Answer").click()
        ask.get_by_label("Your message").fill("Plainly answered")
        ask.get_by_role("button", name="Send", exact=True).click()
        expect(ask.locator(".said")).to_contain_text("Plainly answered")
        ask.get_by_role("link", name="Note").click()
        ask.get_by_label("Your message").fill("A plain note")
        ask.get_by_role("button", name="Add note").click()
        expect(ask.locator(".said-note")).to_contain_text("A plain note")
        ask.get_by_role("button", name="Done").click()
        expect(ask.get_by_role("button", name="Reopen")).to_be_visible()
