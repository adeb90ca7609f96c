"""The API of a workspace's own fields, states and areas."""

import pytest

from harken.contacts.factories import make_contact
from harken.contacts.models import Company
from harken.tickets.factories import make_ticket


@pytest.fixture(autouse=True)
def customised(olga):
    olga.workspace.switch("customising", on=True)


def made(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_field_is_defined_changed_and_archived(olga):
    plan = made(
        olga.post("/fields", {"name": "Plan", "about": "company", "kind": "one_of", "options": ["A", "B"]})
    )
    assert plan["key"] == "plan"

    olga.patch(f"/fields/{plan['id']}", {"name": "Tariff", "options": ["B", "C"]})
    told = olga.patch(f"/fields/{plan['id']}", {"archived": True}).json()

    assert (told["name"], told["key"], told["archived"]) == ("Tariff", "plan", True)
    assert [(each["name"], each["gone"]) for each in told["options"]] == [
        ("A", True),
        ("B", False),
        ("C", False),
    ]
    assert [each["id"] for each in olga.get("/fields", about="company").json()["results"]] == [plan["id"]]
    assert olga.get("/fields", about="ticket").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "\u200f", "about": "ticket", "kind": "text"}, "it needs a name"),
        ({"name": "Plan", "about": "ticket", "kind": "one_of"}, "at least one option"),
        ({"name": "x" * 101, "about": "ticket", "kind": "text"}, "body.name"),
        ({"name": "Plan", "about": "deal", "kind": "text"}, "body.about"),
        ({"name": "Plan", "about": "site", "kind": "text", "needed_to_close": True}, "only what is asked"),
        ({"name": "Plan", "about": "ticket", "kind": "formula"}, "body.kind"),
    ],
)
def test_a_bad_definition_is_refused_with_words(olga, body, words):
    answer = olga.post("/fields", body)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_ticket_is_answered_named_and_put_into_an_area(olga):
    made(olga.post("/fields", {"name": "Boxes", "about": "ticket", "kind": "number"}))
    made(olga.post("/states", {"name": "With the supplier", "kind": "waiting"}))
    made(olga.post("/areas", {"name": "Delivery"}))
    number = make_ticket(olga.workspace).number

    told = olga.patch(
        f"/tickets/{number}",
        {"fields": {"boxes": 12.5}, "own_state": "with the supplier", "area": "delivery"},
    ).json()

    assert (told["state"], told["own_state"], told["area"]) == ("waiting", "With the supplier", "Delivery")
    assert told["fields"] == {"boxes": 12.5}
    for asked in ({"own_state": "With the supplier"}, {"area": "Delivery"}):
        assert [each["number"] for each in olga.get("/tickets", **asked).json()["results"]] == [number]
    back = olga.patch(f"/tickets/{number}", {"fields": {"boxes": None}, "state": "open", "area": None}).json()
    assert (back["state"], back["own_state"], back["area"], back["fields"]) == ("open", None, None, {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fields": {"boxes": "many"}}, "Boxes: “many” is no number"),
        ({"fields": {"boxes": ["a"]}}, "not what this field takes"),
        ({"fields": {"colour": "red"}}, "there is no field “colour”"),
        ({"own_state": "Nowhere"}, "There is no “Nowhere” here"),
        ({"area": "Nowhere"}, "There is no “Nowhere” here"),
        ({"own_state": "x", "state": "open"}, "name either"),
    ],
)
def test_a_bad_change_is_refused_with_words_and_nothing_is_changed(olga, change, words):
    made(olga.post("/fields", {"name": "Boxes", "about": "ticket", "kind": "number"}))
    number = make_ticket(olga.workspace).number

    answer = olga.patch(f"/tickets/{number}", change | {"tags": ["late"]})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert olga.get(f"/tickets/{number}").json()["tags"] == []


def test_people_and_companies_are_answered_too(olga):
    made(olga.post("/fields", {"name": "Region", "about": "contact", "kind": "text"}))
    made(olga.post("/fields", {"name": "Ovens", "about": "company", "kind": "number"}))
    ann = make_contact(olga.workspace, "ann@crumb.example")
    company = Company.objects.create(workspace=olga.workspace, name="Bakers")

    assert olga.patch(f"/contacts/{ann.pk}", {"fields": {"region": "North"}}).json()["fields"] == {
        "region": "North"
    }
    assert olga.patch(f"/companies/{company.pk}", {"fields": {"ovens": 3}}).json()["fields"] == {"ovens": 3}
    assert made(olga.post("/companies", {"name": "Mill", "fields": {"ovens": 1}}))["fields"] == {"ovens": 1}
    for address in (f"/contacts/{ann.pk}", f"/companies/{company.pk}"):
        refused = olga.patch(address, {"fields": {"region": 1, "ovens": "x", "boxes": 2}})
        assert refused.status_code == 422


def test_sites_are_answered_too(olga):
    made(olga.post("/fields", {"name": "Tills", "about": "site", "kind": "number"}))
    mill = made(olga.post("/companies", {"name": "Mill"}))

    site = made(olga.post(f"/companies/{mill['id']}/sites", {"name": "Otley", "fields": {"tills": "4"}}))

    assert site["fields"] == {"tills": 4}
    assert olga.patch(f"/sites/{site['id']}", {"host": "otley.example"}).json()["fields"] == {"tills": 4}
    assert olga.patch(f"/sites/{site['id']}", {"fields": {"tills": "x"}}).status_code == 422


def test_a_ticket_is_closed_when_what_closing_needs_is_answered(olga):
    field = made(
        olga.post("/fields", {"name": "Order", "about": "ticket", "kind": "text", "needed_to_close": True})
    )
    number = make_ticket(olga.workspace).number

    refused = olga.patch(f"/tickets/{number}", {"state": "closed", "tags": ["late"]})
    assert (refused.status_code, refused.json()["fields"]) == (422, ["Order"])
    assert refused.json()["title"] == "Not closed: “Order” is to be filled in first."
    assert olga.get(f"/tickets/{number}").json()["tags"] == []
    closed = olga.patch(f"/tickets/{number}", {"state": "closed", "fields": {"order": "A-17"}}).json()
    assert (closed["state"], closed["fields"]) == ("closed", {"order": "A-17"})
    assert not olga.patch(f"/fields/{field['id']}", {"needed_to_close": False}).json()["needed_to_close"]


def test_states_and_areas_are_called_otherwise_and_archived(olga):
    state = made(olga.post("/states", {"name": "Ours", "kind": "closed"}))
    area = made(olga.post("/areas", {"name": "Till"}))

    told = [
        olga.patch(f"/{kind}/{row['id']}", {"name": "Other", "archived": True}).json()
        for kind, row in (("states", state), ("areas", area))
    ]

    assert [(each["name"], each["archived"]) for each in told] == [("Other", True)] * 2
    assert olga.post("/areas", {"name": "other"}).status_code == 422
    number = make_ticket(olga.workspace).number
    assert "archive" in olga.patch(f"/tickets/{number}", {"own_state": "Other"}).content.decode()
