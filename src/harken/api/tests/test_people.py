from harken.api.tests.conftest import Caller
from harken.contacts.models import Company, Contact, Site


def test_a_person_is_added_changed_and_found(olga: Caller):
    crumb = olga.post("/companies", {"name": "Crumb & Co", "domain": "crumb.example", "seats": 14}).json()
    typed = {"name": "Ann", "company": crumb["id"], "addresses": ["ann@crumb.example", "+44 113 000"]}

    made = olga.post("/contacts", typed).json()
    changed = olga.patch(f"/contacts/{made['id']}", {"job": "Baker", "company": None}).json()

    assert (made["email"], made["phone"], made["company"]["name"]) == (
        "ann@crumb.example",
        "+44 113 000",
        "Crumb & Co",
    )
    assert (changed["job"], changed["company"], changed["name"]) == ("Baker", None, "Ann")
    assert Company.objects.get().plan_changes.get().seats == 14


def test_whose_address_it_is_already_is_said(olga: Caller):
    olga.post("/contacts", {"name": "Ann", "addresses": ["ann@crumb.example"]})

    refused = olga.post("/contacts", {"name": "Bob", "addresses": ["ANN@crumb.example"]})

    assert refused.status_code == 409
    assert "belongs to Ann already" in refused.json()["title"]
    assert Contact.objects.count() == 1


def test_an_address_is_added_verified_and_removed(olga: Caller):
    ann = olga.post("/contacts", {"name": "Ann"}).json()

    known = olga.post(f"/contacts/{ann['id']}/identities", {"address": "+44 113", "is_verified": True}).json()
    olga.client.delete(
        f"/api/v1/contacts/{ann['id']}/identities/{known['identities'][0]['id']}",
        headers={"Authorization": f"Bearer {olga.token}"},
    )

    assert [(each["kind"], each["is_verified"]) for each in known["identities"]] == [("phone", True)]
    assert olga.get(f"/contacts/{ann['id']}").json()["identities"] == []


def test_two_people_are_merged_once(olga: Caller):
    ann, other = (olga.post("/contacts", {"name": name}).json() for name in ("Ann", "Ann at home"))

    olga.post(f"/contacts/{ann['id']}/merge", {"contact": other["id"]})
    again = olga.post(f"/contacts/{ann['id']}/merge", {"contact": other["id"]})

    assert again.status_code == 409
    assert olga.get(f"/contacts/{other['id']}").json()["merged_into"] == ann["id"]


def test_sites_keep_to_themselves_how_to_get_in(olga: Caller):
    crumb = olga.post("/companies", {"name": "Crumb"}).json()

    site = olga.post(
        f"/companies/{crumb['id']}/sites", {"name": "Otley", "access_notes": "key under the mat"}
    )
    changed = olga.patch(f"/sites/{site.json()['id']}", {"host": "otley.example"}).json()

    assert "mat" not in site.content.decode()
    assert (changed["host"], changed["company"]) == ("otley.example", crumb["id"])
    assert Site.objects.get().access_notes == "key under the mat"
    assert [each["name"] for each in olga.get("/sites", company=crumb["id"]).json()["results"]] == ["Otley"]


def test_what_names_nobody_is_refused(olga: Caller):
    for body in ({}, {"name": "\u200f"}, {"name": "Ann", "company": 99}, {"name": "A", "time_zone": "Moon"}):
        assert olga.post("/contacts", body).status_code == 422
    for body in ({"name": "\u200f"}, {"name": "X", "domain": "gmail.com"}, {"name": "X", "seats": -1}):
        assert olga.post("/companies", body).status_code == 422
