"""A mailbox in trouble, with everything running: on the open inbox, in the owner's mail, and gone by itself."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.gallery.eyes import assert_accessible
from tests.servers.harken import Harken
from tests.servers.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.servers.scripted import ScriptedImap
from tests.servers.smtp_sink import SmtpSink
from tests.test_desk_pages import SMALL, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), pytest.mark.xdist_group("mailbox_troubles")]

OLGA, HELP = "olga@fennel.example", "help@fennel.example"
WRONG = "NO [AUTHENTICATIONFAILED] Wrong"


@pytest.fixture(scope="module")
def relay() -> Iterator[SmtpSink]:
    with SmtpSink() as relay:
        yield relay


@pytest.fixture(scope="module")
def imap() -> Iterator[ScriptedImap]:
    with ScriptedImap() as server:
        yield server


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider(HELP) as provider:
        yield provider


@pytest.fixture(scope="module")
def harken(relay: SmtpSink) -> Iterator[Harken]:
    with Harken(HARKEN_SMTP_URL=relay.url, HARKEN_ALLOW_INTERNAL="yes") as harken:
        harken.run("workspace", "create", "fennel", "--owner", OLGA)
        harken.switch_on("fennel", "inbox")
        yield harken


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(OLGA))


@pytest.fixture
def desk(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        yield page


@pytest.fixture(scope="module")
def troubled(browser: Browser, harken: Harken, session: Any, imap: ScriptedImap) -> str:
    """A mailbox whose password is wrong; the address of its page."""
    imap.fail("LOGIN", WRONG, times=10_000)
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto("/fennel/settings/channels/new/")
        page.get_by_label("Address customers write to").fill(HELP)
        page.locator("[name=imap_host]").fill("localhost")
        page.locator("[name=imap_port]").fill(str(imap.port))
        page.locator("[name=imap_security]").select_option("none")
        page.locator("[name=imap_user]").fill("help")
        page.locator("[name=imap_password]").fill("long forgotten")
        page.locator("form.mailbox .btn-go").click()
        page.get_by_role("button", name="Save all the same").click()
        page.wait_for_url("**/settings/channels/")
        page.reload()
        until_troubled = page.locator(".say-bad", has_text="did not accept the user name or the password")
        for _try in range(20):
            if until_troubled.count():
                break
            page.wait_for_timeout(500)
            page.reload()
        expect(until_troubled).to_have_count(1)
        return str(page.get_by_role("link", name=f"Open {HELP}").get_attribute("href"))


def test_the_inbox_says_what_is_wrong_since_when_and_leads_to_the_channel(desk: Page, troubled: str):
    desk.goto("/fennel/inbox/")

    banner = desk.locator("#troubles .say-bad")
    expect(banner).to_have_count(1)
    expect(banner).to_contain_text(HELP)
    expect(banner).to_contain_text("did not accept the user name or the password")
    expect(banner).to_contain_text("Since")
    banner.get_by_role("link", name="Open the channel").click()
    expect(desk.locator(".chan .say-bad")).to_contain_text("Receiving")
    expect(desk.locator(".checks .no")).to_have_text("Receiving: does not work")


def test_the_inbox_leads_to_the_field_that_wants_the_new_password(desk: Page, troubled: str):
    desk.goto("/fennel/inbox/")

    desk.locator("#troubles").get_by_role("link", name="Enter the new password").click()

    expect(desk.locator("main .say-bad")).to_contain_text("did not accept the user name or the password")
    expect(desk.locator("[name=imap_password]")).to_be_focused()
    expect(desk.locator("[name=imap_password]")).to_be_in_viewport()


def test_a_provider_lets_the_desk_in_after_one_sign_in(desk: Page, provider: Provider):
    desk.goto("/fennel/settings/channels/new/")
    desk.get_by_label("Address customers write to").fill("sales@fennel.example")
    desk.locator("form.mailbox .btn-go").click()
    desk.get_by_role("link", name="Open sales@fennel.example").click()
    desk.get_by_role("link", name="Sign in with Google, Microsoft or another provider").click()
    desk.locator("[name=provider]").select_option("custom")
    desk.locator("[name=client_id]").fill(CLIENT_ID)
    desk.locator("[name=client_secret]").fill(CLIENT_SECRET)
    desk.locator("details summary", has_text="Another provider").click()
    desk.locator("[name=authorize_url]").fill(provider.authorize_url)
    desk.locator("[name=token_url]").fill(provider.token_url)
    desk.locator("[name=scope]").fill("mail")
    desk.get_by_role("button", name="Save").click()

    desk.get_by_role("link", name="Sign in at another provider").click()

    expect(desk.get_by_text("no password is needed")).to_be_visible()
    assert provider.asked[-1]["grant_type"] == "authorization_code"
    desk.get_by_role("button", name="Use a password again").click()
    expect(desk).to_have_url(re.compile(r"/settings/channels/\d+/$"))


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("en", "light", WIDE), ("ar", "dark", SMALL)],
)
def test_everybody_can_read_what_is_wrong(
    browser: Browser, harken: Harken, session: Any, troubled: str, language: str, theme: Any, size: Any
):
    options = {"storage_state": session, "viewport": size, "color_scheme": theme, "base_url": harken.url}
    with page_of(browser, **options) as page, speaking(page, language):
        for address in ("/fennel/inbox/", "/fennel/settings/channels/", troubled, f"{troubled}sign-in/"):
            page.goto(address)
            assert_accessible(page)
        page.goto("/fennel/inbox/")
        expect(page.locator("#troubles .say-bad")).to_have_count(1)


@contextmanager
def speaking(page: Page, language: str) -> Iterator[None]:
    """Let a page speak a language, and English again whatever becomes of it: others read it next."""
    speak(page, language)
    try:
        yield
    finally:
        speak(page, "en")


def speak(page: Page, language: str) -> None:
    page.goto("/fennel/settings/you/")
    page.locator("[name=name]").fill("Olga")
    page.locator("select[name=language]").select_option(language)
    page.locator("form .btn-go").first.click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.long
@pytest.mark.timeout(900)  # after a second refusal the next try is five minutes away
def test_the_owner_is_told_within_five_minutes_and_again_when_it_works(
    desk: Page, troubled: str, imap: ScriptedImap, relay: SmtpSink
):
    desk.goto("/fennel/inbox/")
    expect(desk.locator("#troubles .say-bad")).to_have_count(1)
    told = [letter for letter in relay.wait_for(1, seconds=300) if letter.recipients == (OLGA,)]
    assert HELP in told[0].message["Subject"]

    imap.forgive("LOGIN")

    expect(desk.locator("#troubles .say-bad")).to_have_count(0, timeout=330_000)
    assert "works again" in relay.wait_for(2, seconds=150)[-1].message["Subject"]
