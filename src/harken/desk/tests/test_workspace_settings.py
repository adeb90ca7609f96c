import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.events.models import Event
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import FormerAddress, Workspace

pytestmark = pytest.mark.django_db

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
PAGES = ["", "workspace/", "look/", "capabilities/", "tokens/"]
OWNERS_ALONE = ["workspace/", "look/"]


@pytest.fixture
def owner() -> Visitor:
    workspace = make_workspace(slug="fennel", name="Fennel", capabilities=[])
    return Visitor.signed_in(make_agent(workspace, role="owner"))


def given(**fields: str) -> dict[str, str]:
    return {"name": "Fennel", "slug": "fennel", "language": "en", "time_zone": "UTC"} | fields


def now(owner: Visitor) -> Workspace:
    return Workspace.objects.get(pk=owner.workspace.pk)


def told(owner: Visitor, event_type: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(type=event_type).order_by("id").values_list("data", flat=True))


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_no_settings(owner: Visitor, mallory: Visitor, page: str):
    assert mallory.client.get(owner.path(f"settings/{page}")).status_code == 404
    assert mallory.client.post(owner.path(f"settings/{page}"), given()).status_code in {404, 405}
    assert now(owner).name == "Fennel"


@pytest.mark.parametrize("page", PAGES)
def test_a_settings_page_asks_the_database_little(owner: Visitor, page: str):
    owner.get(f"settings/{page}")

    with CaptureQueriesContext(connection) as captured:
        owner.get(f"settings/{page}")

    assert len(captured) <= 11, [query["sql"] for query in captured]


@pytest.mark.parametrize("page", OWNERS_ALONE)
def test_a_colleague_who_is_no_owner_is_told_so_and_changes_nothing(olga: Visitor, page: str):
    assert olga.get(f"settings/{page}").status_code == 403
    assert olga.post(f"settings/{page}", given(name="Mine", accent="#1a73e8")).status_code == 403
    assert now(olga).name == olga.workspace.name
    assert f"/settings/{page}" not in olga.get("settings/").content.decode()


def test_every_page_is_one_step_from_the_first(owner: Visitor):
    links = {str(node.attributes["href"]) for node in owner.look("settings/").css(".settings-group a")}
    beside = {str(node.attributes["href"]) for node in owner.look("settings/look/").css("main > .nav a")}

    assert links == beside
    assert all(owner.client.get(link).status_code == 200 for link in links)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("logo", ["Look"]),
        ("TIME  zone", ["Name and language"]),
        ("nothing of the kind", []),
        ("\0", None),
        ("(", []),
    ],
)
def test_a_setting_is_found_by_its_words(owner: Visitor, asked: str, found: list[str] | None):
    page = owner.look("settings/", q=asked)

    names = texts(page, ".settings-group a")
    assert names == found if found is not None else len(names) > 3
    assert bool(page.css(".settings-none[hidden]")) == bool(names)


def test_name_language_and_zone_are_changed_and_recorded(owner: Visitor):
    response = owner.post(
        "settings/workspace/", given(name="Fennel AB", language="ja", time_zone="Asia/Tokyo")
    )

    assert response.status_code == 302
    assert (now(owner).name, now(owner).language, now(owner).time_zone) == ("Fennel AB", "ja", "Asia/Tokyo")
    assert told(owner, "workspace.changed") == [{"fields": ["language", "name", "time_zone"]}]


def test_saving_what_is_already_so_records_nothing(owner: Visitor):
    owner.post("settings/workspace/", given())

    assert told(owner, "workspace.changed") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " \n "},
        {"name": "x" * 10_000},
        {"name": "\u200e\u200f"},
        {"slug": "Fennel"},
        {"slug": "settings"},
        {"slug": "a/b"},
        {"slug": ""},
        {"language": "tlh"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(owner: Visitor, wrong: dict[str, str]):
    response = owner.post("settings/workspace/", given(name="Typed by hand") | wrong)

    assert response.status_code == 422
    assert read(response).css(".err")
    if "name" not in wrong:
        assert attribute(read(response), "[name=name]", "value") == "Typed by hand"
    assert now(owner).slug == "fennel"


def test_links_with_the_old_address_lead_on_with_all_they_carry(owner: Visitor):
    owner.post("settings/workspace/", given(slug="fennel-ab"))

    response = owner.client.get("/fennel/inbox/?view=open")
    sent = owner.client.post("/fennel/settings/capabilities/", {"capability": "inbox", "on": "yes"})

    assert (response.status_code, response["Location"]) == (307, "/fennel-ab/inbox/?view=open")
    assert (sent.status_code, sent["Location"]) == (307, "/fennel-ab/settings/capabilities/")
    assert owner.client.get("/fennel-ab/inbox/").status_code in {200, 404}


def test_the_old_address_tells_a_stranger_nothing(owner: Visitor, mallory: Visitor):
    owner.post("settings/workspace/", given(slug="fennel-ab"))

    assert mallory.client.get("/fennel/inbox/").status_code == 404


def test_an_address_that_leads_somewhere_cannot_be_taken(owner: Visitor):
    owner.post("settings/workspace/", given(slug="fennel-ab"))
    other = Visitor.signed_in(make_agent(make_workspace(slug="thistle", name="Thistle"), role="owner"))

    for taken in ("fennel", "fennel-ab"):
        response = other.post("settings/workspace/", given(name="Thistle", slug=taken))
        assert response.status_code == 422
        assert "taken" in response.content.decode()
    assert now(other).slug == "thistle"


def test_a_workspace_takes_its_own_old_address_back(owner: Visitor):
    owner.post("settings/workspace/", given(slug="fennel-ab"))
    owner.client.post("/fennel-ab/settings/workspace/", given(slug="fennel"))

    assert now(owner).slug == "fennel"
    assert owner.client.get("/fennel-ab/settings/")["Location"] == "/fennel/settings/"


def test_only_the_latest_former_addresses_are_kept(owner: Visitor):
    for number in range(13):
        wall.enter(owner.workspace.pk)
        now(owner).move_to(f"fennel-{number}")

    assert FormerAddress.objects.count() == 10
    assert not Workspace.objects.is_taken("fennel")


def test_the_second_of_two_owners_is_told_and_keeps_what_they_typed(owner: Visitor):
    page = owner.look("settings/workspace/")
    seen = attribute(page, "[name=seen]", "value")
    ann = Visitor.signed_in(make_agent(owner.workspace, "ann@fennel.example", "owner"))
    ann.post("settings/workspace/", given(name="Fennel of Ann", language="ja", seen=str(seen)))

    refused = owner.post("settings/workspace/", given(name="Fennel of Olga", seen=str(seen)))
    page = read(refused)

    assert refused.status_code == 422
    assert now(owner).name == "Fennel of Ann"
    assert "Changed by Olga Petrova:" in page.css_first("main").text()
    assert texts(page, ".missed dd") == ["Fennel of Ann", "日本語"]
    assert attribute(page, "[name=name]", "value") == "Fennel of Olga"
    assert attribute(page, "[name=language] [selected]", "value") == "ja", (
        "what was left alone is as it is now"
    )
    again = str(attribute(page, "[name=seen]", "value"))
    saved = owner.post("settings/workspace/", given(name="Fennel of Olga", language="ja", seen=again))
    assert saved.status_code == 302
    assert (now(owner).name, now(owner).language) == ("Fennel of Olga", "ja")


@pytest.mark.parametrize(
    "seen", ["", "{", "[]", "null", json.dumps({"name": None}), json.dumps({"x": [1]}), "[" * 5000]
)
def test_what_a_browser_says_it_saw_breaks_nothing(owner: Visitor, seen: str):
    response = owner.post("settings/workspace/", given(name="New", seen=seen))

    assert response.status_code in {302, 422}


def test_a_capability_is_switched_by_its_owner_once(owner: Visitor):
    for _again in range(2):
        assert owner.post("settings/capabilities/", {"capability": "inbox", "on": "yes"}).status_code == 302

    assert now(owner).capabilities == ["inbox"]
    assert told(owner, "capability.switched") == [{"capability": "inbox", "on": True}]
    page = owner.look("settings/capabilities/")
    assert attribute(page, "#capability-inbox [role=switch]", "aria-checked") == "true"
    owner.post("settings/capabilities/", {"capability": "inbox", "on": "no"})
    assert now(owner).capabilities == []


def test_a_capability_that_does_not_exist_is_not_found(owner: Visitor):
    assert owner.post("settings/capabilities/", {"capability": "coffee", "on": "yes"}).status_code == 404


def test_a_colleague_sees_what_is_on_and_switches_nothing(olga: Visitor):
    before = now(olga).capabilities

    assert not olga.look("settings/capabilities/").css("[role=switch]")
    assert olga.post("settings/capabilities/", {"capability": "inbox", "on": "no"}).status_code == 403
    assert now(olga).capabilities == before


def test_an_accent_is_worn_by_every_page(owner: Visitor):
    owner.post("settings/look/", {"accent": "#1A73E8"})

    page = owner.look("settings/")
    link = next(node.attributes["href"] for node in page.css("link") if "/look/" in node.attributes["href"])
    style = owner.client.get(str(link))
    assert now(owner).accent == "#1a73e8"
    assert style.status_code == 200
    assert "--accent:" in style.content.decode()
    assert "immutable" in style["Cache-Control"]


def test_a_pale_accent_is_made_readable_and_that_is_said(owner: Visitor):
    response = owner.client.post(owner.path("settings/look/"), {"accent": "#ffd400"}, follow=True)

    assert "a little darker than you chose" in response.content.decode()


@pytest.mark.parametrize("wrong", ["red", "#12345", "#1234567", "#gggggg", "url(x)", "#e2001a", "}*{"])
def test_what_is_no_colour_or_means_danger_is_refused(owner: Visitor, wrong: str):
    assert owner.post("settings/look/", {"accent": wrong}).status_code == 422
    assert now(owner).accent == ""


@pytest.mark.parametrize("accent", ["1a73e8", "1a73e", "url(x)", "%7D*%7B", "1a73e8%0A"])
def test_a_style_of_another_colour_is_not_there(owner: Visitor, accent: str):
    assert owner.client.get(owner.path(f"look/{accent}.css")).status_code == 404


def picture(content: bytes = PNG, name: str = "logo.png") -> dict[str, Any]:
    return {"logo": SimpleUploadedFile(name, content, content_type="image/png")}


def test_a_logo_is_shown_from_our_own_origin_and_taken_away(owner: Visitor):
    assert owner.post("settings/look/logo/", picture()).status_code == 302

    source = str(attribute(owner.look("settings/"), ".rail-logo", "src"))
    shown = owner.client.get(source)
    assert source.startswith("/fennel/look/")
    assert (shown.content, shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )
    assert "sandbox" in shown["Content-Security-Policy"]
    owner.post("settings/look/logo/", {"remove": "yes"})
    assert not owner.look("settings/").css(".rail-logo")
    assert owner.client.get(source).status_code == 404


OTHER_PNG = PNG[:-12] + b"\x00\x00\x00\x04tEXta\x00bc\x8c\xc0\xe8\x1f" + PNG[-12:]


def test_the_second_of_two_who_change_the_logo_is_told(owner: Visitor):
    seen = attribute(owner.look("settings/look/"), "form[enctype] [name=seen]", "value")
    owner.post("settings/look/logo/", picture() | {"seen": seen})
    theirs = now(owner).logo

    page = owner.post("settings/look/logo/", picture(OTHER_PNG) | {"seen": seen})

    assert (page.status_code, now(owner).logo) == (422, theirs)
    assert f"{owner.agent.name} changed the logo" in " ".join(texts(read(page), "[role=alert]"))
    again = attribute(read(page), "form[enctype] [name=seen]", "value")
    assert owner.post("settings/look/logo/", picture(OTHER_PNG) | {"seen": again}).status_code == 302
    assert now(owner).logo not in ("", theirs)


def test_a_logo_nobody_has_looked_at_is_not_taken_away(owner: Visitor):
    owner.post("settings/look/logo/", picture())
    seen = attribute(owner.look("settings/look/"), ".logo-now [name=seen]", "value")
    owner.post("settings/look/logo/", picture(OTHER_PNG))

    assert owner.post("settings/look/logo/", {"remove": "yes", "seen": seen}).status_code == 422
    assert now(owner).logo


def test_the_same_logo_twice_is_saved_once(owner: Visitor):
    for _again in range(2):
        assert owner.post("settings/look/logo/", picture() | {"seen": ""}).status_code == 302

    assert len(told(owner, "workspace.changed")) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
        (b"<html><script>alert(1)</script>", "no whole"),
        (PNG[:20], "no whole"),
        (PNG[:-12], "no whole"),
        (b"\x89PNG\r\n\x1a\n<script>", "no whole"),
        (PNG.replace(b"\x00\x00\x00\x01\x00\x00\x00\x01", b"\x00\x00\x10\x00\x00\x00\x00\x01"), "2,000 dots"),
        (PNG[:-12] + b"x" * 200_000 + PNG[-12:], "200 KB"),
        (b"", "empty"),
    ],
    ids=["svg", "html", "head alone", "no end", "polyglot", "wide", "large", "empty"],
)
def test_what_is_no_small_picture_is_refused_with_words(owner: Visitor, content: bytes, words: str):
    response = owner.post("settings/look/logo/", picture(content))

    assert response.status_code == 422
    assert words in " ".join(texts(read(response), ".err"))
    assert now(owner).logo == ""
