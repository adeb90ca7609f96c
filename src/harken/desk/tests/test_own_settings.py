"""The settings pages of a workspace's own fields, states and areas."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.desk.tests.visits import Visitor, read, texts
from harken.fields import listing
from harken.fields.factories import make_field
from harken.fields.models import Field
from harken.tickets.models import Area, OwnState
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

PAGES = ("settings/fields/", "settings/states/", "settings/areas/")
NEW = {
    "settings/fields/": {"name": "Order number", "about": "ticket", "kind": "text"},
    "settings/states/": {"name": "With the supplier", "kind": "waiting"},
    "settings/areas/": {"name": "Delivery"},
}
MODELS = {"settings/fields/": Field, "settings/states/": OwnState, "settings/areas/": Area}


@pytest.fixture(autouse=True)
def customised(olga: Visitor) -> None:
    olga.workspace.switch("customising", on=True)


@pytest.mark.parametrize("page", PAGES)
def test_switched_off_there_is_no_such_page_and_the_settings_do_not_name_it(olga, page):
    olga.workspace.switch("customising", on=False)

    assert olga.get(page).status_code == 404
    assert not olga.look("settings/").css(f'a[href$="{page}"]')
    assert "Own fields" in olga.look("settings/", q="custom field").text() or olga.get(
        "settings/capabilities/"
    )


@pytest.mark.parametrize("page", PAGES)
def test_one_is_made_renamed_moved_archived_and_brought_back(olga, page):
    olga.post(page, NEW[page])
    olga.post(page, NEW[page] | {"name": "Second"})
    first, second = MODELS[page].objects.order_by("place")

    olga.post(f"{page}{second.pk}/", {"do": "up"})
    assert texts(olga.look(page), ".own-list .own-name") == ["Second", NEW[page]["name"]]

    olga.post(f"{page}{first.pk}/", {"name": "Renamed", "seen": "{}"})
    olga.post(f"{page}{second.pk}/", {"do": "archive"})
    shown = olga.look(page)
    assert texts(shown, "ol .own-name") == ["Renamed"]
    assert texts(shown, "ul .own-archived .own-name") == ["Second"]

    olga.post(f"{page}{second.pk}/", {"do": "bring-back"})
    assert texts(olga.look(page), "ol .own-name") == ["Renamed", "Second"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "This is empty. Nothing was changed; fill it in."),
        ("\u200f\u202e \u200e", "it needs a name"),
        ("x" * 10_000, "at most 100 fit"),
        ("ORDER", "is there already"),
    ],
)
def test_a_bad_name_is_refused_with_words_and_what_was_typed_stays(olga, page, name, words):
    olga.post(page, NEW[page] | {"name": "Order"})

    refused = olga.post(page, NEW[page] | {"name": name})

    assert refused.status_code == 422
    assert words in read(refused).css_first("[aria-labelledby=own-new]").text()
    assert MODELS[page].objects.count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_script_is_a_name_like_any_other(olga, page):
    olga.post(page, NEW[page] | {"name": "<script>alert(1)</script>"})

    assert "<script>alert" not in olga.get(page).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_second_of_two_who_rename_it_is_told_and_loses_nothing(olga, page):
    olga.post(page, NEW[page])
    row = MODELS[page].objects.get()
    address, seen = f"{page}{row.pk}/", f'{{"name": "{row.name}"}}'
    olga.post(address, {"name": "Hers", "seen": seen})

    refused = olga.post(address, {"name": "Mine", "seen": seen})

    assert refused.status_code == 409
    shown = read(refused).css_first("details[open]")
    assert "Hers" in shown.text()
    assert 'value="Mine"' in shown.html
    row.refresh_from_db()
    assert row.name == "Hers"


def test_a_choice_is_made_renamed_and_taken_off_the_list(olga):
    page = "settings/fields/"
    olga.post(page, {"name": "Plan", "about": "company", "kind": "one_of", "options": "Gold\nSilver\n\nGold"})
    plan = Field.objects.get()
    assert [each["name"] for each in plan.offered] == ["Gold", "Silver"]

    olga.post(
        f"{page}{plan.pk}/", {"name": "Plan", "option_gold": "Premium", "option_silver": "", "more": "Copper"}
    )

    plan.refresh_from_db()
    assert [each["name"] for each in plan.offered] == ["Premium", "Copper"]
    assert plan.option_named("silver")["gone"]
    refused = olga.post(
        f"{page}{plan.pk}/", {"name": "Plan", "option_gold": "", "option_copper": " ", "more": ""}
    )
    assert refused.status_code == 422
    assert "at least one option" in refused.content.decode()


def test_a_choice_without_options_is_not_made(olga):
    refused = olga.post("settings/fields/", {"name": "Plan", "about": "ticket", "kind": "one_of"})

    assert refused.status_code == 422
    assert "at least one option" in refused.content.decode()
    assert not Field.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_gets_404(olga, mallory, page):
    olga.post(page, NEW[page])
    row = MODELS[page].objects.get()
    mallory.workspace.switch("customising", on=True)

    assert mallory.get(f"../{olga.workspace.slug}/{page}").status_code == 404
    assert mallory.post(f"{page}{row.pk}/", {"do": "archive"}).status_code == 404
    wall.enter(olga.workspace.pk)
    row.refresh_from_db()
    assert not row.is_archived


def test_the_queries_do_not_grow_with_the_list(olga):
    order = make_field(olga.agent, "Order")
    olga.get("settings/fields/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        olga.get("settings/fields/")
    for at in range(10):
        make_field(olga.agent, f"Field {at}", kind="one_of", options=["a", "b"])
    listing.archive(order, by=olga.agent)

    with CaptureQueriesContext(connection) as many:
        olga.get("settings/fields/")

    assert len(many) == len(few)
