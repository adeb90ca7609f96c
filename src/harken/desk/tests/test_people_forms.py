import csv
import io

import pytest

from harken.contacts.factories import make_company, make_contact
from harken.contacts.models import Company, Contact, Site
from harken.desk.people.lists import ROWS_PER_PAGE
from harken.desk.tests.visits import attribute, read, texts
from harken.tickets.factories import make_ticket

pytestmark = pytest.mark.django_db


def names(page):
    return texts(page, ".people-table .who a")


@pytest.fixture
def ann(olga):
    return make_contact(olga.workspace, company=make_company(olga.workspace, plan="Growth"))


def test_people_are_listed_by_name_without_those_merged_away(olga, ann):
    make_contact(olga.workspace, "zoe@rye.example", "Zoë Brontë")
    gone = make_contact(olga.workspace, "old@rye.example", "Ann Old")
    Contact.objects.filter(pk=gone.pk).update(merged_into=ann)

    assert names(olga.look("people/")) == ["Ann Baker", "Zoë Brontë"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=BAKER", ["Ann Baker"]),
        ("q=crumb", ["Ann Baker"]),
        ("q=zoe", ["Zoë Brontë"]),
        ("q=nobody", []),
        ("q=%00%F0%9F", []),
        ("plan=Growth", ["Ann Baker"]),
        ("open=1", ["Zoë Brontë"]),
        ("channel=email", ["Zoë Brontë"]),
        ("channel=phone", []),
        ("heard=7", ["Zoë Brontë"]),
        ("heard=never", ["Ann Baker"]),
        ("heard=-90", []),
        ("sort=heard", ["Zoë Brontë"]),
        ("company=999999999999999999", []),
        ("heard=nonsense&sort=nonsense&company=x", ["Ann Baker", "Zoë Brontë"]),
    ],
)
def test_people_are_narrowed(olga, ann, asked, found):
    make_ticket(olga.workspace, "zoe@rye.example", name="Zoë Brontë")

    assert names(olga.look(f"people/?{asked}")) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=crumb", ["Crumb & Co"]),
        ("q=rye.ex", ["rye.example"]),
        ("plan=Growth", ["Crumb & Co"]),
        ("open=1", ["rye.example"]),
        ("heard=7", ["rye.example"]),
        ("heard=never", ["Crumb & Co"]),
    ],
)
def test_companies_are_narrowed(olga, ann, asked, found):
    make_ticket(olga.workspace, "zoe@rye.example")

    assert names(olga.look(f"companies/?{asked}")) == found


@pytest.mark.parametrize("order", ["", "sort=heard&"])
def test_pages_meet_without_gap_or_overlap(olga, order):
    for at in range(ROWS_PER_PAGE + 5):
        make_ticket(olga.workspace, f"p{at}@rye.example", name=f"Person {at % 7}")

    first = olga.look(f"people/?{order}")
    after = first.css_first("tr:last-child .btn").attributes["href"]
    rest = read(olga.client.get(after, headers={"HX-Request": "true"}))

    links = [node.attributes["href"] for page in (first, rest) for node in page.css(".who a")]
    assert len(links) == len(set(links)) == ROWS_PER_PAGE + 5


@pytest.mark.parametrize(
    "key", ["nonsense", "W10", "W1tb" * 700, "WyJhIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", "WyJcdWQ4MDAiLCAxXQ"]
)
def test_a_changed_key_is_no_error(olga, ann, key):
    assert olga.get(f"people/?after={key}").status_code == 200
    assert olga.get(f"people/?sort=heard&after={key}").status_code == 200


@pytest.mark.parametrize("page", ["people/", "companies/", "people/?q=a&open=1&heard=30"])
def test_a_row_costs_no_query_of_its_own(olga, page, django_assert_max_num_queries):
    for at in range(40):
        make_ticket(olga.workspace, f"ann@shop{at}.example", name=f"Ann {at}")

    with django_assert_max_num_queries(22):
        olga.get(page)


def test_a_new_person_by_hand(olga):
    response = olga.post(
        "people/new/",
        {"name": "Ann Baker", "email": "Ann@crumb.example", "phone": "+44 113", "company": "Crumb"},
    )

    ann = Contact.objects.get()
    assert response["Location"] == olga.path(f"people/{ann.pk}/")
    assert (ann.email, ann.phone, ann.company.name) == ("ann@crumb.example", "+44 113", "Crumb")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "no name and no address"),
        ({"name": "  \u200f\u200e "}, "no name and no address"),
        ({"name": "x" * 10_000}, "at most 300 fit"),
        ({"name": "Ann", "email": "ann@crumb.example"}, "belongs to Ann Baker already"),
        ({"name": "Ann", "email": "nonsense"}, "neither a mail address nor a phone number"),
        ({"name": "Ann", "time_zone": "Moon/Crater"}, "is no time zone"),
    ],
)
def test_a_refused_person_is_kept_as_typed(olga, ann, typed, words):
    before = Contact.objects.count()

    response = olga.post("people/new/", typed)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert attribute(read(response), "#id_name", "value") == typed.get("name") or not typed.get("name")
    assert Contact.objects.count() == before


def test_the_second_of_two_colleagues_sees_what_changed_and_keeps_what_they_typed(olga, ann):
    opened = olga.look(f"people/{ann.pk}/edit/")
    seen = attribute(opened, "input[name=seen]", "value")
    olga.post(f"people/{ann.pk}/edit/", {"name": "Ann Miller", "job": "", "seen": seen})

    second = olga.post(f"people/{ann.pk}/edit/", {"name": "Ann Baker", "job": "Driver", "seen": seen})

    page = read(second)
    assert second.status_code == 409
    assert "Ann Miller" in texts(page, ".missed")[0]
    assert attribute(page, "#id_job", "value") == "Driver"
    assert attribute(page, "#id_name", "value") == "Ann Miller"
    again = {"name": "Ann Miller", "job": "Driver", "seen": attribute(page, "input[name=seen]", "value")}
    assert olga.post(f"people/{ann.pk}/edit/", again).status_code == 302
    ann.refresh_from_db()
    assert (ann.name, ann.job) == ("Ann Miller", "Driver")


def test_a_company_by_hand_with_its_plan(olga):
    typed = {"name": "Crumb & Co", "domain": "https://www.crumb.example/", "plan": "Growth", "seats": "14"}

    olga.post("companies/new/", typed)

    crumb = Company.objects.get()
    assert (crumb.domain, crumb.plan, crumb.seats) == ("crumb.example", "Growth", 14)
    assert crumb.plan_changes.count() == 1
    olga.post(f"companies/{crumb.pk}/edit/", typed | {"seats": "16", "customer_since": "2023-03-01"})
    crumb.refresh_from_db()
    assert (crumb.seats, crumb.customer_since.year) == (16, 2023)
    assert crumb.plan_changes.count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "\u200f"}, "letters that can be seen"),
        ({"name": "Rye", "domain": "gmail.com"}, "is no domain of a company"),
        ({"name": "Rye", "domain": "crumb.example"}, "belongs to Crumb"),
        ({"name": "Rye", "seats": "-1"}, "The smallest number here is 0."),
        ({"name": "Rye", "seats": "9" * 30}, "The largest number here is"),
        ({"name": "Rye", "customer_since": "yesterday"}, "write it like 2026-11-22"),
    ],
)
def test_a_refused_company_says_why(olga, ann, typed, words):
    response = olga.post("companies/new/", typed)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Company.objects.count() == 1


def test_a_site_is_kept_with_its_secrets_sealed(olga, ann):
    typed = {
        "name": "Otley",
        "host": "otley.example",
        "access_notes": "key under the mat",
        "agreed": "Monday",
    }

    olga.post(f"companies/{ann.company_id}/sites/new/", typed)

    site = Site.objects.get()
    assert site.access_notes == "key under the mat"
    assert texts(olga.look(f"sites/{site.pk}/"), "#id_access_notes") == ["key under the mat"]
    olga.post(f"sites/{site.pk}/removal")
    assert not Site.objects.exists()


def test_names_of_companies_are_offered(olga, ann):
    offered = olga.look("companies/names/?company=cru")

    assert attribute(offered, "option", "value") == "Crumb & Co"


def test_a_saved_list_is_harmless_in_a_spreadsheet(olga, ann):
    make_contact(olga.workspace, "", "=HYPERLINK(1)")

    saved = olga.client.get(olga.path("people/export.csv"))
    rows = list(csv.reader(io.StringIO(b"".join(saved.streaming_content).decode("utf-8-sig"))))

    assert [row[:2] for row in rows[1:]] == [
        ["Ann Baker", "ann@crumb.example"],
        ["'=HYPERLINK(1)", ""],
    ]
    assert saved["Content-Disposition"] == 'attachment; filename="people.csv"'


def test_a_saved_list_is_what_was_listed(olga, ann):
    make_company(olga.workspace, "Rye", "rye.example")

    saved = olga.client.get(olga.path("companies/export.csv?plan=Growth"))

    assert b"".join(saved.streaming_content).decode().count("\r\n") == 2


@pytest.mark.parametrize("page", ["people/new/", "companies/new/"])
def test_whoever_makes_somebody_new_begins_with_their_name(olga, page):
    fresh = olga.look(page)

    assert [node.attributes["name"] for node in fresh.css("[autofocus]")] == ["name"]


def test_whoever_is_refused_begins_where_it_is_wrong(olga):
    refused = read(olga.post("people/new/", {"name": "Dan", "time_zone": "Moon/Crater"}))

    assert [node.attributes["name"] for node in refused.css("[autofocus]")] == ["time_zone"]
