"""What axe-core finds in an open page, and what stands out sideways."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that another theme changes.
COLOURS = ["color-contrast"]
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def findings(page: Page, rules: list[str] = RULES, part: str = "", without: str = "") -> list[str]:
    """A line for each finding in the page, or in a part of it, and for what stands out."""
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations"]}
    options["rules"] = {without: {"enabled": False}} if without else {}
    found = Axe().run(page, context=part or None, options=options).response["violations"]
    lines = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    return lines + overflow(page)


def all_findings(page: Page, part: str = "") -> list[str]:
    """The findings of a whole page; of one on which a menu lies over other buttons, their size only in the menu."""
    if not part:
        return findings(page)
    return findings(page, ["target-size"], part) + findings(page, without="target-size")


def assert_accessible(page: Page) -> None:
    """Nothing is found in the open page."""
    page.wait_for_load_state("load")
    assert findings(page) == [], page.url


def overflow(page: Page) -> list[str]:
    """A line when the page is wider than its window."""
    over = page.evaluate(_OVERFLOW)
    return [f"stands out sideways by {over} px"] if over > 0 else []
