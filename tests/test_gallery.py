"""Every screen and state of the gallery: for everybody's eyes, and by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import page_of
from tests.gallery.examine import examined, walked
from tests.gallery.eyes import COLOURS, findings, overflow
from tests.gallery.keyboard import troubles_of_tab
from tests.gallery.looks import LOOKS, SMALL, WIDE, Look
from tests.gallery.screens import GROUPS, SCREENS, Screen
from tests.gallery.stage import Stage
from tests.servers.harken import Harken

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("gallery")]

WALKED = [
    "room",
    "inbox",
    "thread",
    "log",
    "people",
    "person",
    "settings",
    "settings-you",
    "ledger",
    "sign-in",
]
BROKEN = """<style>.plain:focus { outline: none }</style><main>
<button>first</button><button class=plain>plain</button><button tabindex=-1 id=moved>moved</button>
<p style="position: relative; top: -80px"><button>above</button></p><a href=# tabindex=2>hurried</a></main>"""


@pytest.fixture(scope="module")
def stage(browser: Browser, harken: Harken) -> Stage:
    return Stage(browser, harken)


@pytest.mark.parametrize("group", GROUPS)
def test_every_screen_is_for_everybodys_eyes(stage: Stage, group: str):
    assert asked_of(stage, GROUPS[group], seen) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
def test_every_screen_is_for_everybody_in_every_look(stage: Stage, look: Look):
    assert asked_of(stage, SCREENS, lambda page, screen: examined(page, screen, look), look) == []


def test_the_main_pages_are_walked_by_keyboard(stage: Stage):
    assert asked_of(stage, [screen for screen in SCREENS if screen.name in WALKED], walked) == []


def test_the_walk_sees_what_is_wrong(browser: Browser):
    with page_of(browser) as page:
        page.set_content(BROKEN)

        said = " ".join(troubles_of_tab(page))

    assert 'no visible focus: <button class="plain"' in said
    assert "led back up from" in said


def asked_of(
    stage: Stage, screens: list[Screen], question: Callable[[Page, Screen], list[str]], look: Look = LOOKS[0]
) -> list[str]:
    """Show one screen after the other in its state, and return what is wrong with it, by its name."""
    wrong = []
    for who in sorted({screen.who for screen in screens}):
        with stage.looking(look, who) as page:
            for screen in screens:
                if screen.who == who and screen.shows_in(look):
                    with stage.showing(page, screen):
                        wrong += [f"{screen.name}: {said}" for said in question(page, screen)]
    return wrong


def seen(page: Page, screen: Screen) -> list[str]:
    """What is wrong in light and, with its colours, in dark; and what stands out on a small screen, both ways."""
    wrong = findings(page, part=screen.part)
    page.emulate_media(color_scheme="dark")
    wrong += findings(page, COLOURS, screen.part)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SMALL)
    wrong += overflow(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    wrong += overflow(page)
    page.set_viewport_size(WIDE)
    return wrong
