"""What is counted is counted exactly, however many count at once."""

import pytest
from django.db import connection

from harken.channels.models import Tally
from harken.channels.robots.limits import may_notify
from harken.tickets.tests.test_at_once import at_once
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

HANDS = 6


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_none_is_counted_twice_and_none_is_missed(workspace: Workspace):
    def hit() -> list[int]:
        return [Tally.objects.note(workspace, "letters", "ann@crumb.example", seconds=60) for _ in range(20)]

    counted = at_once(workspace, *[hit] * HANDS)

    numbers = [number for each in counted if isinstance(each, list) for number in each]
    assert sorted(numbers) == list(range(1, HANDS * 20 + 1))


def test_of_many_at_once_one_may_write_to_an_address(workspace: Workspace):
    def ask() -> bool:
        return may_notify(workspace, "victim@somebody.example", source="192.0.2.1", is_verified=False)

    assert sorted(at_once(workspace, *[ask] * HANDS), key=bool) == [False] * (HANDS - 1) + [True]


def test_another_workspace_counts_for_itself(workspace: Workspace):
    Tally.objects.note(workspace, "letters", "ann@crumb.example", seconds=60)

    other = make_workspace()

    assert Tally.objects.note(other, "letters", "ann@crumb.example", seconds=60) == 1


def test_what_was_counted_long_ago_is_forgotten(workspace: Workspace):
    for address in ("ann@crumb.example", "bob@crumb.example"):
        Tally.objects.note(workspace, "letters", address, seconds=60)
    Tally.objects.filter(whom="ann@crumb.example").update(since="2026-01-01T00:00:00Z")

    Tally.objects.forget_old()

    assert [each.whom for each in Tally.objects.all()] == ["bob@crumb.example"]


def test_the_count_survives_no_crash_and_needs_no_log(workspace: Workspace):
    with connection.cursor() as sql:
        sql.execute("SELECT relpersistence FROM pg_class WHERE relname = 'channels_tally'")

        assert sql.fetchone() == ("u",)
