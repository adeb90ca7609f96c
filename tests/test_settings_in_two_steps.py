"""Everything of the settings is found within two steps from their first page: one page, one link on it."""

import pytest

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor

pytestmark = pytest.mark.django_db

# What an owner may be looking for, and what stands where they find it.
SOUGHT = {
    "the name of the workspace": "[name=name]",
    "its address": "[name=slug]",
    "its language": "form [name=language]",
    "its time zone": "[name=time_zone]",
    "seconds to take an answer back": "[name=own_undo_seconds]",
    "the logo": "[name=logo], input[type=file]",
    "the accent": "[name=accent]",
    "capabilities": "[name=capability]",
    "inviting a colleague": ".invite [name=email]",
    "a mailbox": "[name=imap_host]",
    "a channel's health": ".chan",
    "proof of the sender": "[name=trusts_results_of]",
    "numbers of other desks": "[name=templates]",
    "for how long letters are kept": "[name=days]",
    "a new saved reply": "form [name=shortcut]",
    "tags": "[name=colour]",
    "own fields": "[name=about]",
    "own states": "select[name=kind]",
    "areas": "#own-new",
    "notifications of one's own": "[name=mail]",
    "notifications of all": "[name=all-mail]",
    "API tokens": "form [name=name]",
    "the second key of all": "[name=requires_second_factor]",
    "the company's sign-in": "[name=issuer]",
    "passkeys": 'a[href$="/passkeys/new/"]',
    "an authenticator app": 'a[href$="/security/app/"]',
    "where one is signed in": ".person .tag",
    "a password": 'a[href*="/password/"]',
    "one's name": "[name=signature]",
    "one's language and light": "[name=theme]",
    "single keys": "[name=has_single_keys]",
    "what each key does": ".keys-page",
}


def test_everything_is_found_within_two_steps():
    maya = Visitor.signed_in(make_agent(role="owner"))
    maya.workspace.switch("customising", on=True)
    make_channel(maya.workspace)
    found = {"settings/": maya.look("settings/")}

    for _step in range(2):
        for address in {each for page in found.values() for each in links_of(maya, page)} - set(found):
            answer = maya.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            if answer["Content-Type"].startswith("text/html"):
                found[address] = maya.look(address)

    missing = [
        name for name, mark in SOUGHT.items() if not any(page.css_first(mark) for page in found.values())
    ]
    assert missing == []


def links_of(visitor: Visitor, page) -> set[str]:
    """The addresses of settings that a page's own part leads to."""
    inside = visitor.path("")
    hrefs = {each.attributes.get("href") or "" for each in page.css("main a")}
    own = {each.removeprefix(inside).partition("#")[0] for each in hrefs if each.startswith(inside)}
    return {each for each in own if each.startswith(("settings/", "keys/"))}
