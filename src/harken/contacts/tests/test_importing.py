from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import timezone, translation

from harken.agents.factories import make_agent
from harken.contacts.exporting import companies_csv, people_csv
from harken.contacts.factories import make_company, make_contact
from harken.contacts.importing import take
from harken.contacts.importing.begin import begin, bring, look_into, read_as
from harken.contacts.importing.take import ROWS_AT_ONCE, take_in
from harken.contacts.models import Company, Contact, Identity, Note, PeopleImport

pytestmark = pytest.mark.django_db

PEOPLE = """Name,E-mail,Phone,Company,Job title,Note
Ann Baker,ann@crumb.example,+44 113 000,Crumb & Co,Operations,Likes rye.
Dan Okafor,dan@crumb.example,,Crumb & Co,,
Zoë Brontë,,,Rye,,
"""


@pytest.fixture
def olga():
    return make_agent()


def taken(agent, text, what="people", charset="utf-8", **options):
    importing = bring(agent, "people.csv", text.encode(charset), what)
    begin(importing, importing.columns, replaces=options.get("replaces", False), by=agent)
    importing.refresh_from_db()
    take_in(importing)
    return importing


def counts(importing):
    return importing.added, importing.changed, importing.unchanged, importing.refused


def test_a_file_of_people_is_taken_in(olga):
    importing = taken(olga, PEOPLE)

    assert counts(importing) == (3, 0, 0, 0)
    assert (importing.state, importing.rows, importing.rows_done) == (PeopleImport.State.DONE, 3, 3)
    ann = Identity.objects.get(address="ann@crumb.example").contact
    assert (ann.name, ann.job, ann.company.name, ann.phone) == (
        "Ann Baker",
        "Operations",
        "Crumb & Co",
        "+44 113 000",
    )
    assert Note.objects.get().text == "Likes rye."


def test_the_same_file_again_makes_nobody_twice(olga):
    taken(olga, PEOPLE)

    again = taken(olga, PEOPLE)

    assert counts(again) == (0, 0, 3, 0)
    assert Contact.objects.count() == 3
    assert Company.objects.count() == 2
    assert Note.objects.count() == 1


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_whatever_wrote_the_file_the_letters_are_right(olga, charset):
    text = "Имя;Почта\nАнна Ковалёва;anna@sever.example\nИгорь Мельников;igor@kolos.example\n"

    assert counts(taken(olga, text, charset=charset)) == (2, 0, 0, 0)
    assert set(Contact.objects.values_list("name", flat=True)) == {"Анна Ковалёва", "Игорь Мельников"}


def test_a_half_broken_file_says_what_was_not_taken_and_why(olga):
    text = (
        "Name,E-mail,Time zone\n"
        "Ann,ann@crumb.example\n"
        "Bad,not-an-address\n"
        ",,\n"
        ",,Europe/London\n"
        f"{'x' * 10_000},x@crumb.example\n"
        "\u200f\u200e,\n"
        '"Open,open@crumb.example\n'
        "Many,m@crumb.example,,,extra\n"
        "Dan,dan@crumb.example\n"
    )

    importing = taken(olga, text)

    assert set(Contact.objects.values_list("name", flat=True)) == {"Ann", "Dan"}
    assert counts(importing) == (2, 0, 0, 6)
    assert [line for line, _why, _words in importing.problems] == [3, 5, 6, 7, 8, 9]
    assert "neither a mail address" in importing.problems[0][1]
    assert "no name and no address" in importing.problems[1][1]
    assert "longer than 300" in importing.problems[2][1]
    assert "quotes are broken" in importing.problems[4][1]
    assert "more columns" in importing.problems[5][1]


def test_gaps_are_filled_and_nothing_is_replaced_unless_asked(olga):
    ann = make_contact(olga.workspace, name="Ann Miller")
    text = "Name,E-mail,Job\nAnn Baker,ann@crumb.example,Driver\n"

    filled = taken(olga, text)
    ann.refresh_from_db()
    assert (ann.name, ann.job, counts(filled)) == ("Ann Miller", "Driver", (0, 1, 0, 0))

    taken(olga, text, replaces=True)
    ann.refresh_from_db()
    assert ann.name == "Ann Baker"


def test_addresses_of_two_people_in_one_row_are_refused(olga):
    make_contact(olga.workspace)
    dan = make_contact(olga.workspace, "dan@crumb.example", "Dan")
    Identity.objects.create(workspace=olga.workspace, contact=dan, kind="phone", address="+44113")

    importing = taken(olga, "E-mail,Phone\nann@crumb.example,+44 113\n")

    assert "Ann Baker" in importing.problems[0][1]
    assert Contact.objects.count() == 2


def test_companies_are_taken_in_with_plan_and_history(olga):
    known = make_company(olga.workspace, "crumb.example", "crumb.example")
    text = "Name,Website,Plan,Seats,Customer since\nCrumb & Co,https://crumb.example,Growth,14,2023-03-01\nRye,,,x,\n"

    importing = taken(olga, text, "companies")

    known.refresh_from_db()
    assert counts(importing) == (0, 1, 0, 1)
    assert (known.name, known.plan, known.seats) == ("Crumb & Co", "Growth", 14)
    assert known.plan_changes.count() == 1
    assert counts(taken(olga, text, "companies")) == (0, 0, 1, 1)


def test_what_was_saved_is_taken_in_again_unchanged(olga):
    make_contact(olga.workspace, name="=1+1", company=make_company(olga.workspace, plan="@Growth", seats=3))
    people = "".join(people_csv(Contact.objects.select_related("company")))
    companies = "".join(companies_csv(Company.objects.all()))

    assert counts(taken(olga, people)) == (0, 0, 1, 0)
    assert counts(taken(olga, companies, "companies")) == (0, 0, 1, 0)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_what_was_saved_in_any_language_is_recognised_column_by_column(olga, language):
    company = make_company(
        olga.workspace, about="Bakery", plan="Growth", price="€290", seats=3, seats_bought=5
    )
    make_contact(olga.workspace, company=company, job="Baker", time_zone="Europe/London")
    with translation.override(language):
        people, companies = people_csv(Contact.objects.all()), companies_csv(Company.objects.all())
    first, second = "".join(people), "".join(companies)

    brought = bring(olga, "people.csv", first.encode(), "people")
    assert brought.columns == ["name", "email", "phone", "company", "job", "time_zone", "", ""]
    brought = bring(olga, "companies.csv", second.encode(), "companies")
    asked = ["name", "domain", "about", "customer_since", "plan", "price", "seats", "seats_bought"]
    assert brought.columns == [*asked, ""]
    assert counts(taken(olga, first)) == counts(taken(olga, second, "companies")) == (0, 0, 1, 0)
    assert first.startswith("\ufeffName,E-mail") == (language == "en")


def test_what_is_saved_has_the_days_and_hours_of_whoever_saves_it(olga):
    moment = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    company = make_company(olga.workspace)
    make_contact(olga.workspace, company=company, last_heard_at=moment)
    Contact.objects.update(created_at=moment)
    Company.objects.update(created_at=moment)
    with timezone.override("Asia/Tokyo"):
        people, companies = people_csv(Contact.objects.all()), companies_csv(Company.objects.all())

    assert "".join(people).rstrip().endswith(",2026-11-23T05:30:00+09:00,2026-11-23")
    assert "".join(companies).rstrip().endswith(",2026-11-23")


def test_a_job_that_broke_off_goes_on_where_it_was(olga, monkeypatch):
    rows = "".join(f"Person {at},p{at}@rye.example\n" for at in range(ROWS_AT_ONCE * 2 + 10))
    importing = bring(olga, "people.csv", f"Name,E-mail\n{rows}".encode(), "people")
    begin(importing, importing.columns, replaces=False, by=olga)
    importing.refresh_from_db()
    monkeypatch.setattr(take, "_take", _only_the_first(take._take))
    with pytest.raises(RuntimeError):
        take_in(importing)
    monkeypatch.undo()
    assert Contact.objects.count() == ROWS_AT_ONCE

    take_in(PeopleImport.objects.get())

    importing.refresh_from_db()
    assert importing.state == PeopleImport.State.DONE
    assert importing.added == Contact.objects.count() == ROWS_AT_ONCE * 2 + 10


def test_it_begins_once_however_often_it_is_pressed(olga):
    importing = bring(olga, "people.csv", PEOPLE.encode(), "people")

    assert begin(importing, importing.columns, replaces=False, by=olga)
    assert not begin(importing, importing.columns, replaces=False, by=olga)


def test_what_was_read_is_seen_before_anything_is_taken(olga):
    importing = bring(
        olga, "people.csv", "Имя;Почта\nАнна;anna@sever.example\nX;x\n".encode("cp1251"), "people"
    )

    seen = look_into(importing)
    assert seen.headings == ["Имя", "Почта"]
    assert importing.columns == ["name", "email"]
    assert list(seen.refused) == [3]

    read_as(importing, "cp1252", ";", "people")
    assert look_into(importing).headings != ["Имя", "Почта"]
    assert not Contact.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x00", b"\xff\xfe", b'"', b"\x89PNG\r\n\x1a\n" * 50])
def test_what_is_no_table_is_no_error(olga, content):
    importing = bring(olga, "x.csv", content, "people")

    look_into(importing)


def _only_the_first(take_batch):
    taken_batches: list[object] = []

    def take_one(importing, batch):
        if taken_batches:
            raise RuntimeError
        taken_batches.append(batch)
        take_batch(importing, batch)

    return take_one
