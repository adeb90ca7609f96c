"""Two colleagues in two browsers of the demo: how soon one sees that the other has begun to write, and has stopped."""

from typing import Any

from playwright.sync_api import Page

from bench.figures import RUNS, Figure, Figures, Scale, percentile
from tests.browser import page_of, running_chromium, session_of
from tests.servers.harken import Harken

TIMES = {"small": 10, "medium": 20, "large": 50}
INBOX = "/fennel/inbox/?view=open"

# Both pages ask the same clock: they stand on one machine.
_PRESSED = (
    """addEventListener("keydown", () => { window.pressed = Date.now(); }, { capture: true, once: true })"""
)
_LOOK = """([selector, isThere]) => { window.seen = new Promise(done => {
    const observer = new MutationObserver(() => look());
    const look = () => {
        if (Boolean(document.querySelector(selector)) !== isThere) return;
        observer.disconnect();
        done(Date.now());
    };
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    look();
}); }"""


def measure(scale: Scale) -> Figures:
    with Harken("--demo") as harken, running_chromium() as browser:
        sessions = [session_of(harken.sign_in_link(f"{name}@fennel.example")) for name in ("maya", "tomas")]
        with (
            page_of(browser, storage_state=sessions[0], base_url=harken.url) as writing,
            page_of(browser, storage_state=sessions[1], base_url=harken.url) as looking,
        ):
            mark = _begin(writing, looking)
            runs = [[_once(writing, looking, mark) for _ in range(TIMES[scale])] for _ in range(RUNS)]
    taken = [percentile([begun for begun, _ended in run], 0.95) for run in runs]
    given = [percentile([ended for _begun, ended in run], 0.95) for run in runs]
    return {
        "seen_p95": Figure.of(
            taken, "ms", "at most 1,000 ms from the first key to the mark in another's list"
        ),
        "gone_p95": Figure.of(given, "ms", "from emptying the answer until the mark is gone there"),
    }


def _begin(writing: Page, looking: Page) -> str:
    """Open a request on one page and the list on the other; return where its mark will stand."""
    for page in (writing, looking):
        page.goto(INBOX)
        page.wait_for_load_state("networkidle")
    row = writing.locator("li[id^=row-]").first
    number = str(row.get_attribute("id"))
    row.locator(".row").click()
    writing.get_by_label("Your message").wait_for()
    return f"#{number} .turn-held"


def _once(writing: Page, looking: Page, mark: str) -> tuple[float, float]:
    writing.get_by_label("Your message").click()
    begun = _seen(writing, looking, mark, "x", is_there=True)
    writing.keyboard.press("Control+a")
    ended = _seen(writing, looking, mark, "Backspace", is_there=False)
    return begun, ended


def _seen(writing: Page, looking: Page, mark: str, key: str, *, is_there: bool) -> float:
    looking.evaluate(_LOOK, [mark, is_there])
    writing.evaluate(_PRESSED)
    writing.keyboard.press(key)
    seen: Any = looking.evaluate("window.seen")
    return float(seen - writing.evaluate("window.pressed"))
