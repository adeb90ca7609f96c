"""All that is asked of a screen at once: for everybody's eyes, and by keyboard alone."""

from playwright.sync_api import Page

from tests.gallery.eyes import COLOURS, all_findings, findings
from tests.gallery.keyboard import troubles_of_menus, troubles_of_tab
from tests.gallery.looks import Look
from tests.gallery.screens import Screen


def examined(page: Page, screen: Screen, look: Look) -> list[str]:
    """What is wrong with an open screen; in the dark nothing but its colours can be other than in the light."""
    if look.theme == "dark":
        return findings(page, COLOURS)
    return all_findings(page, screen.part) + walked(page, screen)


def walked(page: Page, screen: Screen) -> list[str]:
    """What is wrong with the way of Tab, and with the menus of a page as it opens."""
    return troubles_of_tab(page) + ([] if screen.acts else troubles_of_menus(page))
