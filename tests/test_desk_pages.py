"""The desk in a browser, on the demo workspace: live, by keyboard, without scripts, for everybody's eyes."""

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.servers.harken import Harken, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]

MAYA, HELP = "maya@fennel.example", "help@fennel.example"
SMALL, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ELSEWHERE = re.compile(r"^https?://(?!localhost[:/])")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def session(browser: Browser, harken: Harken) -> Any:
    """Maya's cookies: everybody in these tests is Maya."""
    return session_of(browser, harken.sign_in_link(MAYA))


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
    desk.locator(".recipients summary").click()
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


def news_within(page: Page, milliseconds: int) -> int:
    """How often the page is told of something in this time: what earlier tests did may still be on its way."""
    count = """wait => new Promise((resolve) => {
        const heard = [];
        for (const type of ["ticket", "draft", "presence", "channel", "bulk", "notice", "arrival", "back"])
            document.addEventListener(`live:${type}`, (event) => heard.push(event));
        setTimeout(() => resolve(heard.length), wait);
    })"""
    return int(page.evaluate(count, milliseconds))


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
            del of_first[:], of_second[:]
            while news_within(second, 3000):
                del of_first[:], of_second[:]
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
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.locator(".thread-turn")).to_contain_text("Closed")


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


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("en", "light", WIDE), ("ru", "dark", WIDE), ("ar", "light", SMALL), ("ar", "dark", WIDE)],
)
def test_everybody_can_use_the_pages(
    browser: Browser, harken: Harken, session: Any, language: str, theme: Any, size: Any
):
    options = {"storage_state": session, "viewport": size, "color_scheme": theme, "base_url": harken.url}
    with page_of(browser, **options) as page, speaking(page, language):
        for address in addresses(page):
            page.goto(address)
            assert page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr")
            assert_accessible(page)


@contextmanager
def speaking(page: Page, language: str) -> Iterator[None]:
    """Let Maya read this language, and English again for the tests that follow."""
    speak(page, language)
    try:
        yield
    finally:
        speak(page, "en")


def speak(page: Page, language: str) -> None:
    page.goto("/fennel/settings/you/")
    page.locator("select[name=language]").select_option(language)
    page.locator("form .btn-go").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def addresses(page: Page) -> list[str]:
    page.goto("/fennel/inbox/?view=open")
    rows = [page.locator(".row", has_text=text).first for text in ("Newsletter picture", "Price tags")]
    tickets = [str(row.get_attribute("href")) for row in rows]
    page.goto(tickets[0])
    person = str(page.locator(".who a").first.get_attribute("href"))
    place = str(page.locator(".msg a[href$='/place']").first.get_attribute("href"))
    lists = [f"/fennel/inbox/?view={view}" for view in ("open", "closed")]
    settings = [f"/fennel/settings/{name}/" for name in ("channels", "channels/numbers", "colleagues", "you")]
    page.goto(settings[0])
    settings.append(str(page.locator("a[href$='/sender/']").first.get_attribute("href")))
    return [*lists, *tickets, person, place, *settings, "/fennel/nowhere/"]


def assert_accessible(page: Page) -> None:
    page.wait_for_load_state("load")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], page.url
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), (
        page.url
    )
