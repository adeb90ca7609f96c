"""A workspace's own fields on the pages of people and companies."""

import pytest

from harken.contacts.factories import make_company, make_contact
from harken.contacts.models import Company, Contact
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.events.models import Event
from harken.fields.factories import make_field

pytestmark = pytest.mark.django_db


def test_a_persons_fields_are_asked_for_kept_and_shown(olga: Visitor):
    ann = make_contact(olga.workspace, "ann@crumb.example")
    make_field(olga.agent, "Birthday", about="contact", kind="date")
    make_field(olga.agent, "Knows", about="contact", kind="several_of", options=["Baking", "Books"])
    make_field(olga.agent, "Order", about="ticket")

    olga.post(f"people/{ann.pk}/edit/", {"name": "Ann", "own_birthday": "1990-05-01", "own_knows": ["books"]})

    page = olga.look(f"people/{ann.pk}/")
    assert texts(page, ".own-beside dt") == ["Birthday", "Knows"]
    assert texts(page, ".own-beside dd") == ["1 May 1990", "Books"]
    told = Event.objects.filter(type="contact.changed").latest("pk")
    assert told.data["changes"]["fields"] == [{}, {"birthday": "1990-05-01", "knows": ["books"]}]


def test_a_companys_bad_answer_is_refused_and_nothing_else_is_saved_either(olga: Visitor):
    company = Company.objects.create(workspace=olga.workspace, name="Bakers")
    make_field(olga.agent, "Ovens", about="company", kind="number")

    refused = olga.post(f"companies/{company.pk}/edit/", {"name": "Crumb", "own_ovens": "a few"})

    assert refused.status_code == 422
    assert "“a few” is no number" in read(refused).css_first(".err").text()
    assert attribute(read(refused), "[name=own_ovens]", "value") == "a few"
    company.refresh_from_db()
    assert (company.fields, company.name == "Crumb") == ({}, False)


def test_the_second_of_two_who_answer_is_told(olga: Visitor):
    ann = make_contact(olga.workspace, "ann@crumb.example")
    make_field(olga.agent, "Region", about="contact")
    address = f"people/{ann.pk}/edit/"
    seen = attribute(olga.look(address), "[name=seen]", "value")
    olga.post(address, {"name": "Ann", "own_region": "North", "seen": seen})

    refused = olga.post(address, {"name": "Ann", "own_region": "South", "seen": seen})

    assert refused.status_code == 409
    assert attribute(read(refused), "[name=own_region]", "value") == "South"
    ann.refresh_from_db()
    assert ann.fields == {"region": "North"}


def test_an_export_has_what_was_answered_and_no_formulas(olga: Visitor):
    ann = make_contact(olga.workspace, "ann@crumb.example")
    make_field(olga.agent, "Region", about="contact")
    make_field(olga.agent, "Knows", about="contact", kind="several_of", options=["Baking", "Books"])
    ann.fields = {"region": "=1+1", "knows": ["baking", "books"]}
    ann.save()

    lines = olga.get("people/export.csv").getvalue().decode("utf-8-sig").splitlines()

    assert lines[0].endswith(",Region,Knows")
    assert lines[1].endswith(",'=1+1,Baking; Books")


def test_a_site_has_answers_of_its_own_from_the_start(olga: Visitor):
    company = make_company(olga.workspace)
    make_field(olga.agent, "Opened", about="site", kind="date")

    olga.post(f"companies/{company.pk}/sites/new/", {"name": "Mill Street", "own_opened": "2020-02-29"})
    site = company.sites.get()
    assert attribute(olga.look(f"sites/{site.pk}/"), "[name=own_opened]", "value") == "2020-02-29"

    refused = olga.post(f"sites/{site.pk}/", {"name": "Mill Lane", "own_opened": "2021-02-29"})
    site.refresh_from_db()
    assert (refused.status_code, site.name, site.fields) == (422, "Mill Street", {"opened": "2020-02-29"})
    olga.post(f"sites/{site.pk}/", {"name": "Mill Street", "own_opened": ""})
    site.refresh_from_db()
    assert site.fields == {}


def test_people_and_companies_are_asked_when_they_are_made(olga: Visitor):
    make_field(olga.agent, "Region", about="contact")
    make_field(olga.agent, "Ovens", about="company", kind="number")

    olga.post("people/new/", {"name": "Ann", "own_region": "North"})
    olga.post("companies/new/", {"name": "Rye", "own_ovens": "3"})
    refused = olga.post("companies/new/", {"name": "Oat", "own_ovens": "some"})

    assert Contact.objects.get().fields == {"region": "North"}
    assert Company.objects.get().fields == {"ovens": 3}
    assert "is no number" in texts(read(refused), ".err")[0]
