"""Two open inboxes while a lot happens and the network comes and goes: in the end they show what the server has."""

import smtplib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser import page_of, session_of, wait_for_quiet
from tests.servers.cut_line import CutLine
from tests.servers.harken import Harken, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("desk_pages")]

HELP = "help@fennel.example"
COLLEAGUES = ("maya", "tomas")
DROPS, CHANGES_BETWEEN = 20, 5
QUIET_MILLISECONDS = 5_000

# What a list says: its rows in their order, each with its words; the time is ticked on by the page itself.
ROWS = """root => [...root.querySelectorAll("[data-section] > li")].map(row =>
    [row.parentElement.dataset.section, row.id, row.dataset.at,
        ...[".row-who", ".row-subject", ".row-peek", ".row-side"].map(
            part => row.querySelector(part)?.textContent.trim() ?? "")].join(" | "))"""
OF_SERVER = f"""async () => {{
    const rows = [];
    for (let address = "/fennel/inbox/?view=open"; address;) {{
        const answer = await fetch(address, {{ headers: {{ "HX-Request": "true" }} }});
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        rows.push(...({ROWS})(page));
        address = page.querySelector("[data-more=before] a")?.getAttribute("href");
    }}
    return rows;
}}"""


class Changes:
    """Everything that can happen to a list, one after the other, by mail and by the API."""

    def __init__(self, harken: Harken) -> None:
        self._harken, self._token = harken, harken.token("fennel")
        self._host, _colon, self._port = harken.environment["HARKEN_SMTP_IN"].partition(":")
        self._mine: list[int] = []
        self._kinds = cycle((self._write, self._call, self._answer, self._take, self._tag, self._close))
        self._count = 0

    def make(self, count: int) -> None:
        for _ in range(count):
            self._count += 1
            next(self._kinds)()

    def _write(self) -> None:
        sender = f"ann{self._count}@crumb.example"
        letter = (
            f"From: Ann {self._count} <{sender}>\nTo: {HELP}\nSubject: Letter {self._count}\n\nWhere is it?\n"
        )
        with smtplib.SMTP(self._host, int(self._port), timeout=20) as smtp:
            smtp.sendmail(sender, [HELP], letter)

    def ring(self, times: int) -> list[int]:
        """Have somebody call so often; the numbers of the requests."""
        for _ in range(times):
            self._count += 1
            self._call()
        return self._mine[-times:]

    def _call(self) -> None:
        asked = {
            "requester": {"email": f"ida{self._count}@crumb.example", "name": f"Ida {self._count}"},
            "subject": f"Call {self._count}",
            "text": "She called.",
        }
        self._mine.append(self._api("POST", "/tickets", asked)["number"])

    def _answer(self) -> None:
        words = {"kind": "reply", "text": f"Answer {self._count}", "seen_up_to": 1}
        self._api("POST", f"/tickets/{self._mine[-1]}/messages", words)

    def _take(self) -> None:
        self._api("PATCH", f"/tickets/{self._mine[-1]}", {"assignee": "tomas@fennel.example"})

    def _tag(self) -> None:
        self._api("PATCH", f"/tickets/{self._mine[-1]}", {"tags": ["shipping"]})

    def _close(self) -> None:
        self._api("PATCH", f"/tickets/{self._mine[len(self._mine) // 2]}", {"state": "closed"})

    def _api(self, method: str, path: str, told: dict[str, Any]) -> Any:
        return self._harken.send(self._token, method, path, told)


@pytest.fixture
def line(harken: Harken) -> Iterator[CutLine]:
    with CutLine(to=int(harken.url.rpartition(":")[2])) as line:
        yield line


@pytest.fixture(scope="module")
def sessions(harken: Harken) -> list[Any]:
    return [session_of(harken.sign_in_link(f"{name}@fennel.example")) for name in COLLEAGUES]


@pytest.fixture
def inboxes(browser: Browser, sessions: list[Any], line: CutLine) -> Iterator[list[Page]]:
    address = f"http://localhost:{line.port}"
    with ExitStack() as stack:
        pages = []
        for session in sessions:
            page = stack.enter_context(page_of(browser, storage_state=session, base_url=address))
            with page.expect_response(lambda answer: "/live" in answer.url):
                page.goto("/fennel/inbox/?view=open")
            page.evaluate("window.isStillTheSame = true")
            pages.append(page)
        yield pages


def requests_of(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    return asked


def is_as_on_the_server(page: Page) -> bool:
    """Say whether the list is the server's, as far down as it has been loaded."""
    page.keyboard.press(".")
    shown = page.locator("#list").evaluate(ROWS)
    return bool(shown == page.evaluate(OF_SERVER)[: len(shown)])


def assert_idle_pages_ask_nothing(pages: list[Page], asked: list[list[str]]) -> None:
    for page in pages:
        page.wait_for_load_state("networkidle")
    wait_for_quiet(pages[0], QUIET_MILLISECONDS, *asked)
    assert asked == [[] for _ in pages]


def test_after_a_hundred_changes_and_twenty_lost_connections_nothing_is_missed(
    inboxes: list[Page], harken: Harken, line: CutLine
):
    changes = Changes(harken)
    asked = [requests_of(page) for page in inboxes]

    for drop in range(DROPS):
        for page in inboxes:
            page.context.set_offline(True)
        line.cut()
        changes.make(CHANGES_BETWEEN)
        line.mend()
        for page in inboxes:
            page.context.set_offline(False)
        if drop == DROPS // 2:
            harken.kill("web")
            harken.wait_until_ready()

    letters = DROPS * CHANGES_BETWEEN // 6
    for page, urls in zip(inboxes, asked, strict=True):
        page.locator(".row", has_text=f"Letter {6 * letters + 1}").wait_for()
        until(lambda page=page: is_as_on_the_server(page), seconds=20, what="the page's list is the server's")
        assert page.evaluate("window.isStillTheSame")
        assert sum("/live" in url for url in urls) >= DROPS

    assert_idle_pages_ask_nothing(inboxes, asked)


def test_several_are_chosen_from_one_row_to_another_by_mouse_and_by_keyboard(inboxes: list[Page]):
    page = inboxes[0]
    boxes = page.locator("#list .row-box")
    chosen = page.locator("[data-chosen]")

    page.locator("li:has(> .row-box)").nth(1).hover()
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(chosen).to_have_text("4 chosen")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(chosen).to_have_text("2 chosen")

    page.keyboard.press("Escape")
    page.locator("li:has(> .row-box) > .row").nth(6).focus()
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("Shift+X")
    expect(chosen).to_have_text("3 chosen")
    assert [boxes.nth(at).is_checked() for at in range(3, 8)] == [False, True, True, True, False]


def test_letters_typed_while_a_composer_is_on_its_way_belong_into_it(inboxes: list[Page]):
    page = inboxes[0]
    page.goto("/fennel/room/")
    ask = page.locator(".ask", has=page.locator("[data-do=done]")).last
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/room/*/?write=reply", hold)

    ask.focus()
    page.keyboard.press("r")
    page.keyboard.type("even so, zen")
    until(lambda: page.evaluate("1") and held)
    held[0].continue_()

    expect(ask.locator("[contenteditable]")).to_have_text("even so, zen")
    expect(ask.locator("[data-do=done]")).to_have_count(1)


def test_requests_that_come_at_the_same_moment_all_stand_in_the_room(inboxes: list[Page], harken: Harken):
    page = inboxes[0]
    page.goto("/fennel/room/")
    held: list[Route] = []
    page.route("**/room/*/?after=*", lambda route: route.continue_() if held else held.append(route))

    numbers = Changes(harken).ring(4)
    page.evaluate(
        """numbers => numbers.forEach(n =>
            document.dispatchEvent(new CustomEvent("live:ticket", { detail: { n } })))""",
        numbers,
    )
    until(lambda: page.evaluate("1") and held)
    held[0].continue_()

    for number in numbers:
        expect(page.locator(f"#ask-{number}")).to_be_attached()
