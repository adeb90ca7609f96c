"""Where requests stand, who people are and which language is spoken, changed in a browser: by mouse and by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of, tab_to
from tests.servers.harken import Harken
from tests.test_desk_pages import WIDE, deliver, open_request

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("states_pages")]


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    """Tomás’s cookies."""
    return session_of(harken.sign_in_link("tomas@fennel.example"))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


@pytest.fixture
def english_afterwards(desk: Page) -> Iterator[None]:
    """Let whoever reads next read English, whatever becomes of a test of languages."""
    yield
    if desk.locator("html").get_attribute("lang") != "en":
        desk.goto("/fennel/settings/you/")
        desk.locator("[name=language]").select_option("en")
        desk.locator("form .btn-go").first.click()
        expect(desk.locator("html")).to_have_attribute("lang", "en")


def test_a_request_is_set_aside_taken_back_and_tagged_by_mouse(desk: Page, harken: Harken):
    open_request(desk, harken, "Mona")
    stands = desk.locator(".thread-turn")

    desk.locator(".head-menu > summary").first.click()
    desk.get_by_role("button", name="Until they write").click()
    expect(stands).to_contain_text("Set aside")
    desk.get_by_role("button", name="Undo").first.click()
    expect(stands).to_contain_text("Waiting for us")
    desk.locator(".tag-more > summary").click()
    desk.locator(".tag-more [name=name]").fill("by mouse")
    desk.locator(".tag-more .btn").click()

    tag = desk.locator(".tags form.tag")
    expect(tag).to_contain_text("by mouse")
    settings = desk.context.new_page()
    settings.goto("/fennel/settings/tags/")
    settings.locator(".tag-row summary", has_text="by mouse").click()
    row = settings.locator(".tag-row details[open]")
    row.get_by_label("Name").fill("by hand")
    row.get_by_role("button", name="Save").click()
    expect(tag).to_contain_text("by hand")
    settings.keyboard.press("z")
    expect(tag).to_contain_text("by mouse")


def test_a_request_is_set_aside_taken_back_and_tagged_by_keyboard_alone(desk: Page, harken: Harken):
    open_request(desk, harken, "Kira")
    stands = desk.locator(".thread-turn")

    desk.keyboard.press("s")
    later = desk.get_by_role("button", name="Until they write")
    expect(later).to_be_visible()
    expect(desk.get_by_role("button", name="In an hour")).to_be_focused()
    tab_to(desk, later)
    desk.keyboard.press("Enter")
    expect(stands).to_contain_text("Set aside")
    desk.keyboard.press("z")
    expect(stands).to_contain_text("Waiting for us")
    desk.keyboard.press("t")
    expect(desk.locator(".tag-more [name=name]")).to_be_focused()
    desk.keyboard.type("delivery")
    desk.keyboard.press("Enter")

    expect(desk.locator(".tags form.tag")).to_contain_text("delivery")
    expect(desk.locator("summary[data-key=t]")).to_be_focused()


def test_a_person_is_changed_by_mouse(desk: Page):
    desk.goto("/fennel/people/?q=hannah")
    desk.locator(".who a", has_text="Hannah Osei").click()
    desk.locator(".page-head .more-menu summary").click()
    desk.get_by_role("link", name="Edit").click()
    desk.get_by_label("What they do").fill("Runs the ovens")
    desk.get_by_role("button", name="Save").click()

    expect(desk.locator(".page-head")).to_contain_text("Runs the ovens")


@pytest.mark.usefixtures("english_afterwards")
def test_a_language_is_chosen_by_keyboard(desk: Page):
    for words, language in (("Y", "yo"), ("E", "en")):
        desk.goto("/fennel/settings/you/")
        desk.locator("select[name=language]").focus()
        desk.keyboard.type(words)
        desk.locator("form .btn-go").first.press("Enter")
        expect(desk.locator("html")).to_have_attribute("lang", language)


def choose_by_mouse(desk: Page, name: str) -> None:
    """Press an entry of the menu of the open request."""
    desk.locator("#menu-more > summary").click()
    desk.locator("#menu-more .pop").get_by_text(name).click()


def choose_by_keyboard(desk: Page, name: str) -> None:
    tab_to(desk, desk.locator("#menu-more > summary"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.locator("#menu-more .pop").locator("a, button").filter(has_text=name))
    desk.keyboard.press("Enter")


def press_by_keyboard(desk: Page, name: str) -> None:
    tab_to(desk, desk.get_by_role("button", name=name, exact=True))
    desk.keyboard.press("Enter")


def test_requests_are_merged_taken_apart_linked_and_given_to_somebody_else_by_mouse(
    desk: Page, harken: Harken
):
    deliver(harken, "Wim", "Parcel of Wim", "where")
    open_request(desk, harken, "Wim")
    merged = desk.locator(".merged", has_text="Parcel of Wim")

    choose_by_mouse(desk, "Merge")
    desk.get_by_role("radio", name="Parcel of Wim").check()
    desk.get_by_role("radio", name="This one").check()
    desk.get_by_role("button", name="Merge").click()
    expect(desk.locator(".msg-them", has_text="where")).to_be_visible()
    merged.get_by_role("button", name="Take out again").click()
    expect(desk.get_by_role("heading", name="Parcel of Wim")).to_be_visible()
    expect(desk.locator(".msg-them", has_text="first")).to_have_count(0)

    choose_by_mouse(desk, "Link with")
    desk.get_by_role("radio", name="Question of Wim").check()
    desk.get_by_role("button", name="Link", exact=True).click()
    desk.locator(".linked").get_by_role("link", name="Question of Wim").click()
    expect(desk.locator(".side")).to_contain_text("Related requests")

    choose_by_mouse(desk, "Change the requester")
    desk.get_by_role("radio", name="Somebody else").check()
    desk.get_by_label("Mail address").fill("willa@crumb-wim.example")
    desk.get_by_label("Name", exact=True).fill("Willa Vos")
    desk.get_by_role("button", name="Change the requester").click()
    expect(desk.get_by_role("complementary", name="About Willa Vos")).to_be_visible()


def test_requests_are_merged_taken_apart_and_linked_by_keyboard_alone(desk: Page, harken: Harken):
    deliver(harken, "Xia", "Parcel of Xia", "where")
    open_request(desk, harken, "Xia")

    choose_by_keyboard(desk, "Merge")
    press_by_keyboard(desk, "Merge")
    expect(desk.get_by_role("heading", name="Parcel of Xia")).to_be_visible()
    expect(desk.locator(".msg-them", has_text="first")).to_be_visible()
    tab_to(desk, desk.locator(".merged button"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Question of Xia")).to_be_visible()
    expect(desk.locator(".msg-them", has_text="where")).to_have_count(0)

    choose_by_keyboard(desk, "Link with")
    press_by_keyboard(desk, "Link")
    expect(desk.locator(".linked")).to_contain_text("Parcel of Xia")
    tab_to(desk, desk.get_by_role("button", name="Take the link away"))
    desk.keyboard.press("Enter")
    expect(desk.locator(".linked")).to_have_count(0)


def test_a_message_is_split_off_by_mouse_and_words_are_removed_by_keyboard_alone(desk: Page, harken: Harken):
    open_request(desk, harken, "Yan")
    deliver(harken, "Yan", "Re: Question of Yan", "my card is 4929", answers="first@Yan")
    message = desk.locator(".msg-them", has_text="my card is 4929")

    message.locator(".msg-more summary").click()
    message.get_by_role("link", name="Move or split off").click()
    desk.get_by_label("Subject of the new request").fill("Card of Yan")
    desk.get_by_role("button", name="Move", exact=True).click()
    expect(desk.get_by_role("heading", name="Card of Yan")).to_be_visible()

    tab_to(desk, message.locator(".msg-more summary"))
    desk.keyboard.press("Enter")
    tab_to(desk, message.get_by_role("link", name="Remove words for good"))
    desk.keyboard.press("Enter")
    tab_to(desk, desk.get_by_label("Why"))
    desk.keyboard.type("A card number")
    desk.keyboard.press("Enter")
    expect(desk.locator(".redacted")).to_contain_text("Words and files were removed by Tomás Herrera.")
    expect(desk.locator(".redacted")).to_contain_text("A card number")
    expect(message).to_have_count(0)


def make(desk: Page, page: str, name: str, **choices: str) -> None:
    """Make one more of a list of the settings, by mouse."""
    desk.get_by_role("link", name=page, exact=True).last.click()
    new = desk.locator("main form:has(.btn-go)").last
    new.locator("[name=name]").fill(name)
    for field, value in choices.items():
        new.locator(f"[name={field}]").select_option(value)
    new.get_by_role("button", name="Add").click()
    expect(desk.locator("#notices")).to_contain_text(f"“{name}” is there.")


def test_what_a_workspace_calls_its_own_is_made_by_mouse_and_used_by_mouse_and_keyboard(
    browser: Browser, harken: Harken, desk: Page
):
    owner = session_of(harken.sign_in_link("maya@fennel.example"))
    with page_of(browser, storage_state=owner, viewport=WIDE, base_url=harken.url) as settings:
        settings.goto("/fennel/inbox/")
        settings.get_by_role("link", name="Settings").first.click()
        make(settings, "Tags", "oven door", colour="red")
        make(settings, "Areas", "Ovens of stone")
        make(settings, "Own states", "With the smith", kind="waiting")
        make(settings, "Own fields", "Oven number", about="ticket", kind="text")
        settings.get_by_role("link", name="Saved replies", exact=True).last.click()
        settings.get_by_role("link", name="New saved reply").click()
        settings.get_by_label("Name").fill("Warm ovens")
        settings.locator(".reply-words .written").click()
        settings.keyboard.type("Turn it on.")
        settings.get_by_role("button", name="Save", exact=True).click()
        expect(settings.locator("#notices")).to_contain_text("“Warm ovens” is saved.")
        settings.get_by_role("button", name="Remove “Warm ovens”").click()
        expect(settings.get_by_role("status").filter(has_text="“Warm ovens” was removed.")).to_be_visible()
        settings.get_by_role("link", name="Capabilities", exact=True).last.click()
        switch = settings.get_by_role("switch", name="Own fields")
        switch.click()
        expect(settings.get_by_role("link", name="Areas", exact=True)).to_have_count(0)
        switch.click()
        expect(settings.get_by_role("link", name="Areas", exact=True).first).to_be_visible()

    open_request(desk, harken, "Zeno")
    choose_by_mouse(desk, "Their turn")
    expect(desk.locator(".thread-turn")).to_contain_text("Waiting for them")
    own = desk.locator(".part.own")
    own.locator("summary").click()
    own.get_by_label("Area").select_option("Ovens of stone")
    own.get_by_label("Oven number").fill("B 17")
    own.get_by_role("button", name="Save").click()
    expect(own.locator(".facts")).to_contain_text("Ovens of stone")
    expect(own.locator(".facts")).to_contain_text("B 17")

    choose_by_keyboard(desk, "Area and own fields")
    tab_to(desk, desk.get_by_label("Oven number"))
    desk.keyboard.press("Control+a")
    desk.keyboard.type("C 18")
    desk.keyboard.press("Control+Enter")
    expect(own.locator(".facts")).to_contain_text("C 18")
    choose_by_keyboard(desk, "With the smith")
    expect(desk.locator(".thread-turn")).to_contain_text("With the smith")


@pytest.mark.usefixtures("english_afterwards")
def test_a_language_is_chosen_by_mouse_and_read_from_right_to_left(desk: Page):
    desk.goto("/fennel/inbox/?view=open")
    desk.locator(".row", has_text="لا أستطيع").click()
    theirs = desk.locator(".msg-them .voice").first
    expect(theirs).to_have_css("direction", "rtl")
    expect(theirs).to_have_attribute("lang", "ar")
    expect(desk.locator(".thread-head .thread-bar")).to_have_css("direction", "ltr")

    desk.get_by_role("link", name="Settings").first.click()
    desk.locator("main").get_by_role("link", name="You", exact=True).click()
    desk.locator("[name=language]").select_option("ar")
    desk.locator("form .btn-go").first.click()
    expect(desk.locator("html")).to_have_attribute("dir", "rtl")
    rail = desk.locator(".rail").bounding_box()
    assert rail
    assert rail["x"] > WIDE["width"] / 2
    desk.locator(".rail a[href$='/inbox/']").click()
    expect(desk.locator(".thread-bar, .list-bar").first).to_have_css("direction", "rtl")
    desk.go_back()
    desk.locator("[name=language]").select_option("en")
    desk.locator("form .btn-go").first.click()
    expect(desk.locator("html")).to_have_attribute("dir", "ltr")
