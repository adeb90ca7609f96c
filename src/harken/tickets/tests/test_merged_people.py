import pytest

from harken.agents.factories import make_agent
from harken.contacts.changing import change
from harken.contacts.factories import make_company
from harken.contacts.merging import merge, take_back
from harken.contacts.models import Contact, Identity, Merge
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merged_people import gather_stragglers
from harken.tickets.models import Message, Participant, Ticket, Words

pytestmark = pytest.mark.django_db

HOME, WORK = "ann@gmail.com", "ann@crumb.example"


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def home(olga):
    return make_ticket(olga.workspace, HOME, subject="From home")


@pytest.fixture
def work(olga):
    return make_ticket(olga.workspace, WORK, subject="From work", name="Ann at work")


def state_of_everything():
    """Who has what, whatever else the rows say."""
    return {
        "identities": dict(Identity.objects.values_list("address", "contact")),
        "tickets": dict(Ticket.objects.values_list("number", "requester")),
        "messages": dict(Message.objects.values_list("pk", "author_contact")),
        "participants": dict(Participant.objects.values_list("pk", "contact")),
        "people": dict(Contact.objects.values_list("pk", "name")),
    }


def test_everything_of_both_lies_at_one(olga, home, work):
    merge(home.requester, into=work.requester, by=olga)

    assert {ticket.requester for ticket in Ticket.objects.all()} == {work.requester}
    assert set(work.requester.identities.values_list("address", flat=True)) == {HOME, WORK}
    assert set(Participant.objects.values_list("contact", flat=True)) == {work.requester_id}
    assert set(Message.objects.values_list("author_contact", flat=True)) == {work.requester_id}


def test_taking_it_back_brings_back_exactly_what_was_moved(olga, home, work):
    before = state_of_everything()

    take_back(merge(home.requester, into=work.requester, by=olga), by=olga)

    assert state_of_everything() == before


def test_what_came_since_stays_where_it_is(olga, home, work):
    made = merge(home.requester, into=work.requester, by=olga)
    since = make_ticket(olga.workspace, HOME, subject="Since")

    take_back(made, by=olga)

    since.refresh_from_db()
    assert since.requester == work.requester
    home.refresh_from_db()
    assert home.requester_id == made.contact_id


def test_an_answer_still_goes_where_they_wrote_from_last(olga, home, work):
    merge(home.requester, into=work.requester, by=olga)
    home.refresh_from_db()

    reply = home.reply(Words("Soon."), by=olga, seen_up_to=1)

    assert reply.to == [HOME]
    assert home.requester.email == WORK


def test_a_letter_that_was_on_its_way_is_gathered_later(olga, home, work):
    made = merge(home.requester, into=work.requester, by=olga)
    late = make_ticket(olga.workspace, "late@crumb.example")
    Ticket.objects.filter(pk=late.pk).update(requester=made.contact)

    gather_stragglers(made.pk)
    gather_stragglers(made.pk)

    late.refresh_from_db()
    assert late.requester == work.requester
    assert Merge.objects.get(pk=made.pk).moved["tickets"].count(late.pk) == 1


def test_a_chain_of_merges_is_taken_apart_in_any_order(olga, home, work):
    third = make_ticket(olga.workspace, "ann@shop.example")
    before = state_of_everything()
    first = merge(home.requester, into=work.requester, by=olga)
    second = merge(work.requester, into=third.requester, by=olga)

    take_back(first, by=olga)
    take_back(second, by=olga)

    assert state_of_everything() == before


def test_requests_of_nobodys_company_become_their_companys(olga, home):
    asked_for_another = make_message(home).ticket
    crumb, rye = (
        make_company(olga.workspace, domain="pan.example"),
        make_company(olga.workspace, "Rye", "rye.example"),
    )

    change(home.requester, {"company": crumb}, by=olga)
    change(home.requester, {"company": rye}, by=olga)

    asked_for_another.refresh_from_db()
    assert asked_for_another.company == crumb
