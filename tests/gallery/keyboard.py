"""A walk through an open page by keyboard alone: every stop of Tab, every menu and its way out."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Page

_WALK = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_MENUS = """() => {
  const kinds = new Map();
  for (const each of document.querySelectorAll("details[data-menu]:not([open]) > summary"))
    if (each.checkVisibility()) kinds.set(each.parentElement.className, each);
  return [...kinds.values()];
}"""
# No page has nearly as many stops; whoever gets here goes in circles.
MOST_STOPS = 600
STRIDE = 20


def troubles_of_tab(page: Page) -> list[str]:
    """Press Tab through the whole page: what is wrong with where the focus went, a line each."""
    page.evaluate(f"{{{_WALK}}}")
    for _stride in range(MOST_STOPS // STRIDE):
        for _press in range(STRIDE):
            page.keyboard.down("Tab")
        page.keyboard.up("Tab")
        walk: dict[str, Any] = page.evaluate("walk.report()")
        if walk["isOver"]:
            return list(walk["wrong"])
    return ["Tab finds no end"]


def troubles_of_menus(page: Page) -> list[str]:
    """Open every menu by Enter and leave it by Escape: which do not open, close, or give the focus back."""
    buttons = page.evaluate_handle(_MENUS).get_properties().values()
    return [said for button in buttons if (menu := button.as_element()) for said in _troubles_of(page, menu)]


def _troubles_of(page: Page, button: ElementHandle) -> list[str]:
    button.press("Enter")
    is_open = button.evaluate("each => each.parentElement.open")
    page.keyboard.press("Escape")
    is_back = button.evaluate("each => !each.parentElement.open && document.activeElement === each")
    return [] if is_open and is_back else [f"no way in by Enter and out by Escape: {button.inner_text()}"]
