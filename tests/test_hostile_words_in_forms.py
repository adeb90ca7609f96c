"""Every form of the desk meets what no name is: far too long, only blanks, only direction marks, script.

What is refused is refused in a sentence, and nothing of it is kept; what is taken comes back as words, never as code.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.contacts.factories import make_company, make_contact
from harken.desk.tests.visits import Visitor, read
from harken.fields import listing
from harken.fields.factories import make_field
from harken.lib import rows
from harken.search.models import SavedView
from harken.tickets.factories import make_ticket
from harken.tickets.models import Area, OwnState
from harken.tickets.tags import make_tag

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "ten thousand letters": "x" * 10_000,
    "ten thousand letters of four bytes": "𓂀" * 10_000,
    "only blanks": " \t\u00a0\u3000 ",
    "only direction marks": "\u200f\u202e\u2066\u2069\u200e",
    "only what cannot be seen": "\u200b\u2060\ufeff",
    "a zero byte": "\x00",
    "script": SCRIPT,
    "script in an attribute": "\"'><img src=x onerror=alert(1)>",
    "a template": "{{ 7 * 7 }}{% include 'x' %}",
}


@dataclass(frozen=True)
class Form:
    """A form: where it is sent, the input that is tried, and what else must be said for it to be taken."""

    name: str
    to: Callable[[Visitor], str]
    input: str
    more: dict[str, Any] = field(default_factory=dict)


def at(address: str) -> Callable[[Visitor], str]:
    return lambda _owner: address


def ticket(owner: Visitor, rest: str) -> str:
    return f"tickets/{make_ticket(owner.workspace).number}/{rest}"


def person(owner: Visitor, rest: str) -> str:
    return f"people/{make_contact(owner.workspace).pk}/{rest}"


def company(owner: Visitor, rest: str) -> str:
    return f"companies/{make_company(owner.workspace).pk}/{rest}"


def kept(owner: Visitor, model: Any, **details: Any) -> int:
    return int(listing.add(model(name="One", **details), by=owner.agent).pk)


def view(owner: Visitor) -> str:
    made = SavedView.objects.keep("Late", "is:unanswered", by=owner.agent, is_shared=True, order="waiting")
    return f"views/{made.pk}/"


def site(owner: Visitor) -> str:
    made = make_company(owner.workspace).sites.create(workspace=owner.workspace, name="Otley")
    return f"sites/{made.pk}/"


FORMS = [
    Form("new person", at("people/new/"), "name"),
    Form("a person's job", lambda owner: person(owner, "edit/"), "job", {"name": "Ann"}),
    Form("a person's company", lambda owner: person(owner, "edit/"), "company", {"name": "Ann"}),
    Form("a person's zone", lambda owner: person(owner, "edit/"), "time_zone", {"name": "Ann"}),
    Form("a person's address", lambda owner: person(owner, "identities/"), "address"),
    Form("note on a person", lambda owner: person(owner, "notes/"), "text"),
    Form("new company", at("companies/new/"), "name"),
    Form("a company's domain", lambda owner: company(owner, "edit/"), "domain", {"name": "Crumb"}),
    Form("a company's plan", lambda owner: company(owner, "edit/"), "plan", {"name": "Crumb"}),
    Form("a company's seats", lambda owner: company(owner, "edit/"), "seats", {"name": "Crumb"}),
    Form("a company's day", lambda owner: company(owner, "edit/"), "customer_since", {"name": "Crumb"}),
    Form("new site", lambda owner: company(owner, "sites/new/"), "name"),
    Form("site", site, "name"),
    Form("how to get in", site, "access_notes", {"name": "Otley"}),
    Form("new tag", at("settings/tags/"), "name", {"colour": "grey"}),
    Form(
        "tag",
        lambda owner: f"settings/tags/{make_tag('late', by=owner.agent).pk}/",
        "name",
        {"colour": "grey"},
    ),
    Form("a tag's colour", at("settings/tags/"), "colour", {"name": "late"}),
    Form("tag on a request", lambda owner: ticket(owner, "tags/"), "name"),
    Form("new field", at("settings/fields/"), "name", {"about": "ticket", "kind": "text"}),
    Form("options", at("settings/fields/"), "options", {"name": "Level", "about": "site", "kind": "one_of"}),
    Form("field", lambda owner: f"settings/fields/{make_field(owner.agent).pk}/", "name"),
    Form("answer", lambda owner: ticket(owner, "own/"), "own_order"),
    Form("answer before closing", lambda owner: ticket(owner, "closing/"), "own_order", {"state": "closed"}),
    Form("state before closing", lambda owner: ticket(owner, "closing/"), "state", {"own_order": "A"}),
    Form("new state", at("settings/states/"), "name", {"kind": "waiting"}),
    Form("state", lambda owner: f"settings/states/{kept(owner, OwnState, kind='waiting')}/", "name"),
    Form("new area", at("settings/areas/"), "name"),
    Form("area", lambda owner: f"settings/areas/{kept(owner, Area)}/", "name"),
    Form("new view", at("views/"), "name", {"question": "is:unanswered"}),
    Form("a view's question", at("views/"), "question", {"name": "Late"}),
    Form("view", view, "name"),
    Form("new saved reply", at("settings/saved-replies/new/"), "name", {"text": "Thanks"}),
    Form(
        "a reply's shortcut", at("settings/saved-replies/new/"), "shortcut", {"name": "T", "text": "Thanks"}
    ),
    Form("invitation", at("settings/colleagues/"), "email", {"role": "agent"}),
    Form(
        "workspace",
        at("settings/workspace/"),
        "name",
        {"language": "en", "time_zone": "UTC"},
    ),
    Form(
        "the workspace's address",
        at("settings/workspace/"),
        "slug",
        {"name": "C", "language": "en", "time_zone": "UTC"},
    ),
    Form("accent", at("settings/look/"), "accent"),
    Form("token", at("settings/tokens/"), "name"),
    Form("oneself", at("settings/you/"), "name", {"language": "en", "theme": "light"}),
    Form("signature", at("settings/you/"), "signature", {"name": "Maya", "language": "en", "theme": "light"}),
    Form("provider", at("settings/sign-in/"), "name", {"issuer": "https://id.example", "client_id": "desk"}),
    Form("issuer", at("settings/sign-in/"), "issuer", {"client_id": "desk"}),
    Form("numbers of others", at("settings/channels/numbers/"), "templates"),
    Form("new request", at("requests/new/"), "subject", {"to": "ann@crumb.example", "text": "Bread?"}),
    Form("recipients", at("requests/new/"), "to", {"subject": "Bread", "text": "Bread?"}),
    Form("question to colleagues", at("room/questions/"), "text"),
    Form("handing over", lambda owner: ticket(owner, "assignee"), "note", {"to": "me"}),
    Form("whose answer it is", lambda owner: ticket(owner, "lock"), "text"),
]


@pytest.fixture
def owner() -> Visitor:
    maya = Visitor.signed_in(make_agent(role="owner"))
    make_field(maya.agent, "Order", is_needed_to_close=True)
    make_channel(maya.workspace)
    return maya


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.name)
def test_whatever_is_typed_is_taken_as_words_or_refused_in_a_sentence(owner: Visitor, form: Form):
    address = form.to(owner)

    problems = {
        name: problem for name, words in HOSTILE.items() if (problem := tried(owner, form, address, words))
    }

    assert problems == {}


def tried(owner: Visitor, form: Form, address: str, words: str) -> str:
    """Send a form with these words in it, and say what is wrong with the answer; `""` for nothing."""
    before = census()
    said = {"slug": owner.workspace.slug} if "workspace" in form.name else {}
    answer = owner.post(address, said | form.more | {form.input: words})
    if answer.status_code not in (200, 302, 409, 422):
        return f"answered {answer.status_code}"
    if answer.status_code == 302:
        return ""
    shown = answer.content.decode()
    if SCRIPT in shown or "<img src=x" in shown:
        return "came back as code"
    if answer.status_code == 200:
        return ""
    told = " ".join(each.text() for each in read(answer).css(".err, .say, [role=alert]"))
    if len(told.split()) < 4:
        return "refused without a sentence"
    return "" if census() == before else "something was kept of what was refused"


def census() -> int:
    """How many rows there are of all that these forms make."""
    return int(rows.ask(_CENSUS)[0][0])


_ROOMS = {"contacts", "tickets", "fields", "search", "automations", "agents", "workspaces"}
_TABLES = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in _ROOMS]
_CENSUS = "SELECT " + " + ".join(f"(SELECT count(*) FROM {table})" for table in _TABLES)
