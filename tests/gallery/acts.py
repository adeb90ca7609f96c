"""What brings an open page into one of its states, as a person would."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

Act = Callable[[Page], Any]


def press(selector: str, shows: str = "") -> Act:
    """Press the first of these that is in sight; what it `shows` is waited for."""

    def act(page: Page) -> None:
        page.locator(selector).locator("visible=true").first.click()
        if shows:
            page.locator(shows).locator("visible=true").first.wait_for()

    return act


def fill(selector: str, text: str, shows: str = "") -> Act:
    """Write into the first of these fields that is in sight."""

    def act(page: Page) -> None:
        page.locator(selector).locator("visible=true").first.fill(text)
        if shows:
            page.locator(shows).locator("visible=true").first.wait_for()

    return act


def keys(*names: str, within: str = "main", shows: str = "") -> Act:
    """Press keys one after the other, beginning with the focus on the first of these."""

    def act(page: Page) -> None:
        page.locator(within).first.focus()
        for name in names:
            page.keyboard.press(name)
        if shows:
            page.locator(shows).locator("visible=true").first.wait_for()

    return act


def unfold(selector: str) -> Act:
    """Open every fold of this kind."""
    return lambda page: page.locator(selector).evaluate_all("all => all.forEach(each => each.open = true)")


def submit_unchecked(selector: str, shows: str) -> Act:
    """Send a form as it is, past what the browser itself would refuse."""

    def act(page: Page) -> None:
        page.locator(selector).first.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        page.locator(shows).locator("visible=true").first.wait_for()

    return act
