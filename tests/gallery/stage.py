"""The demo with everything in it that a screen needs, and the pages of those who look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import page_of, session_of
from tests.gallery.looks import Look
from tests.gallery.places import find_places
from tests.gallery.screens import NINA, TOMAS, Screen
from tests.servers.harken import Harken

ADDRESSES = {"maya": "maya@fennel.example", TOMAS: "tomas@fennel.example", NINA: "nina@lark.example"}


class Stage:
    """Opens screens. `harken` runs the demo; a second workspace, in which nothing
    has happened yet, is made in it."""

    def __init__(self, browser: Browser, harken: Harken) -> None:
        self._browser, self._harken = browser, harken
        self._sessions: dict[str, Any] = {}
        harken.run("workspace", "create", "lark", "--owner", ADDRESSES[NINA])
        harken.switch_on("lark", "customising")

    @contextmanager
    def page(self, who: str, **options: Any) -> Iterator[Page]:
        """A page in which this person is signed in; `""` is nobody."""
        if who:
            options["storage_state"] = self._session(who)
        with page_of(self._browser, base_url=self._harken.url, **options) as page:
            yield page

    @contextmanager
    def looking(self, look: Look, who: str) -> Iterator[Page]:
        """A page that looks like this, in the language of the look."""
        with self.page(who, **look.options) as page:
            if who and look.language != "en":
                self._speak(page, look.language, who)
            yield page
            if who and look.language != "en":
                self._speak(page, "en", who)

    @contextmanager
    def showing(self, page: Page, screen: Screen) -> Iterator[None]:
        """Open the screen and bring it into its state."""
        with self._holding(self.places["held"]) if screen.is_held else _nothing():
            answer = page.goto(screen.path.format(**self.places))
            assert answer is not None
            assert answer.status == screen.status, f"{screen.name}: {answer.status}"
            page.wait_for_load_state("load")
            for act in screen.acts:
                act(page)
            yield

    @cached_property
    def places(self) -> dict[str, str]:
        """Addresses by the names the screens give them."""
        with self.page("maya") as page:
            return find_places(page, self._harken)

    @contextmanager
    def _holding(self, path: str) -> Iterator[None]:
        """Let Tomás write an answer there meanwhile."""
        with self.page(TOMAS) as page:
            page.goto(path)
            page.locator(".composer .written").click()
            with page.expect_response(lambda answer: answer.url.endswith("/lock")):
                page.keyboard.type("It")
            yield
            page.keyboard.press("Control+a")
            page.keyboard.press("Delete")

    def _session(self, who: str) -> Any:
        # Tomás is signed out elsewhere by a test of just that.
        if who not in self._sessions or who == TOMAS:
            link = self._harken.sign_in_link(ADDRESSES[who])
            self._sessions[who] = session_of(link)
        return self._sessions[who]

    def _speak(self, page: Page, language: str, who: str) -> None:
        page.goto(f"/{_workspace_of(who)}/settings/you/")
        name = page.locator("main [name=name]")
        # Who was made by a command has none yet.
        name.fill(name.input_value() or who)
        page.locator("select[name=language]").select_option(language)
        page.locator("form .btn-go").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def _workspace_of(who: str) -> str:
    return ADDRESSES[who].partition("@")[2].partition(".")[0]


@contextmanager
def _nothing() -> Iterator[None]:
    yield
