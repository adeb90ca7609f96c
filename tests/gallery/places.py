"""Where in the demo the screens are: addresses of requests, people and letters, by the names `screens` gives them."""

import json
import re

from playwright.sync_api import Page

from tests.servers.harken import Harken

_REQUESTS = {
    "delivery": "Two delivery windows",
    "newsletter": "Newsletter picture",
    "price": "Price tags",
    "arabic": "لا أستطيع",
    "held": "Scale at counter 2",
}
# A first start has its link only where nobody is yet.
_LINKS = """
import json
from harken.agents import links
from harken.agents.models import User
from harken.workspaces import wall
from harken.workspaces.models import Workspace
workspace = Workspace.objects.get(slug="fennel")
with wall.inside(workspace.pk):
    invitation = links.invitation_link(workspace, "nora@fennel.example")
print(json.dumps({
    "welcome": links._address("agents:welcome", links._issue(links.Purpose.OWNER)),
    "invitation": invitation,
    "link": links.sign_in_link(User.objects.get(email="olga@fennel.example")),
}))
"""


def find_places(page: Page, harken: Harken) -> dict[str, str]:
    """Look as a colleague who has just come in."""
    found = {name: _request(page, words) for name, words in _REQUESTS.items()}
    found |= {name: _first_of(page, name) for name in ("closed", "spam")}
    found["held_ask"] = found["held"].replace("/tickets/", "/room/")
    page.goto(found["delivery"])
    found["person"] = _link(page, ".who a")
    found["company"] = _link(page, ".who a.under")
    found["place"] = _link(page, ".msg a[href$='/place']")
    found["redacting"] = _link(page, ".msg a[href$='/redacting']")
    found["arrival"] = _link(page, ".msg a[href*='/ledger/']")
    page.goto("/fennel/held/")
    found["letter"] = _link(page, ".held-letter a")
    page.goto("/fennel/settings/channels/")
    found["sender"] = _link(page, "a[href$='/sender/']")
    found["mailbox"] = found["sender"].removesuffix("sender/")
    return found | _doors(harken)


def _request(page: Page, words: str) -> str:
    for view in ("open", "waiting"):
        page.goto(f"/fennel/inbox/?view={view}")
        row = page.locator(".row", has_text=words)
        if row.count():
            return _bare(row.first.get_attribute("href"))
    raise AssertionError(f"no request says {words}")


def _first_of(page: Page, view: str) -> str:
    page.goto(f"/fennel/inbox/?view={view}")
    return _bare(page.locator("li[id^=row-] .row").first.get_attribute("href"))


def _link(page: Page, selector: str) -> str:
    return _bare(page.locator(selector).first.get_attribute("href"))


def _bare(address: str | None) -> str:
    assert address
    return re.sub(r"[?#].*", "", address)


def _doors(harken: Harken) -> dict[str, str]:
    """Links that are handed out: to the first start, to somebody who is invited, to somebody who signs in."""
    links = json.loads(harken.run("manage", "shell", "--no-imports", "--command", _LINKS))
    return {name: "/" + link.split("/", 3)[3] for name, link in links.items()}
