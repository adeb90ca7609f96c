import uuid

import pytest
import time_machine

from harken.contacts.adding import add_note, add_site
from harken.contacts.factories import make_company, make_contact
from harken.contacts.merging import merge
from harken.contacts.models import Contact, Identity, Note, Site
from harken.contacts.planning import change_plan
from harken.contacts.timeline import ENTRIES_PER_PAGE
from harken.desk.tests.visits import attribute, read, texts
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Ticket, Words

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


@pytest.fixture
def ann(ticket):
    return ticket.requester


def test_a_persons_page_tells_everything_by_month(olga, ticket, ann):
    add_note(ann, "Likes rye.", by=olga.agent)

    page = olga.look(f"people/{ann.pk}/")

    assert len(page.css(".time-line .month")) == 1
    assert texts(page, ".time-line .voice") == ["“Where is my bread?”"]
    assert texts(page, ".time-note-text") == ["Likes rye."]
    assert texts(page, ".tabs [aria-current]") == ["Everything"]
    assert "Known since then" in texts(page, ".time-line")[0]


def test_the_timeline_of_a_company_has_all_of_its_people(olga, ticket, ann):
    make_ticket(olga.workspace, "dan@crumb.example", subject="Routes", name="Dan Okafor")
    change_plan(ann.company, {"plan": "Growth", "seats": 12}, by=olga.agent)
    change_plan(ann.company, {"seats": 14}, by=olga.agent)
    add_site(ann.company, by=olga.agent, name="Otley")

    page = olga.look(f"companies/{ann.company_id}/")

    assert {"Bread", "Routes"} <= set(texts(page, ".time-line a"))
    assert "2 seats added" in texts(page, ".time-line")[0]
    assert texts(page, ".here a") == ["Dan Okafor", "Ann Baker"] or texts(page, ".here a") == [
        "Ann Baker",
        "Dan Okafor",
    ]
    assert "Otley" in texts(page, ".mini a")
    assert texts(page, ".strip dd")[:2] == ["Growth", "14 +2 this year"]


def test_the_seats_of_a_year_are_drawn_and_stand_in_a_table(olga, ann):
    with time_machine.travel("2026-09-10", tick=False):
        change_plan(ann.company, {"seats": 10}, by=olga.agent)
    with time_machine.travel("2026-11-10", tick=False):
        ann.company.plan_changes.update(at="2026-09-10T00:00Z")
        change_plan(ann.company, {"seats": 14}, by=olga.agent)
        ann.company.plan_changes.filter(seats=14).update(at="2026-11-05T00:00Z")
        page = olga.look(f"companies/{ann.company_id}/")

    assert attribute(page, ".chart", "aria-label") == "Seats: 10 in September 2026, 14 now"
    assert texts(page, ".chart ~ details td.num") == ["10", "10", "14"]


def test_pages_of_a_long_history_meet_without_gap_or_overlap(olga, ann):
    for at in range(ENTRIES_PER_PAGE + 5):
        make_ticket(olga.workspace, subject=f"Question {at}")
    first = olga.look(f"people/{ann.pk}/")
    earlier = first.css_first(".earlier-entries a").attributes["href"]

    rest = read(olga.client.get(earlier, headers={"HX-Request": "true"}))

    told = texts(first, ".time-line > li > div > a") + texts(rest, "li > div > a")
    assert len(told) == len(set(told)) == ENTRIES_PER_PAGE + 6
    assert rest.css(".month") == []


def test_a_changed_key_begins_anew(olga, ann):
    assert olga.get(f"people/{ann.pk}/?before=nonsense").status_code == 200
    assert olga.get(f"people/{ann.pk}/?before={'9' * 17}.requests.{'9' * 18}").status_code in (200, 404)


def test_the_page_of_a_merged_person_leads_on(olga, ann):
    other = make_contact(olga.workspace, "ann@home.example")
    merge(other, into=ann, by=olga.agent)

    assert olga.get(f"people/{other.pk}/")["Location"] == olga.path(f"people/{ann.pk}/")


def test_what_is_said_of_somebody_merged_meanwhile_is_said_of_who_they_are_now(olga, ann):
    other = make_contact(olga.workspace, "ann@home.example")
    merge(other, into=ann, by=olga.agent)

    olga.post(f"people/{other.pk}/identities/", {"address": "ann@mill.example"})
    olga.post(f"people/{other.pk}/notes/", {"text": "Likes rye."})
    olga.post(f"people/{other.pk}/edit/", {"name": "Ann Baker-Lee"})

    page = olga.look(f"people/{ann.pk}/")
    assert texts(page, "h1")[0].startswith("Ann Baker-Lee")
    assert "ann@mill.example" in page.text()
    assert texts(page, ".time-note-text") == ["Likes rye."]


def test_merging_and_taking_apart_by_page(olga, ticket, ann):
    other = make_ticket(olga.workspace, "ann@home.example", name="Ann Baker", subject="From home")
    offered = olga.look(f"people/{ann.pk}/merge/")
    assert texts(offered, ".choices bdi")[0] == "Ann Baker"

    olga.post(f"people/{ann.pk}/merge/", {"other": other.requester_id})
    merged = olga.look(f"people/{ann.pk}/")
    assert "From home" in texts(merged, ".time-line a")
    undo = attribute(merged, "form[action*='/merges/']", "action") or ""
    olga.post(undo.removeprefix(olga.path("")))

    assert Contact.objects.get(pk=other.requester_id).merged_into is None
    other.refresh_from_db()
    assert other.requester_id != ann.pk


@pytest.mark.parametrize("other", ["", "nonsense", "999999999", "9" * 40])
def test_nobody_is_merged_with_nobody(olga, ann, other):
    response = olga.post(f"people/{ann.pk}/merge/", {"other": other})

    assert response.status_code == 422
    assert "Nothing was changed" in response.content.decode()


def test_an_address_is_added_verified_preferred_and_removed(olga, ann):
    olga.post(f"people/{ann.pk}/identities/", {"address": "+44 113 000 0000"})
    phone = Identity.objects.get(kind="phone")
    page = olga.look(f"people/{ann.pk}/")
    assert attribute(page, ".reaches a[href^='tel:']", "href") == "tel:+441130000000"

    for do in ("verify", "prefer"):
        olga.post(f"people/identities/{phone.pk}", {"do": do})
    phone.refresh_from_db()
    assert (phone.is_verified, phone.is_preferred) == (True, True)
    olga.post(f"people/identities/{phone.pk}", {"do": "remove"})
    assert not Identity.objects.filter(pk=phone.pk).exists()


def test_a_refused_address_says_whose_it_is_and_keeps_what_was_typed(olga, ann):
    make_contact(olga.workspace, "dan@crumb.example", "Dan Okafor")

    response = olga.post(f"people/{ann.pk}/identities/", {"address": "dan@crumb.example"})

    page = read(response)
    assert response.status_code == 422
    assert attribute(page, "#address", "value") == "dan@crumb.example"
    assert "Dan Okafor" in texts(page, "#address-error")[0]


def test_notes_are_written_and_taken_away_by_their_writer_alone(olga, ann):
    olga.post(f"people/{ann.pk}/notes/", {"text": f"Likes rye. {HOSTILE}"})
    assert olga.post(f"people/{ann.pk}/notes/", {"text": "  "}).status_code == 422
    note = Note.objects.get()
    page = olga.get(f"people/{ann.pk}/").content.decode()
    assert HOSTILE not in page

    olga.post(f"people/notes/{note.pk}")

    assert not Note.objects.exists()


def test_the_requests_of_somebody_copied_are_theirs_too(olga, ticket):
    make_message(ticket, cc=["dan@crumb.example"])
    dan = Identity.objects.get(address="dan@crumb.example").contact

    assert "Bread" in texts(olga.look(f"people/{dan.pk}/"), ".time-line a")


def test_the_pane_tells_of_person_and_company(olga, ticket, ann):
    make_ticket(olga.workspace, "dan@crumb.example", subject="Routes")
    make_ticket(olga.workspace, "eve@crumb.example", subject="Ovens")
    change_plan(ann.company, {"plan": "Growth", "seats": 14}, by=olga.agent)

    page = olga.look(f"tickets/{ticket.number}/")

    assert set(texts(page, ".side .mini a")) == {"Ovens", "Routes"}
    assert "Growth, 14 seats" in texts(page, ".side .facts")[0]


@pytest.mark.parametrize("page", ["people/{ann}/", "people/{ann}/merge/", "companies/{company}/"])
def test_a_page_costs_the_same_however_much_there_is(olga, ann, page, django_assert_max_num_queries):
    for at in range(30):
        make_ticket(olga.workspace, f"person{at}@crumb.example", subject=f"Question {at}")
        add_note(ann, f"Note {at}", by=olga.agent)
    Site.objects.bulk_create(
        Site(workspace=olga.workspace, company=ann.company, name=f"Site {at}") for at in range(20)
    )

    with django_assert_max_num_queries(36):
        assert olga.get(page.format(ann=ann.pk, company=ann.company_id)).status_code == 200


def test_names_of_every_kind_are_shown_as_words(olga):
    crumb = make_company(olga.workspace, name=f"Crumb {HOSTILE}", domain="x.example")
    contact = make_contact(olga.workspace, name=HOSTILE * 12, company=crumb, job=f"{HOSTILE} \u202e job")

    for page in (f"people/{contact.pk}/", f"companies/{crumb.pk}/", "people/", "companies/"):
        assert HOSTILE not in olga.get(page).content.decode()


@pytest.mark.parametrize(
    "page",
    [
        *("people/{ann}/", "people/{ann}/edit/", "people/{ann}/merge/"),
        *("companies/{company}/", "companies/{company}/edit/", "companies/{company}/sites/new/"),
    ],
)
def test_a_stranger_finds_nobody(olga, mallory, ann, page):
    known = {"ann": ann.pk, "company": ann.company_id}

    assert mallory.get(page.format(**known)).status_code == 404
    assert mallory.client.get(olga.path(page.format(**known))).status_code == 404


def test_an_answer_to_a_started_request_comes_back_to_it(olga, ann):
    letter = {"to": "ann@crumb.example", "subject": "Shop", "text": "When?", "key": str(uuid.uuid4())}
    olga.post("requests/new/", letter)
    started = Ticket.objects.get(subject="Shop")

    started.receive(Words("Monday."), sender=ann.identities.get())

    assert texts(olga.look(f"people/{ann.pk}/"), ".time-line .voice")[0] == "“Monday.”"
