import pytest
from django.db import connection, transaction

from harken.events import record as recording
from harken.events.models import Event
from harken.events.record import record, subscribe
from harken.events.replay import missed
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_subscribers(monkeypatch):
    monkeypatch.setattr(recording, "_subscribers", recording.defaultdict(list))


def test_an_event_says_what_happened_to_what_and_when():
    workspace = make_workspace()

    event = record("workspace.renamed", workspace, name="Fennel")

    kept = Event.objects.get(pk=event.pk)
    assert (kept.type, kept.about_type, kept.about_id) == ("workspace.renamed", "workspace", workspace.pk)
    assert kept.data == {"name": "Fennel"}
    assert kept.at == event.at
    assert kept.transaction_id == event.transaction_id


def test_subscribers_are_called_in_the_callers_transaction_and_undone_with_it():
    workspace = make_workspace()

    def notice(event: Event) -> None:
        record("workspace.noticed", event.about)

    subscribe("workspace.renamed", notice)

    with transaction.atomic():
        record("workspace.renamed", workspace)
        assert Event.objects.count() == 2
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_a_subscriber_that_fails_takes_the_event_with_it():
    workspace = make_workspace()

    def fail(event):
        raise ZeroDivisionError

    subscribe("workspace.renamed", fail)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("workspace.renamed", workspace)

    assert not Event.objects.exists()


def test_subscribing_twice_calls_once():
    workspace = make_workspace()
    heard: list[Event] = []
    subscribe("workspace.renamed", heard.append)
    subscribe("workspace.renamed", heard.append)

    record("workspace.renamed", workspace)

    assert len(heard) == 1


def test_a_page_that_was_away_gets_what_it_missed_and_nothing_of_others():
    ours, theirs = make_workspace(), make_workspace()
    record("workspace.renamed", theirs)
    wall.enter(ours.pk)
    since = _cursor()
    event = record("workspace.renamed", ours)

    announcements = missed([ours.pk], since)

    assert [each["e"] for each in announcements] == [event.pk]
    assert announcements[0]["c"] == since


def test_a_page_that_was_away_too_long_reloads(monkeypatch):
    workspace = make_workspace()
    monkeypatch.setattr("harken.events.replay.MOST_MISSED", 1)
    since = _cursor()
    for _ in range(2):
        record("workspace.renamed", workspace)

    assert missed([workspace.pk], since) is None


@pytest.mark.parametrize("cursor", ["", "x", "-1", "99999999999999999"])
def test_a_cursor_that_is_not_of_this_database_reloads(cursor):
    assert missed([make_workspace().pk], cursor) is None


def _cursor():
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return sql.fetchone()[0]
