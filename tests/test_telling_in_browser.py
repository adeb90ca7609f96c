"""What tells a colleague in the browser: a line on any page, a push while none is open, the page without a network."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.gallery.eyes import assert_accessible
from tests.servers.harken import Harken
from tests.test_desk_pages import WIDE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]
SETTINGS = "/fennel/settings/notifications/"
TOMAS = "tomas@fennel.example"


@pytest.fixture(scope="module")
def harken() -> Iterator[Harken]:
    """A demo of its own: what other tests do there tells Tomás nothing."""
    with Harken("--demo") as harken:
        yield harken


@pytest.fixture(scope="module")
def session(harken: Harken) -> Any:
    return session_of(harken.sign_in_link(TOMAS))


def hand_to_tomas(harken: Harken) -> dict[str, Any]:
    """Let the owner hand Tomás the newest request that nobody has."""
    token = harken.token("fennel")
    tickets = harken.get(token, "/tickets?limit=100")["results"]
    ticket = next(each for each in tickets if each["assignee"] is None and each["state"] == "open")
    handed = harken.send(token, "PATCH", f"/tickets/{ticket['number']}", {"assignee": TOMAS})
    return dict(handed)


def test_who_is_handed_a_request_sees_it_at_once_and_is_led_there(
    browser: Browser, harken: Harken, session: Any
):
    options = {"storage_state": session, "viewport": WIDE, "base_url": harken.url}
    with page_of(browser, **options) as page:
        page.goto("/fennel/inbox/")
        page.wait_for_function("navigator.locks.query().then(all => all.held.length > 0)")

        ticket = hand_to_tomas(harken)

        line = page.locator(".told-one", has_text=re.compile("handed you"))
        expect(line).to_have_count(1)
        assert_accessible(page)
        line.get_by_role("link").press("Enter")
        page.wait_for_url(re.compile(str(ticket["number"])))
        expect(page.locator(".told-one")).to_have_count(0)
        page.goto("/fennel/inbox/")
        page.wait_for_load_state("load")
        expect(page.locator(".told-one")).to_have_count(0)


def test_a_push_is_shown_and_without_a_network_there_is_a_calm_page(
    browser: Browser, harken: Harken, session: Any
):
    options = {"storage_state": session, "viewport": WIDE, "base_url": harken.url}
    with page_of(browser, permissions=["notifications"], **options) as page:
        page.goto(SETTINGS)
        assert page.evaluate("navigator.serviceWorker.ready.then(each => each.scope)").endswith("/fennel/")
        said = {"title": "Ann · Bread", "body": "Where is it?", "path": "/fennel/inbox/", "tag": "request-1"}

        push(page, harken, said)

        shown = "navigator.serviceWorker.ready.then(each => each.getNotifications())"
        page.wait_for_function(f"{shown}.then(all => all.length === 1)")
        assert page.evaluate(f"{shown}.then(([one]) => [one.title, one.body, one.tag])") == [
            *("Ann · Bread", "Where is it?", "request-1"),
        ]
        page.reload()
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        page.context.set_offline(True)
        page.goto("/fennel/inbox/")
        expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
        assert_kept_nothing(page)
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(page.locator(".rail")).to_be_visible()


def test_what_one_is_told_by_mail_is_chosen_by_keyboard_alone(browser: Browser, harken: Harken, session: Any):
    with page_of(browser, storage_state=session, viewport=WIDE, base_url=harken.url) as page:
        page.goto(SETTINGS)
        by_mail, save = page.locator(".told-ways select").first, page.locator(".told-form .btn-go").first
        by_mail.focus()
        page.keyboard.press("End")
        chosen = by_mail.input_value()
        while not save.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.get_by_text("Your own choice.")).to_be_visible()
        expect(by_mail).to_have_value(chosen)


def push(page: Page, harken: Harken, said: dict[str, str]) -> None:
    """Let the browser's own push service bring a message to the worker."""
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(100)
    message = {"origin": harken.url, "registrationId": found[0], "data": json.dumps(said)}
    devtools.send("ServiceWorker.deliverPushMessage", message)


def assert_kept_nothing(page: Page) -> None:
    """Nothing but the shell lies in the browser."""
    kept = page.evaluate(
        """async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = (await Promise.all(caches_.map((each) => each.keys()))).flat();
          return requests.map((each) => new URL(each.url).pathname);
        }"""
    )
    assert all(path == "/fennel/offline/" or path.startswith("/static/ui/") for path in kept), kept
