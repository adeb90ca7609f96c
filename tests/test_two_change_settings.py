"""Two colleagues change the same settings: the second is told what the first did, and nothing typed is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor, read
from harken.fields import listing
from harken.fields.factories import make_field
from harken.search.models import SavedView
from harken.tickets.models import Area, OwnState
from harken.tickets.tags import make_tag

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Setting:
    """A form of the settings: what the first and the second write into one of its inputs, and where it is."""

    name: str
    page: Callable[[Visitor], str]
    input: str
    first: str
    second: str
    # Where the form is sent, when that is not the page itself.
    to: Callable[[Visitor], str] | None = None
    more: dict[str, Any] = field(default_factory=dict)


def at(page: str) -> Callable[[Visitor], str]:
    return lambda _owner: page


def tag(owner: Visitor) -> str:
    return f"settings/tags/{make_tag('late', by=owner.agent).pk}/"


def own_field(owner: Visitor) -> str:
    return f"settings/fields/{make_field(owner.agent, 'Order').pk}/"


def own_state(owner: Visitor) -> str:
    return f"settings/states/{listing.add(OwnState(name='Later', kind='waiting'), by=owner.agent).pk}/"


def area(owner: Visitor) -> str:
    return f"settings/areas/{listing.add(Area(name='Till'), by=owner.agent).pk}/"


def view(owner: Visitor) -> str:
    kept = SavedView.objects.keep("Late", "is:unanswered", by=owner.agent, is_shared=True, order="waiting")
    return f"views/{kept.pk}/"


def reply(owner: Visitor) -> str:
    made = owner.post(
        "settings/saved-replies/new/", {"name": "Thanks", "text": "Thank you.", "is_shared": "on"}
    )
    assert made.status_code == 302, made.content
    listed = owner.look("settings/saved-replies/")
    address = next(each.attributes["href"] for each in listed.css("main a") if "Thanks" in each.text())
    return str(address).removeprefix(owner.path(""))


def mailbox(owner: Visitor, page: str = "") -> str:
    return f"settings/channels/{make_channel(owner.workspace).pk}/{page}"


LISTED = {
    "tags": ("settings/tags/", tag, "name"),
    "fields": ("settings/fields/", own_field, "name"),
    "states": ("settings/states/", own_state, "name"),
    "areas": ("settings/areas/", area, "name"),
    "views": ("views/", view, "name"),
}
SETTINGS = [
    *(
        Setting(name, at(page), into, "Theirs", "Ours", to=make)
        for name, (page, make, into) in LISTED.items()
    ),
    Setting("workspace", at("settings/workspace/"), "name", "Theirs", "Ours"),
    Setting("accent", at("settings/look/"), "accent", "#112233", "#332211"),
    Setting(
        "provider",
        at("settings/sign-in/"),
        "name",
        "Theirs",
        "Ours",
        more={"issuer": "https://id.fennel.example", "client_id": "desk"},
    ),
    Setting("saved reply", reply, "name", "Theirs", "Ours"),
    Setting("mailbox", mailbox, "from_name", "Theirs", "Ours", more={"unchecked": "yes"}),
    Setting(
        "trusted servers",
        lambda owner: mailbox(owner, "sender/"),
        "trusts_results_of",
        "mx.a.example",
        "mx.b.example",
    ),
    Setting("provider's sign-in", lambda owner: mailbox(owner, "sign-in/"), "client_id", "theirs", "ours"),
    Setting("numbers", at("settings/channels/numbers/"), "templates", "Their *", "Our *"),
    Setting("kept letters", at("settings/kept-letters/"), "days", "30", "60"),
    Setting(
        "notifications of all",
        at("settings/notifications/"),
        "all-digest_at",
        "07:00",
        "08:00",
        to=at("settings/notifications/defaults"),
    ),
]


@pytest.fixture
def owners() -> tuple[Visitor, Visitor]:
    """Two owners of one workspace."""
    maya = Visitor.signed_in(make_agent(role="owner"))
    maya.workspace.switch("customising", on=True)
    return maya, Visitor.signed_in(make_agent(maya.workspace, role="owner"))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_the_second_is_told_and_loses_nothing(owners, setting: Setting):
    maya, rosa = owners
    # What the address names is made before the page is looked at.
    to = setting.to(maya) if setting.to else ""
    page = setting.page(maya)
    to = to or page
    seen = [form_on(visitor.look(page), visitor.path(to), setting) for visitor in owners]

    saved = maya.post(to, seen[0] | {setting.input: setting.first})
    assert saved.status_code == 302, read(saved).css_first("main").text()
    refused = rosa.post(to, seen[1] | {setting.input: setting.second})

    assert refused.status_code in (409, 422)
    told = read(refused)
    assert "changed" in " ".join(each.text() for each in told.css(".say")).lower()
    assert setting.first in told.css_first(".missed dd").text()
    kept = form_on(told, rosa.path(to), setting)
    assert kept[setting.input] == setting.second, "what was typed stands there still"
    again = rosa.post(to, kept)
    assert again.status_code == 302, "having seen it, they may save"
    assert form_on(rosa.look(page), rosa.path(to), setting)[setting.input] == setting.second


def form_on(page: LexborHTMLParser, address: str, setting: Setting) -> dict[str, Any]:
    """Return what a browser would send of the form with this input that goes to this address."""
    for form in page.css("form[method=post]"):
        goes_there = form.attributes.get("action") in (None, "", address)
        if goes_there and form.css_first(f'[name="{setting.input}"]') and form.css_first("[name=seen]"):
            return filled(form) | setting.more
    raise AssertionError(f"no form with {setting.input} that goes to {address}")


def filled(form: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for control in form.css("input, textarea, select"):
        name, kind = control.attributes.get("name"), control.attributes.get("type", "text")
        if not name or (kind in ("checkbox", "radio") and "checked" not in control.attributes):
            continue
        if kind in ("file", "submit"):
            continue
        if control.tag == "select":
            chosen = control.css_first("option[selected]") or control.css_first("option")
            values[name] = chosen.attributes.get("value", "") if chosen else ""
        elif control.tag == "textarea":
            values[name] = control.text().removeprefix("\n")
        else:
            values[name] = control.attributes.get("value") or ("on" if kind == "checkbox" else "")
    return values
