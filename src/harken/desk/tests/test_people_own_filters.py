"""Lists of people and companies narrowed by the workspace's own fields."""

import pytest

from harken.contacts.factories import make_company, make_contact
from harken.desk.tests.visits import Visitor, attribute, texts
from harken.fields.defining import change_field, with_options
from harken.fields.factories import make_field

pytestmark = pytest.mark.django_db

ANSWERS = {
    "region": "North by Northwest",
    "story": "Two\nlines",
    "ovens": 12.5,
    "since": "2020-02-29",
    "insured": False,
    "level": "gold",
    "knows": ["rye", "spelt"],
    "contains": "odd",
}


@pytest.fixture
def asked(olga: Visitor) -> None:
    options = {"level": ["Gold", "Tin"], "knows": ["Rye", "Spelt", "Oats"]}
    kinds = {
        "Region": "text",
        "Story": "long_text",
        "Ovens": "number",
        "Since": "date",
        "Insured": "yes_no",
        "Level": "one_of",
        "Knows": "several_of",
        "Contains": "text",
    }
    for about in ("contact", "company"):
        for name, kind in kinds.items():
            make_field(olga.agent, name, about=about, kind=kind, options=options.get(name.lower(), ()))
    crumb = make_company(olga.workspace, "Crumb", fields=ANSWERS)
    make_company(olga.workspace, "Rye", "rye.example", fields={"region": "South", "insured": True})
    make_contact(olga.workspace, name="Ann", company=crumb, fields=ANSWERS)
    make_contact(olga.workspace, "bob@rye.example", "Bob", fields={"region": "South", "insured": True})


def listed(olga: Visitor, page: str, **query: str) -> list[str]:
    return texts(olga.look(page, **query), ".people-table .who a")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"own_region": "northWEST"}, "first"),
        ({"own_region": "th"}, "both"),
        ({"own_story": "lines"}, "first"),
        ({"own_ovens": "12,50"}, "first"),
        ({"own_ovens": "some"}, "nobody"),
        ({"own_since": "29.02.2020"}, "first"),
        ({"own_insured": "no"}, "first"),
        ({"own_insured": "-"}, "nobody"),
        ({"own_level": "gold"}, "first"),
        ({"own_level": "-"}, "second"),
        ({"own_knows": "spelt"}, "first"),
        ({"own_knows": "oats"}, "nobody"),
        ({"own_contains": "odd"}, "first"),
        ({"own_region": "north", "own_level": "tin"}, "nobody"),
        ({"own_elsewhere": "x"}, "both"),
        ({"own_region": "\x00%_'\u200f"}, "nobody"),
        ({"own_region": "x" * 10_000}, "nobody"),
    ],
)
def test_a_list_is_narrowed_by_what_was_answered(olga, asked, query, found):
    people = {"first": ["Ann"], "second": ["Bob"], "both": ["Ann", "Bob"], "nobody": []}[found]
    companies = {"first": ["Crumb"], "second": ["Rye"], "both": ["Crumb", "Rye"], "nobody": []}[found]

    assert listed(olga, "people/", **query) == people
    assert listed(olga, "companies/", **query) == companies


def test_what_was_asked_stands_in_the_form_and_goes_into_the_export(olga, asked):
    page = olga.look("people/", own_level="gold", own_region="North")

    assert "open" in page.css_first(".own-wanted").attributes
    assert attribute(page, "[name=own_region]", "value") == "North"
    assert attribute(page, "[name=own_level] option[selected]", "value") == "gold"
    saved = attribute(page, 'a[href*="export.csv"]', "href").removeprefix(olga.path(""))
    path, _mark, query = saved.partition("?")
    asked_for = dict(each.split("=") for each in query.split("&"))
    assert olga.get(path, **asked_for).getvalue().decode().count("@") == 1


def test_people_are_found_by_an_option_that_is_offered_no_longer(olga, asked):
    level = olga.workspace.field_set.get(about="contact", key="level")
    change_field(
        level, name="Level", options=with_options(level.options, [], names={"gold": ""}), by=olga.agent
    )

    assert listed(olga, "people/", own_level="gold") == ["Ann"]


def test_where_nothing_is_asked_there_is_nothing_to_choose(olga, asked):
    olga.workspace.switch("customising", on=False)

    page = olga.look("people/", own_level="gold")

    assert page.css_first(".own-wanted") is None
    assert texts(page, ".people-table .who a") == ["Ann", "Bob"]
