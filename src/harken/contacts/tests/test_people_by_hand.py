import pytest

from harken.agents.factories import make_agent
from harken.contacts import changing
from harken.contacts.adding import add_company, add_contact, add_note
from harken.contacts.changing import change, domain_in
from harken.contacts.errors import (
    AddressTaken,
    ChangedMeanwhile,
    DomainTaken,
    NameMissing,
    NoAddress,
    NoDomain,
    NoteIsEmpty,
)
from harken.contacts.factories import make_company, make_contact
from harken.contacts.identifying import add_identity, prefer_identity, remove_identity, verify_identity
from harken.contacts.planning import change_plan, seats_by_month
from harken.contacts.recognise import recognise
from harken.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def ann(olga):
    return make_contact(olga.workspace)


def test_one_person_is_reached_by_mail_and_phone(olga):
    ann = add_contact(
        olga.workspace, by=olga, name="Ann", reached_at=["Ann@Crumb.example", "+44 113 000 0000"]
    )

    assert (ann.email, ann.phone) == ("ann@crumb.example", "+44 113 000 0000")
    assert set(ann.identities.values_list("address", flat=True)) == {"ann@crumb.example", "+441130000000"}


@pytest.mark.parametrize(
    "text", ["", "  ", "ann@", "@crumb.example", "hello", "\u200f\u200e", "12", "<script>"]
)
def test_nonsense_is_no_address(olga, ann, text):
    with pytest.raises(NoAddress):
        add_identity(ann, text, by=olga)


def test_an_address_leads_to_one_person_alone(olga, ann):
    dan = make_contact(olga.workspace, "dan@crumb.example", "Dan")

    with pytest.raises(AddressTaken) as refused:
        add_identity(dan, "ANN@crumb.example", by=olga)

    assert refused.value.contact == ann
    assert "Ann Baker" in str(refused.value)


def test_an_address_given_twice_is_there_once(olga, ann):
    first, second = (add_identity(ann, "00441130000000", by=olga) for _time in range(2))

    assert first == second
    assert first.address == "+441130000000"


def test_a_removed_address_brings_a_newcomer(olga, ann):
    remove_identity(ann.identities.get(), by=olga)

    assert recognise(olga.workspace, "ann@crumb.example").contact != ann


def test_the_preferred_address_is_used_first(olga, ann):
    other = add_identity(ann, "ann@home.example", by=olga)

    prefer_identity(other, by=olga)

    assert ann.email == "ann@home.example"


def test_who_verified_an_address_is_recorded(olga, ann):
    verify_identity(ann.identities.get(), by=olga)

    assert ann.identities.get().is_verified
    assert Event.objects.get(type="identity.verified").agent_id == olga.pk


def test_somebody_without_name_and_address_is_nobody(olga, ann):
    with pytest.raises(NameMissing):
        add_contact(olga.workspace, by=olga)
    with pytest.raises(NameMissing):
        add_company(olga.workspace, by=olga, name="")
    ann.identities.all().delete()
    with pytest.raises(NameMissing):
        change(ann, {"name": ""}, by=olga)


def test_the_second_of_two_who_save_is_told(olga, ann):
    change(ann, {"job": "Baker"}, by=olga, seen=0)

    with pytest.raises(ChangedMeanwhile) as refused:
        change(ann, {"job": "Driver"}, by=olga, seen=0)

    assert refused.value.row.job == "Baker"


def test_saving_what_stands_there_changes_nothing(olga, ann):
    assert not change(ann, {"name": "Ann Baker"}, by=olga)
    assert ann.revision == 0


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("https://www.Crumb.example/about", "crumb.example"),
        ("ann@crumb.example", "crumb.example"),
        ("пекарня.example", "пекарня.example"),
        ("", ""),
    ],
)
def test_a_domain_is_found_in_what_people_type(typed, domain):
    assert domain_in(typed) == domain


@pytest.mark.parametrize(
    "typed", ["gmail.com", "crumb", "a b.example", "x" * 400 + ".example", "<b>.example"]
)
def test_a_domain_that_names_no_company_is_refused(typed):
    with pytest.raises(NoDomain):
        domain_in(typed)


def test_a_domain_leads_to_one_company_alone(olga):
    crumb = make_company(olga.workspace)
    rye = make_company(olga.workspace, "Rye", "rye.example")

    with pytest.raises(DomainTaken):
        change(rye, {"domain": crumb.domain}, by=olga)
    with pytest.raises(DomainTaken):
        add_company(olga.workspace, by=olga, name="Crumb again", domain=crumb.domain)


def test_a_domain_that_was_given_away_at_the_same_moment_is_taken(olga, monkeypatch):
    rye = make_company(olga.workspace, "Rye", "rye.example")
    check, looks = changing._check, iter(["the first look"])

    def overtaken(company):
        check(company)
        if next(looks, ""):
            make_company(olga.workspace)

    monkeypatch.setattr(changing, "_check", overtaken)

    with pytest.raises(DomainTaken):
        change(rye, {"domain": "crumb.example"}, by=olga)


def test_a_note_needs_words(olga, ann):
    with pytest.raises(NoteIsEmpty):
        add_note(ann, " \n ", by=olga)


def test_plan_and_seats_have_a_history(olga):
    crumb = make_company(olga.workspace)

    change_plan(crumb, {"plan": "Growth", "seats": 12}, by=olga)
    change_plan(crumb, {"seats": 14}, by=olga)

    assert not change_plan(crumb, {"seats": 14}, by=olga)
    told = crumb.plan_changes.in_order().values_list("plan", "seats_before", "seats")
    assert list(told) == [("Growth", None, 12), ("Growth", 12, 14)]
    assert [each.seats for each in seats_by_month(crumb)] == [14]
