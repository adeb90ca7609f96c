"""A browser for tests: Debian's Chromium, headless, quiet, with what the page complained about kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, sync_playwright

from tests.needs import chromium
from tests.servers.visitor import Visitor

# Without these Chromium looks for hosts of its makers, which no test may wait for.
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-gpu",
    "--no-sandbox",
]
WAIT_MILLISECONDS = 15_000
# No page has more stops than this between where somebody is and where they want to be.
MOST_STOPS = 200
_HAS_FOCUS = "each => each === document.activeElement"


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page_of(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; fails at its end when the page's own code or policy was broken."""
    # Colours are measured as they are in the end, not on their way.
    context: BrowserContext = browser.new_context(**{"reduced_motion": "reduce"} | options)
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_a_breach(said.text) else None)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def session_of(link: str) -> StorageState:
    """Sign in by a one-time link and return the session's cookies, as `storage_state` of further pages."""
    return Visitor(link).session


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until this has the focus; fail where it never gets it."""
    for _stop in range(MOST_STOPS):
        if target.evaluate(_HAS_FOCUS):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {target}")


def news_within(page: Page, milliseconds: int) -> int:
    """How often the page is told of something in this time: what earlier tests did may still be on its way."""
    count = """wait => new Promise((resolve) => {
        const heard = [];
        for (const type of ["ticket", "draft", "presence", "channel", "bulk", "notice", "arrival", "back"])
            document.addEventListener(`live:${type}`, (event) => heard.push(event));
        setTimeout(() => resolve(heard.length), wait);
    })"""
    return int(page.evaluate(count, milliseconds))


def wait_for_quiet(page: Page, milliseconds: int, *asked: list[str]) -> None:
    """Wait for so long a stretch without news, and leave in each list what a page asked for in that stretch alone."""
    is_quiet = False
    while not is_quiet:
        # What news leads to is asked for a moment after it.
        while news_within(page, 1000):
            pass
        for addresses in asked:
            addresses.clear()
        is_quiet = not news_within(page, milliseconds)


def _is_a_breach(text: str) -> bool:
    return "Content Security Policy" in text or "Content-Security-Policy" in text
