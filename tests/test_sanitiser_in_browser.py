"""Letters of strangers in a real browser: nothing of theirs runs, and nothing is fetched before somebody agrees.

The policy of our pages is switched off in this browser: what is proved is that nothing is left to forbid.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.payloads import HTML, WORDS
from tests.servers.harken import Harken, until
from tests.servers.smtp_sink import Letter, SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("sanitiser")]

CORPORA = Path(__file__).parents[2] / "shared" / "mail"
OLGA, HELP = "olga@fennel.example", "help@fennel.example"
AT_ONCE = 40
# Letters come in conversations, so that one page shows several; it is high enough for all of them.
LETTERS_OF_A_REQUEST = -(-len(HTML) // len(WORDS))
VIEWPORT: ViewportSize = {"width": 1440, "height": 6000}
# The number of a letter that belongs to none of them.
ALONE = 100 * LETTERS_OF_A_REQUEST
PICTURE = "<img src=http://evil.example/pixel.gif width=1 height=1>"
# What a page is made of, wherever a letter's words stand in it.
_ALIVE = """
() => {
  const leads = /^(href|src|action|formaction|data|ping)$/, runs = /^[\\s\\x00-\\x20]*(javascript|vbscript):/i;
  return [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
    .filter(({name, value}) => name.startsWith("on") || (leads.test(name) && runs.test(value)))
    .map(({name, value}) => `<${element.localName} ${name}=${value}>`));
}
"""
_HAVE_COME = """
() => [...document.querySelectorAll("iframe")].every(({contentDocument: letter}) =>
  letter?.URL !== "about:blank" && letter?.readyState === "complete")
"""
_STRANGE = """
() => [...document.querySelectorAll("script, iframe, object, embed, form, base, meta[http-equiv], link, svg, math")]
  .map((element) => element.outerHTML)
"""


@pytest.fixture(scope="module")
def harken(sink: SmtpSink) -> Iterator[Harken]:
    with Harken(HARKEN_SMTP_URL=sink.url) as harken:
        harken.run("workspace", "create", "fennel", "--owner", OLGA, "--mail", HELP)
        harken.switch_on("fennel", "inbox")
        yield harken


@pytest.fixture(scope="module")
def token(harken: Harken) -> str:
    return harken.token("fennel")


class Watched:
    """A page whose every sign of life is noted: what ran, and what was asked for elsewhere."""

    def __init__(self, page: Page, own: str) -> None:
        self.page = page
        self.ran: list[str] = []
        self.fetched: list[str] = []
        page.on("dialog", self._note_dialog)
        page.on("request", lambda request: self._note_request(request.url, own))
        page.context.expose_binding("noteThatItRan", lambda source: self.ran.append(source["page"].url))
        page.add_init_script("window.alert = window.confirm = window.prompt = () => window.noteThatItRan();")

    def _note_dialog(self, dialog: Any) -> None:
        self.ran.append(self.page.url)
        dialog.dismiss()

    def _note_request(self, url: str, own: str) -> None:
        if not url.startswith((own, "data:", "blob:", "about:")):
            self.fetched.append(url)

    def see(self, path: str) -> None:
        """Open a page, and click on whatever a letter offers to click."""
        self.page.goto(path, wait_until="load")
        # Letters are fetched when they come into sight, after the page itself.
        self.page.wait_for_function(_HAVE_COME)
        for frame in self.page.frames:
            for tempting in frame.locator("#go, [id=mark]").all():
                tempting.dispatch_event("click")
            assert frame.evaluate(_ALIVE) == [], f"{path}: {frame.url}"

    def assert_calm(self) -> None:
        """Nothing ran and nothing was fetched."""
        assert self.ran == []
        assert self.fetched == []


@contextmanager
def watched(browser: Browser, harken: Harken, *, signed_in: bool = True) -> Iterator[Watched]:
    context = browser.new_context(base_url=harken.url, bypass_csp=True, viewport=VIEWPORT)
    page = context.new_page()
    if signed_in:
        page.goto(harken.sign_in_link(OLGA))
        page.locator("form .btn-go").click()
        page.wait_for_url("**/fennel/**")
    try:
        yield Watched(page, harken.url)
    finally:
        context.close()


@pytest.fixture(scope="module")
def tickets(harken: Harken, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Requests whose letters hold all payloads: in the body, and in subject, name and file name."""
    folder = tmp_path_factory.mktemp("letters")
    letters = [_letter(number, html) for number, html in enumerate(HTML)]
    numbers = _delivered(harken, folder, letters)
    assert len(set(numbers)) == len(WORDS)
    return list(dict.fromkeys(numbers))


def test_lists_threads_people_and_the_ledger_stay_calm(browser: Browser, harken: Harken, tickets: list[int]):
    with watched(browser, harken) as seen:
        for path in (
            "/fennel/",
            "/fennel/room/",
            "/fennel/inbox/",
            "/fennel/inbox/?view=unassigned",
            "/fennel/ledger/",
            "/fennel/held/",
        ):
            seen.see(path)
        for number in tickets:
            seen.see(f"/fennel/tickets/{number}/")
        seen.see(_first_link(seen.page, "/people/"))
        seen.page.goto("/fennel/ledger/")
        seen.see(_first_link(seen.page, r"/ledger/\d"))

        seen.assert_calm()


def test_a_letter_opened_by_itself_stays_calm(
    browser: Browser, harken: Harken, token: str, tickets: list[int]
):
    with watched(browser, harken) as seen:
        for body in _bodies(harken, token, tickets):
            seen.see(f"{body}?all")
            assert seen.page.evaluate(_STRANGE) == []

        seen.assert_calm()


def test_pictures_from_elsewhere_come_when_somebody_agrees(
    browser: Browser, harken: Harken, token: str, tmp_path: Path
):
    [body] = _bodies(harken, token, _delivered(harken, tmp_path, [_letter(ALONE, PICTURE)]))
    with watched(browser, harken) as seen:
        seen.see(f"{body}?pictures")

        assert seen.ran == []
        assert seen.fetched == ["http://evil.example/pixel.gif"]


@pytest.mark.long
def test_letters_of_other_projects_stay_calm(browser: Browser, harken: Harken, token: str, tmp_path: Path):
    if not CORPORA.is_dir():
        pytest.skip("the mail corpora are not here (../shared/mail)")
    letters = [path.read_bytes() for path in sorted(CORPORA.glob("*/*.eml"))]
    numbers = _delivered(harken, tmp_path, [raw for raw in letters if b"html" in raw.lower()])
    with watched(browser, harken) as seen:
        for body in _bodies(harken, token, sorted(set(numbers))):
            seen.see(f"{body}?all")
            assert seen.page.evaluate(_STRANGE) == []

        seen.assert_calm()


def test_what_leaves_carries_nothing_alive(
    browser: Browser, harken: Harken, token: str, tickets: list[int], sink: SmtpSink
):
    def to_customers() -> list[Letter]:
        return [each for each in sink.letters if OLGA not in each.recipients]

    before = len(to_customers())
    for number, html in zip(cycle(tickets), HTML, strict=False):
        _reply(harken, token, number, html)
    until(lambda: len(to_customers()) == before + len(HTML), 60, "every answer leaves")
    letters = to_customers()[before:]
    with watched(browser, harken, signed_in=False) as seen:
        for letter in letters:
            part = next(each for each in letter.message.walk() if each.get_content_type() == "text/html")
            # Pictures of our own letters load at the customer's: only what runs would be wrong.
            seen.page.set_content(_decoded(part), wait_until="commit")
            assert seen.page.evaluate(_ALIVE) == []
            assert "<script" not in seen.page.content()

        assert seen.ran == []


def test_the_console_of_the_api_stays_calm(browser: Browser, harken: Harken, tickets: list[int]):
    with watched(browser, harken) as seen:
        seen.page.goto("/api/docs")
        seen.page.locator(".opblock-get", has_text="/api/v1/tickets").first.click()
        seen.page.get_by_role("button", name="Try it out").click()
        seen.page.get_by_role("button", name="Execute").click()
        seen.page.locator(".responses-table.live-responses-table").wait_for()

        seen.assert_calm()


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def _letter(number: int, html: str) -> bytes:
    request, place = divmod(number, LETTERS_OF_A_REQUEST)
    words = WORDS[(request + place) % len(WORDS)]
    mail = EmailMessage()
    mail["From"] = f'"{words.replace(chr(34), "")}" <mallory@evil{request}.example>'
    mail["To"], mail["Subject"] = HELP, f"{number} {words}"
    mail["Message-ID"] = f"<{request}.{place}@evil.example>"
    if place:
        mail["In-Reply-To"] = f"<{request}.0@evil.example>"
    mail.set_content(f"{words}\n\n{html}\n".replace("\0", ""))
    # A part of HTML without words is not shown: these are for those that hide in the rest.
    shown = f"<p>Hello</p>{html}"
    mail.add_alternative(shown.encode(), "text", "html", params={"charset": "utf-8"})
    mail.add_attachment(b"<script>alert(1)</script>", "text", "html", filename=f"{words}.html")
    return mail.as_bytes()


def _delivered(harken: Harken, folder: Path, letters: list[bytes]) -> list[int]:
    paths = [folder / f"{number}.eml" for number in range(len(letters))]
    for path, raw in zip(paths, letters, strict=True):
        path.write_bytes(raw)
    numbers: list[int] = []
    for start in range(0, len(paths), AT_ONCE):
        told = harken.run("deliver", "--json", *map(str, paths[start : start + AT_ONCE]))
        numbers += [each["ticket"] for each in map(json.loads, told.splitlines()) if each["ticket"]]
    return numbers


def _bodies(harken: Harken, token: str, numbers: list[int]) -> list[str]:
    """The addresses of all letters of these requests that came with HTML."""
    messages = [
        message
        for number in numbers
        for message in harken.get(token, f"/tickets/{number}/messages")["results"]
        if message["html"] and message["kind"] == "contact"
    ]
    return [f"/fennel/messages/{message['id']}/body" for message in messages]


def _first_link(page: Page, pattern: str) -> str:
    links = page.eval_on_selector_all("a[href]", "all => all.map((each) => each.getAttribute('href'))")
    return next(str(link) for link in links if re.search(pattern, str(link)))


def _reply(harken: Harken, token: str, number: int, html: str) -> None:
    seen = harken.get(token, f"/tickets/{number}")["last_position"]
    told = {"kind": "reply", "text": "See.", "html": html.replace("\0", ""), "seen_up_to": seen}
    harken.send(token, "POST", f"/tickets/{number}/messages", told)
