"""The index follows what is said, after whatever stop."""

from inspect import unwrap

import pytest
from django.db import connection

from harken.agents.models import Agent
from harken.contacts.recognise import recognise
from harken.search import keep, tasks, vocabulary
from harken.search.find import find
from harken.search.models import Document, Filling, Pending, Word
from harken.search.tests.asking import found_by, index
from harken.search.vitals import index_figures, index_findings, index_warnings
from harken.tickets import past
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Message, Words
from harken.tickets.move import move, split
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


def test_nothing_is_indexed_in_the_transaction_of_a_message(olga: Agent):
    make_ticket(olga.workspace)

    assert not Document.objects.exists()
    assert Pending.objects.count() == 1


def test_a_message_noted_twice_is_one_row(olga):
    make_ticket(olga.workspace)
    index(olga)
    keep.note(olga.workspace_id, [Message.objects.get().pk] * 3)

    index(olga)

    assert Document.objects.count() == 1
    assert not Pending.objects.exists()


def test_a_moved_message_is_found_where_it_lies(olga):
    ticket = make_ticket(olga.workspace, subject="Bread")
    strayed = make_message(ticket, "The oven smokes")
    other = make_ticket(olga.workspace, "bob@rye.example", subject="Oven")
    index(olga)

    move(strayed, to=other, by=olga)
    index(olga)

    (hit,) = find(olga, "smokes").hits
    assert hit.message.ticket_id == other.pk
    assert found_by(olga, "bread smokes") == []


def test_a_message_split_off_is_found_in_its_own_request(olga):
    ticket = make_ticket(olga.workspace)
    strayed = make_message(ticket, "The oven smokes")
    index(olga)

    split(strayed, by=olga, subject="Smoke")
    index(olga)

    assert found_by(olga, "smokes") == ["Smoke"]


def test_what_was_imported_is_found(olga):
    ann = recognise(olga.workspace, "ann@crumb.example", "Ann")
    said = past.Said(Words("An oven of long ago"), at=olga.workspace.created_at, author=ann)
    first = past.put_down(ann, "Past", said, channel_id=None, is_open=False)
    past.add_to(
        first.ticket, past.Said(Words("It smokes"), at=olga.workspace.created_at, author=ann), is_open=False
    )

    index(olga)

    assert found_by(olga, "oven") == found_by(olga, "smokes") == ["Past"]


def test_a_deleted_message_is_gone_from_the_index(olga):
    ticket = make_ticket(olga.workspace)
    index(olga)

    Message.objects.filter(ticket=ticket).delete()

    assert not Document.objects.exists()


def test_a_batch_broken_off_is_done_again_whole(olga, monkeypatch):
    for number in range(5):
        make_ticket(olga.workspace, subject=f"{number}")
    with monkeypatch.context() as patch:
        patch.setattr(vocabulary, "learn", _die)
        with pytest.raises(KeyboardInterrupt):
            keep.index_pending(olga.workspace_id)

    assert (Document.objects.count(), Pending.objects.count()) == (0, 5)

    index(olga)

    assert Document.objects.count() == 5
    assert Word.objects.get(word="bread").messages == 5


def test_filling_broken_off_goes_on_where_it_was(olga, monkeypatch):
    monkeypatch.setattr(keep, "FILLED_AT_ONCE", 2)
    for number in range(7):
        make_ticket(olga.workspace, subject=f"n{number}")
    Pending.objects.all().delete()
    keep.begin_filling(olga.workspace_id)
    keep.fill_next(olga.workspace_id)

    assert found_by(olga, "bread") == ["n6", "n5"]
    assert find(olga, "bread").behind == 5
    with monkeypatch.context() as patch:
        patch.setattr(vocabulary, "learn", _die)
        with pytest.raises(KeyboardInterrupt):
            keep.fill_next(olga.workspace_id)
    index(olga)

    assert len(found_by(olga, "bread")) == 7
    assert find(olga, "bread").behind == 0
    assert not Filling.objects.exists()


def test_building_anew_changes_nothing_and_forgets_words_that_nobody_writes(olga):
    ticket = make_ticket(olga.workspace, text="The oven smokes")
    index(olga)
    Message.objects.filter(ticket=ticket).update(text="The oven burns")

    keep.begin_filling(olga.workspace_id)
    index(olga)

    assert (found_by(olga, "burns"), found_by(olga, "smokes")) == (["Bread"], [])
    assert not Word.objects.filter(word="smokes").exists()
    assert Word.objects.get(word="oven").messages == 1


def test_the_worker_is_sent_to_every_workspace_in_which_something_waits(olga):
    make_ticket(olga.workspace)
    wall.leave()

    look = unwrap(tasks.look_for_new_words.func)
    look()
    look()

    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'workspace_id' FROM procrastinate_jobs WHERE queue_name = 'search'")
        assert cursor.fetchall() == [(str(olga.workspace_id),)]


def test_a_message_that_nobody_indexes_is_said_aloud(olga):
    make_ticket(olga.workspace)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_pending SET at = now() - interval '10 minutes'")

    assert "10 minutes behind: 1 messages" in " ".join(index_warnings())
    assert next(iter(index_figures())).value == 1
    assert find(olga, "bread").behind == 1

    index(olga)

    assert list(index_warnings()) == []
    assert [finding.state for finding in index_findings()] == ["well"]


def test_an_index_that_is_being_built_is_said_by_doctor(olga):
    make_ticket(olga.workspace)
    keep.begin_filling(olga.workspace_id)

    assert "1 messages are left" in " ".join(finding.sentence for finding in index_findings())


def _die(*_given):
    raise KeyboardInterrupt
