"""Passkeys in a real browser with an authenticator of its own (CDP), codes, a provider, and the settings."""

import base64
import hmac
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of, tab_to
from tests.gallery.eyes import assert_accessible
from tests.servers.harken import Harken
from tests.servers.oidc import Issuer
from tests.test_desk_pages import WIDE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]

MAYA, TOMAS = "maya@fennel.example", "tomas@fennel.example"
# Who has a passkey needs it from then on: no other test signs her in by a link.
OLGA = "olga@fennel.example"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page) -> Any:
    """Give the page a device that holds passkeys; returns how to tell it what its user does."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def verified(is_verified: bool) -> None:
        told = {"authenticatorId": made["authenticatorId"], "isUserVerified": is_verified}
        device.send("WebAuthn.setUserVerified", told)

    return verified


def test_a_passkey_is_made_by_keyboard_and_then_opens_the_door_alone(browser: Browser, harken: Harken):
    with page_of(browser, viewport=WIDE, base_url=harken.url) as page:
        verified = with_authenticator(page)
        page.goto(harken.sign_in_link(OLGA))
        page.locator("form .btn-go").press("Enter")
        page.wait_for_url(re.compile("/fennel/"))
        page.goto("/fennel/settings/security/")
        page.get_by_role("link", name="Add a passkey").press("Enter")
        page.get_by_label("What do you call it?").fill("Laptop")
        verified(False)
        page.get_by_label("What do you call it?").press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("gave no passkey")
        assert_accessible(page)
        verified(True)
        page.get_by_role("button", name="Add a passkey").press("Enter")
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("link", name="I have them").press("Enter")
        expect(page.locator(".keys")).to_contain_text("Laptop")

        page.locator(".me summary").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Use a passkey").press("Enter")
        page.wait_for_url(re.compile("/fennel/"))

        # Behind a link it is the second step.
        page.locator(".me summary").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.goto(harken.sign_in_link(OLGA))
        page.locator("form .btn-go").click()
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("button", name="Use your passkey").click()
        page.wait_for_url(re.compile("/fennel/"))


def test_signing_the_others_out_ends_their_open_pages(browser: Browser, harken: Harken):
    sessions = [session_of(harken.sign_in_link(TOMAS)) for _each in range(2)]
    options = {"viewport": WIDE, "base_url": harken.url}
    with (
        page_of(browser, storage_state=sessions[0], **options) as here,
        page_of(browser, storage_state=sessions[1], **options) as there,
    ):
        there.goto("/fennel/inbox/")
        here.goto("/fennel/settings/security/")
        with there.expect_response(lambda answer: "/live" in answer.url and answer.status == 401):
            here.get_by_role("button", name="Sign out the others").click()

        expect(here.get_by_text("this one")).to_be_visible()
        there.goto("/fennel/inbox/")
        expect(there).to_have_url(re.compile("/accounts/login/"))


def test_settings_are_found_by_words_and_changed_by_keyboard(browser: Browser, harken: Harken):
    session = session_of(harken.sign_in_link(MAYA))
    with page_of(browser, base_url=harken.url, storage_state=session, viewport=WIDE) as page:
        page.goto("/fennel/settings/")
        page.get_by_role("searchbox").fill("logo")
        expect(page.locator("[data-words]:visible")).to_have_count(1)
        page.keyboard.press("Enter")
        page.locator("[name=accent]").fill("#b8860b")
        page.locator("[name=accent]").press("Enter")
        expect(page.locator("#notices")).to_contain_text("a little darker than you chose")
        assert_accessible(page)
        page.emulate_media(color_scheme="dark")
        assert_accessible(page)
        page.goto("/fennel/settings/capabilities/")
        switch = page.get_by_role("switch", name="Inbox and assignment")
        expect(switch).to_be_checked()
        switch.press("Space")
        expect(switch).not_to_be_checked()
        assert_accessible(page)
        switch.press("Enter")
        expect(switch).to_be_checked()


def code_of(key: str, steps: int = 0) -> str:
    """What an authenticator app shows for its key now, or some half minutes from now (RFC 6238)."""
    counter = int(time.time()) // 30 + steps
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{int.from_bytes(digest[at : at + 4], 'big') % 2**31 % 10**6:06}"


def test_codes_of_an_app_are_set_up_and_open_the_door_by_keyboard_alone(browser: Browser, harken: Harken):
    harken.run("workspace", "create", "heron", "--owner", "hedwig@heron.example")
    with page_of(browser, viewport=WIDE, base_url=harken.url) as page:
        page.goto(harken.sign_in_link("hedwig@heron.example"))
        tab_to(page, page.locator("form .btn-go"))
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/heron/"))
        page.goto("/heron/settings/security/")
        tab_to(page, page.get_by_role("link", name="Set up an app"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_text("No camera? Type the key"))
        page.keyboard.press("Enter")
        key = page.locator(".invite-link").inner_text()
        tab_to(page, page.get_by_label("The six digits that the app shows now"))
        page.keyboard.type(code_of(key, steps=-9))
        page.keyboard.press("Enter")
        expect(page.locator(".err")).to_contain_text("This did not fit")
        assert_accessible(page)
        tab_to(page, page.get_by_label("The six digits that the app shows now"))
        page.keyboard.press("Control+a")
        page.keyboard.type(code_of(key))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("link", name="I have them"))
        page.keyboard.press("Enter")
        expect(page.locator(".keys")).to_contain_text("Asked for after a link or a password")

        tab_to(page, page.locator(".me summary"))
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("button", name="Sign out", exact=True).first)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/accounts/"))
        page.goto(harken.sign_in_link("hedwig@heron.example"))
        tab_to(page, page.locator("form .btn-go"))
        page.keyboard.press("Enter")
        expect(page.get_by_label("Code")).to_be_focused()
        # The one of now opened nothing but the app: a code is taken once.
        page.keyboard.type(code_of(key, steps=1))
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/heron/"))


def test_a_company_brings_its_own_sign_in_and_a_colleague_comes_in_by_it_by_mouse(
    browser: Browser, harken: Harken
):
    harken.run("workspace", "create", "egret", "--owner", "emil@egret.example")
    options = {"viewport": WIDE, "base_url": harken.url}
    session = session_of(harken.sign_in_link("emil@egret.example"))
    with Issuer() as issuer, page_of(browser, **options) as theirs:
        with page_of(browser, storage_state=session, **options) as page:
            page.goto("/egret/room/")
            page.get_by_role("link", name="Settings").first.click()
            page.locator("main").get_by_role("link", name="How colleagues sign in").click()
            page.get_by_label("Address of the issuer").fill(issuer.url)
            page.get_by_label("Client id").fill(issuer.client_id)
            page.get_by_label("Client secret").fill(issuer.client_secret)
            page.get_by_label("What do your colleagues call it?").fill("Egret Key")
            page.get_by_label("may join as a colleague").check()
            page.get_by_label("Sign in by it").check()
            page.get_by_role("button", name="Save").click()
            expect(page.locator("#notices")).to_contain_text("Saved")

        issuer.person = {
            "sub": "eva-1",
            "email": "eva@egret.example",
            "email_verified": True,
            "name": "Eva Lund",
        }
        theirs.goto("/egret/settings/you/")
        theirs.get_by_role("link", name="Sign in with Egret Key").click()
        theirs.get_by_role("link", name="Agree").click()
        theirs.wait_for_url("**/egret/settings/you/")
        expect(theirs.locator(".me")).to_contain_text("Eva Lund")
        theirs.goto("/fennel/room/")
        expect(theirs.locator(".rail")).to_have_count(0)
