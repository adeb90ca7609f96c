"""A workspace's own fields in files of people and companies."""

import pytest

from harken.agents.factories import make_agent
from harken.contacts.exporting import companies_csv, people_csv
from harken.contacts.factories import make_company, make_contact
from harken.contacts.importing.begin import begin, bring, look_into
from harken.contacts.importing.take import take_in
from harken.contacts.models import Company, Contact
from harken.fields import listing
from harken.fields.answers import fields_about
from harken.fields.defining import change_field, with_options
from harken.fields.factories import make_field

pytestmark = pytest.mark.django_db

EVERY_KIND = {
    "text": "=HYPERLINK(1)",
    "long_text": "two\nlines; “and” a 'quote'",
    "number": -0.00001,
    "date": "1990-05-01",
    "yes_no": False,
    "one_of": "gold",
    "several_of": ["rye", "spelt_oats"],
}


@pytest.fixture
def olga():
    return make_agent()


def taken(agent, text, what="people", *, replaces=False):
    importing = bring(agent, "people.csv", text.encode(), what)
    begin(importing, importing.columns, replaces=replaces, by=agent)
    importing.refresh_from_db()
    take_in(importing)
    return importing


def counts(importing):
    return importing.added, importing.changed, importing.unchanged, importing.refused


def ask_every_kind(agent, about):
    options = {"one_of": ["Gold", "-Silver"], "several_of": ["Rye", "Spelt; oats"]}
    for kind in EVERY_KIND:
        make_field(agent, f"Kind {kind}", about=about, kind=kind, options=options.get(kind, ()))
    return {f"kind_{kind}": value for kind, value in EVERY_KIND.items()}


@pytest.mark.parametrize("about", ["contact", "company"])
def test_what_was_answered_comes_back_as_it_went(olga, about):
    answers = ask_every_kind(olga, about)
    company = make_company(olga.workspace, fields=answers)
    make_contact(olga.workspace, company=company, fields=answers)
    fields = fields_about(olga.workspace, about)
    model, what = (Contact, "people") if about == "contact" else (Company, "companies")
    write = people_csv if about == "contact" else companies_csv
    saved = "".join(write(model.objects.all(), fields))

    assert counts(taken(olga, saved, what)) == (0, 0, 1, 0)
    model.objects.update(fields={})
    assert counts(taken(olga, saved, what)) == (0, 1, 0, 0)
    assert model.objects.get().fields == answers
    assert "".join(write(model.objects.all(), fields)) == saved


def test_each_row_whose_answer_does_not_fit_says_why_and_leaves_nothing(olga):
    make_field(olga, "Birthday", about="contact", kind="date")
    make_field(olga, "Level", about="contact", kind="one_of", options=["Gold"])
    make_field(olga, "Seats", about="contact", kind="number")
    text = (
        "Name,E-mail,Company,Birthday,Level,Seats\n"
        "Ann,ann@crumb.example,Crumb,1990-05-01,gold,12\n"
        "Bob,bob@crumb.example,Rye,31.31.1990,,\n"
        "Cid,cid@crumb.example,Oat,,Tin,\n"
        f"Dan,dan@crumb.example,Bran,,,{'9' * 10_000}\n"
        "Eve,eve@crumb.example,Malt,\u200f, ,\u200e\n"
    )

    importing = taken(olga, text)

    assert counts(importing) == (1, 0, 0, 4)
    why = [problem[1] for problem in importing.problems]
    assert [line for line, _why, _words in importing.problems] == [3, 4, 5, 6]
    assert why[0].startswith("Birthday: “31.31.1990” is no day")
    assert why[1].startswith("Level: there is no “Tin”")
    assert why[2].startswith("Seats: “999")
    assert list(Company.objects.values_list("name", flat=True)) == ["Crumb"]
    assert Contact.objects.get().fields == {"birthday": "1990-05-01", "level": "gold", "seats": 12}


def test_gaps_are_filled_and_answers_replaced_only_where_asked(olga):
    make_field(olga, "Region", about="contact")
    make_field(olga, "Level", about="contact")
    make_contact(olga.workspace, fields={"region": "North", "elsewhere": "kept"})
    text = "E-mail,Region,Level\nann@crumb.example,South,Gold\n"

    taken(olga, text)
    assert Contact.objects.get().fields == {"region": "North", "elsewhere": "kept", "level": "Gold"}

    taken(olga, text, replaces=True)
    assert Contact.objects.get().fields["region"] == "South"


def test_an_option_that_is_gone_stays_where_it_stands_and_goes_nowhere_else(olga):
    level = make_field(olga, "Level", about="contact", kind="one_of", options=["Gold", "Tin"])
    make_contact(olga.workspace, "ann@gmail.com", "Ann", fields={"level": "tin"})
    change_field(level, name="Level", options=with_options(level.options, [], names={"tin": ""}), by=olga)
    text = "Name,E-mail,Company,Level\nAnn,ann@gmail.com,,Tin\nBob,bob@rye.example,Rye,Tin\n"

    importing = taken(olga, text, replaces=True)

    assert counts(importing) == (0, 0, 1, 1)
    assert importing.problems == [[3, "Level: “Tin” cannot be chosen any more.", "Bob"]]
    assert not Company.objects.filter(name="Rye").exists()


def test_a_field_called_like_one_of_ours_is_another_column(olga):
    make_field(olga, "Plan", about="company")
    text = "Name,Plan,Plan\nCrumb,Growth,by heart\n"

    taken(olga, text, "companies")

    crumb = Company.objects.get()
    assert (crumb.plan, crumb.fields) == ("Growth", {"plan": "by heart"})


def test_a_field_that_went_into_the_archive_meanwhile_loses_no_answer(olga):
    region = make_field(olga, "=Region", about="contact")
    importing = bring(olga, "people.csv", b"Name,'=Region\nAnn,North\n", "people")
    assert importing.columns == ["name", "own_region"]
    assert look_into(importing).refused == {}
    begin(importing, importing.columns, replaces=False, by=olga)
    listing.archive(region, by=olga)

    importing.refresh_from_db()
    take_in(importing)

    assert Contact.objects.get().fields == {"region": "North"}
