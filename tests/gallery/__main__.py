"""Pictures of every screen in every look, with what is wrong with them:

python -m tests.gallery FOLDER [--only WORD] [--look NAME]
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Error, Page

from tests.browser import running_chromium
from tests.gallery.examine import examined
from tests.gallery.looks import LOOKS, Look
from tests.gallery.screens import SCREENS, Screen
from tests.gallery.stage import Stage
from tests.servers.harken import Harken


def main() -> int:
    """Take the pictures; 1 where something is wrong."""
    asked = argparse.ArgumentParser(description="Pictures of every screen of the demo, as build output.")
    asked.add_argument("folder", type=Path, help="where the pictures go, such as build/screens")
    asked.add_argument("--only", default="", help="screens whose name has this word")
    asked.add_argument("--look", default="", help="one look alone: " + ", ".join(look.name for look in LOOKS))
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    screens = [screen for screen in SCREENS if given.only in screen.name]
    looks = [look for look in LOOKS if given.look in ("", look.name)]
    with Harken("--demo") as harken, running_chromium() as browser:
        stage = Stage(browser, harken)
        harken.run("search", "reindex", "--workspace", "fennel")
        wrong = [said for look in looks for said in take(stage, look, screens, given.folder)]
    taken = sum(screen.shows_in(look) for screen in screens for look in looks)
    print("\n".join(wrong) or f"{taken} pictures, nothing wrong.")
    return 1 if wrong else 0


def take(stage: Stage, look: Look, screens: list[Screen], folder: Path) -> list[str]:
    """Take the pictures of one look; what is wrong with them, by the picture's name."""
    wrong = []
    for who in sorted({screen.who for screen in screens}):
        with stage.looking(look, who) as page:
            for screen in (each for each in screens if each.who == who and each.shows_in(look)):
                path = folder / f"{screen.name}-{look.name}.png"
                wrong += [f"{path.stem}: {said}" for said in _taken(stage, page, screen, look, path)]
    return wrong


def _taken(stage: Stage, page: Page, screen: Screen, look: Look, path: Path) -> list[str]:
    try:
        with stage.showing(page, screen):
            page.screenshot(path=path)
            return examined(page, screen, look)
    except (Error, AssertionError) as error:
        return [f"does not show: {str(error).splitlines()[0]}"]


if __name__ == "__main__":
    sys.exit(main())
