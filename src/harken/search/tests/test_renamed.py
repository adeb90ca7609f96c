"""Whoever gets another name, address or company is found by it in all that was said, without a new index."""

from inspect import unwrap

import pytest

from harken.agents.models import Agent
from harken.contacts.changing import change
from harken.contacts.identifying import add_identity, remove_identity
from harken.contacts.importing.begin import begin, bring
from harken.contacts.importing.take import take_in
from harken.contacts.merging import merge, take_back
from harken.contacts.models import Contact, Identity, PeopleImport
from harken.contacts.recognise import recognise
from harken.search import keep, tasks
from harken.search.models import Pending, Renewal
from harken.search.tests.asking import found_by, index
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Tag, TicketTag, Words
from harken.tickets.requester import change_requester
from harken.tickets.talks import ask_colleagues
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(olga) -> Contact:
    ticket = make_ticket(olga.workspace, "ann@crumb.example", subject="Oven")
    index(olga)
    return ticket.requester


def name_anew(olga: Agent, name: str = "Zuzana Pekárková") -> None:
    olga.describe(name=name, signature="Yours", language="en", theme="dark")


def test_a_new_name_finds_what_was_said_before(olga, ann):
    change(ann, {"name": "Zuzana Pekárková"}, by=olga)
    index(olga)

    assert found_by(olga, "pekarkova") == found_by(olga, "from:zuzana") == ["Oven"]
    assert not Renewal.objects.exists()


def test_a_new_job_gives_the_index_nothing_to_do(olga, ann):
    change(ann, {"job": "Baker"}, by=olga)

    assert not Renewal.objects.exists()


def test_a_companys_new_name_and_domain_find_its_requests(olga, ann):
    change(ann.company, {"name": "Kolben", "domain": "kolben.example"}, by=olga)
    index(olga)

    assert found_by(olga, "company:kolben") == found_by(olga, "company:kolben.example") == ["Oven"]
    assert found_by(olga, "company:crumb.example") == []


def test_what_a_file_says_of_who_is_there_finds_what_was_said_before(olga):
    make_ticket(olga.workspace, "zuzana@gmail.com", subject="Oven")
    index(olga)
    file = "Name,E-mail,Company\nZuzana Pekárková,zuzana@gmail.com,Kolben\n"
    importing = bring(olga, "people.csv", file.encode(), "people")
    begin(importing, importing.columns, replaces=True, by=olga)

    take_in(PeopleImport.objects.get())
    index(olga)

    assert found_by(olga, "pekarkova") == found_by(olga, "company:kolben") == ["Oven"]


def test_an_address_that_comes_and_goes_finds_and_no_longer(olga, ann):
    add_identity(ann, "zuzana@second.example", by=olga)
    index(olga)

    assert found_by(olga, "zuzana@second.example") == ["Oven"]

    remove_identity(Identity.objects.get(address="zuzana@second.example"), by=olga)
    index(olga)

    assert found_by(olga, "zuzana@second.example") == []


def test_merged_people_are_found_as_one_and_taken_apart_as_two(olga, ann):
    bob = recognise(olga.workspace, "bob@rye.example", "Bohumil").contact
    change(bob, {"name": "Bohumil"}, by=olga)
    merged = merge(ann, into=bob, by=olga)
    index(olga)

    assert found_by(olga, "bohumil") == found_by(olga, "bob@rye.example") == ["Oven"]

    take_back(merged, by=olga)
    index(olga)

    assert found_by(olga, "bohumil") == []
    assert found_by(olga, "ann@crumb.example") == ["Oven"]


def test_another_requester_is_found(olga, ann):
    bob = recognise(olga.workspace, "bob@rye.example", "Bohumil")
    change_requester(ann.tickets.get(), bob, by=olga, keeps_copies=False)
    index(olga)

    assert found_by(olga, "bob@rye.example") == ["Oven"]


def test_a_colleagues_new_name_finds_what_they_wrote_wherever_they_answer(olga, ann):
    here = ann.tickets.get()
    there = make_ticket(make_workspace(), subject="Elsewhere")
    olga_there = Agent.objects.join(there.workspace, olga.user)
    wall.enter(olga.workspace_id)
    for agent, ticket in ((olga, here), (olga_there, there)):
        with wall.inside(agent.workspace_id):
            ticket.note(Words("Bakes again on Monday"), by=agent)
            index(agent)

    name_anew(olga)

    for agent, subject in ((olga, "Oven"), (olga_there, "Elsewhere")):
        with wall.inside(agent.workspace_id):
            index(agent)

            assert found_by(agent, "from:pekarkova monday") == [subject]
            assert found_by(agent, "from:petrova") == []
            assert not Renewal.objects.filter(workspace_id=agent.workspace_id).exists()


def test_a_colleague_who_asks_colleagues_is_found_by_their_new_name(olga):
    ask_colleagues(Words("Who has the key?"), by=olga)
    index(olga)

    name_anew(olga)
    index(olga)

    assert found_by(olga, "zuzana") == ["Who has the key?"]
    assert found_by(olga, "petrova") == []


def test_what_else_a_colleague_says_of_themselves_gives_the_index_nothing_to_do(olga):
    name_anew(olga, olga.name)

    assert not Renewal.objects.exists()


def test_a_tags_new_name_is_known_at_once(olga, ann):
    tag = Tag.objects.create(workspace=olga.workspace, name="bread")
    TicketTag.objects.create(workspace=olga.workspace, tag=tag, ticket=ann.tickets.get())
    Tag.objects.filter(pk=tag.pk).update(name="loaves")

    assert (found_by(olga, "tag:loaves"), found_by(olga, "tag:bread")) == (["Oven"], [])


def test_very_many_messages_are_renewed_in_batches_that_may_be_broken_off(olga, ann, monkeypatch):
    monkeypatch.setattr(keep, "BATCH", 2)
    for number in range(4):
        make_message(ann.tickets.get(), f"n{number}")
    index(olga)
    change(ann, {"name": "Zuzana"}, by=olga)

    assert keep.renew_next(olga.workspace_id)
    assert found_by(olga, "zuzana n3") == ["Oven"]
    assert found_by(olga, "zuzana n0") == []

    index(olga)

    assert found_by(olga, "zuzana n0") == ["Oven"]
    assert not keep.renew_next(olga.workspace_id)


def test_the_worker_is_sent_where_a_name_changed(olga, ann):
    change(ann, {"name": "Zuzana"}, by=olga)
    Pending.objects.all().delete()

    assert keep.waiting_workspaces() == [olga.workspace_id]

    unwrap(tasks.index_words.func)(olga.workspace_id)

    assert found_by(olga, "zuzana") == ["Oven"]


def test_an_index_built_anew_needs_no_renewal(olga, ann):
    change(ann, {"name": "Zuzana"}, by=olga)
    keep.begin_filling(olga.workspace_id)

    assert not Renewal.objects.exists()


def test_a_stranger_renews_nothing(olga, ann):
    before = wall.current()

    assert not keep.renew_next(olga.workspace_id + 1)
    assert wall.current() == before
