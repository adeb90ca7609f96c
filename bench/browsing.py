"""An agent's pages at many tickets, over HTTP and in Chromium: their weight, and how soon they answer a key."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from bench.figures import RUNS, Figure, Figures, Scale, cpu_seconds, percentile, seconds_of
from tests.browser import page_of, running_chromium
from tests.servers.harken import COMMAND, Harken
from tests.servers.visitor import Visitor

TICKETS = {"small": 20_000, "medium": 100_000, "large": 1_000_000}
OLGA = "olga@large.example"
INBOX, ROOM = "/large/inbox/?view=open", "/large/room/"
PAGES, MOVES, OPENED, CLOSED = 60, 30, 15, 8
IDLE_MILLISECONDS = 65_000
WIDE = {"width": 1440, "height": 900}
# Interactions faster than this are not told of by the browser (Event Timing).
FASTEST_MILLISECONDS = 16.0

_WATCH = """window.timings = [];
new PerformanceObserver(list => window.timings.push(...list.getEntries().filter(each => each.interactionId)))
    .observe({ type: "event", durationThreshold: 16 });"""
_TRANSFERRED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
_SIZES = """() => performance.getEntriesByType("navigation")
    .flatMap(page => [page.encodedBodySize, page.decodedBodySize])"""


def measure(scale: Scale) -> Figures:
    count = TICKETS[scale]
    with Harken() as harken:
        harken.run("workspace", "create", "large", "--owner", OLGA)
        fill = f"from bench.desk_of import fill; fill('large', {count})"
        subprocess.run([*COMMAND, "manage", "shell", "-c", fill], env=harken.environment, check=True)
        figures = _over_http(harken)
        with running_chromium() as browser:
            figures |= _in_browser(browser, harken)
    return figures


def _over_http(harken: Harken) -> Figures:
    visitor = Visitor(harken.sign_in_link(OLGA))
    page = visitor.open(INBOX).read().decode()
    long_story = page.partition('<a class="row" href="')[2].partition('"')[0]
    goals = {
        "inbox": (INBOX, "G7: at most 20 ms"),
        "room": (ROOM, "the feed, 25 requests with their words"),
        "long_thread": (long_story, "a request of 5,000 messages"),
    }
    figures: Figures = {}
    for name, (path, goal) in goals.items():
        runs = [_visits(harken, visitor, path) for _ in range(RUNS)]
        figures[f"{name}_p95"] = Figure.of([p95 for p95, _cpu in runs], "ms", f"{goal}; one at a time")
        figures[f"{name}_cpu"] = Figure.of(
            [cpu for _p95, cpu in runs], "ms", "processor time of the web process"
        )
    return figures


def _visits(harken: Harken, visitor: Visitor, path: str) -> tuple[float, float]:
    web = harken.child("web")
    before = cpu_seconds(web)
    times = [seconds_of(lambda: visitor.open(path).read()) for _ in range(PAGES)]
    return percentile(times, 0.95) * 1000, (cpu_seconds(web) - before) / PAGES * 1000


def _in_browser(browser: Browser, harken: Harken) -> Figures:
    session = _session(browser, harken)
    figures = _weights(browser, harken, session)
    with _open(browser, harken, session) as page:
        figures |= _interactions(page)
    with _open(browser, harken, session) as page:
        figures["idle_requests"] = Figure.of([_idle(page)], "", "G13: 0 in 65 s")
    return figures


def _session(browser: Browser, harken: Harken) -> Any:
    """Sign in by a one-time link, whatever the workspace is called."""
    with page_of(browser) as page:
        page.goto(harken.sign_in_link(OLGA))
        page.locator("form .btn-go").click()
        page.wait_for_url("**/large/**")
        return page.context.storage_state()


@contextmanager
def _open(browser: Browser, harken: Harken, session: Any) -> Iterator[Page]:
    with page_of(browser, storage_state=session, base_url=harken.url, viewport=WIDE) as page:
        page.add_init_script(_WATCH)
        page.goto(INBOX)
        page.wait_for_load_state("networkidle")
        yield page


def _weights(browser: Browser, harken: Harken, session: Any) -> Figures:
    figures: Figures = {}
    for name, path in (("inbox", INBOX), ("room", ROOM)):
        # What comes through a service worker is told of as if nobody had compressed it.
        options = {"storage_state": session, "service_workers": "block", "viewport": WIDE}
        with page_of(browser, base_url=harken.url, **options) as page:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            first = page.evaluate(_TRANSFERRED) / 1000
            page.reload()
            sent, plain = (size / 1000 for size in page.evaluate(_SIZES))
        figures[f"{name}_first"] = Figure.of([first], "KB", "150, everything together, compressed")
        figures[f"{name}_later"] = Figure.of([sent], "KB", "40, a later page as it is sent, compressed")
        figures[f"{name}_plain"] = Figure.of([plain], "KB", "the same page before it is compressed")
    return figures


def _interactions(page: Page) -> Figures:
    moved = _timed(page, MOVES, lambda: page.keyboard.press("j"))
    shown: list[float] = []
    opened = _timed(page, OPENED, lambda: shown.append(seconds_of(lambda: _open_next(page)) * 1000))
    closed = _timed(page, CLOSED, lambda: _close(page))
    goal = "at most 100 ms from the key to the next paint"
    return {
        "move_paint": Figure.of(moved, "ms", goal),
        "open_paint": Figure.of(opened, "ms", goal),
        "close_paint": Figure.of(closed, "ms", goal),
        "open_shown": Figure.of(shown, "ms", "from the key until the thread stands there"),
    }


def _timed(page: Page, times: int, act: Callable[[], Any]) -> list[float]:
    """Return for each act the longest that the browser took to paint after its keys."""
    found = []
    for _ in range(times):
        page.evaluate("window.timings.length = 0")
        act()
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        found.append(page.evaluate("Math.max(0, ...window.timings.map(each => each.duration))"))
    return [max(each, FASTEST_MILLISECONDS) for each in found]


def _open_next(page: Page) -> None:
    page.keyboard.press("j")
    number = page.evaluate("document.activeElement.parentElement.id.replace('row-', '')")
    page.keyboard.press("Enter")
    page.locator(f'#conversation[data-ticket="{number}"] .msg').first.wait_for()


def _close(page: Page) -> None:
    number = page.locator("#conversation").get_attribute("data-ticket")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("e")
    page.locator(f'#conversation:not([data-ticket="{number}"])').wait_for()


def _idle(page: Page) -> float:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(IDLE_MILLISECONDS)
    return float(len(asked))
