"""The queue of arrivals and the loop that settles them."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from harken.channels.arriving import intake, queue, receive, settling
from harken.channels.arriving.settling import ReadingAhead, Settler, Turn
from harken.channels.contract import Address, Incoming
from harken.channels.email.channel import read
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import letter
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    made = make_workspace(slug="fennel")
    make_channel(made, address="help@fennel.example")
    return made


@pytest.fixture
def settler(monkeypatch):
    """A thread's work without the thread; the process that reads is shared with all tests."""
    monkeypatch.setattr(settling, "Reader", _SharedReader)
    return Settler(Turn(), threading.Event())


class _SharedReader:
    read = staticmethod(read)

    def close(self):
        """It serves the next test too."""


def stored(*texts):
    return intake.store_all([intake.Letter(letter(text), "deliver") for text in texts])


def long_ago(*arrivals):
    earlier = timezone.now() - timedelta(seconds=queue.AGAIN_AFTER_SECONDS + 1)
    Arrival.objects.filter(pk__in=[arrival.pk for arrival in arrivals]).update(claimed_at=earlier)


def test_what_waits_is_settled_in_the_order_it_came(workspace, settler):
    stored("One", "Two", "Three")

    settler.settle_all()

    assert [message.text for message in Message.objects.order_by("id")] == ["One", "Two", "Three"]
    assert not queue.waiting()


def test_letters_of_all_workspaces_and_of_none_are_settled(workspace, settler):
    other = make_workspace(slug="acme")
    make_channel(other, address="help@acme.example")
    for to in ("help@fennel.example", "help@acme.example", "nobody@elsewhere.example"):
        intake.store(letter(to=to), source="deliver")
    wall.leave()

    settler.settle_all()

    assert [_states(owner) for owner in (workspace.pk, other.pk, None)] == [["opened"], ["opened"], ["held"]]


def _states(workspace_id):
    with wall.inside(workspace_id):
        return list(Arrival.objects.values_list("state", flat=True))


def test_what_one_has_taken_another_leaves_alone(workspace):
    first, _second = stored("One", "Two")
    queue.take_this(first)

    assert [arrival.raw.read() for arrival in queue.take(workspace.pk)] == [_second.raw.read()]
    assert not queue.take(workspace.pk)


def test_of_what_was_broken_off_only_the_letter_in_hand_counts_an_attempt_and_is_taken_alone(workspace):
    _settled, in_hand, *behind = stored("One", "Two", "Three", "Four")
    taken = queue.take(workspace.pk)
    receive.settle_taken(taken[0], lambda arrival: read(arrival.raw.read()))
    long_ago(*taken)
    stored("Five")

    assert [queue.take(workspace.pk) for _ in range(2)] == [[in_hand], [*behind, Arrival.objects.last()]]
    assert [each.attempts for each in Arrival.objects.order_by("id")] == [0, 1, 0, 0, 0]


def test_a_letter_that_kills_its_worker_each_time_is_held_after_three_and_the_others_count_none(workspace):
    _first, killer, _last = stored("One", "Killer", "Three")
    for _ in range(8):
        _settle_until_killed(queue.take(workspace.pk), killer)
        long_ago(*Arrival.objects.unsettled().filter(claimed_at__isnull=False))

    assert list(Arrival.objects.order_by("id").values_list("state", "attempts")) == [
        ("opened", 0),
        ("held", 3),
        ("opened", 0),
    ]


def _settle_until_killed(taken, killer):
    for arrival in taken:
        if arrival == killer and arrival.attempts < receive.MOST_ATTEMPTS:
            return
        receive.settle_taken(arrival, lambda arrival: read(arrival.raw.read()))


def test_what_was_given_back_counts_no_attempt(workspace):
    stored("One")

    queue.give_back(queue.take(workspace.pk))

    (taken,) = queue.take(workspace.pk)
    assert taken.attempts == 0


def test_a_sleeper_that_wakes_late_changes_nothing(workspace):
    stored("One")
    (sleeping,) = queue.take(workspace.pk)
    long_ago(sleeping)
    (woken,) = queue.take(workspace.pk)
    receive.settle_taken(woken, lambda arrival: read(arrival.raw.read()))

    late = receive.settle_taken(sleeping, lambda arrival: read(arrival.raw.read()))

    assert late.state == "opened"
    assert Ticket.objects.count() == Message.objects.count() == 1


def test_a_letter_that_breaks_its_settling_is_held_after_three_and_delays_nobody(
    workspace, settler, monkeypatch
):
    stored("Poison", "Good")
    judge = receive._judge

    def stumble(arrival, incoming, checked):
        if "Poison" in incoming.text:
            raise ZeroDivisionError
        return judge(arrival, incoming, checked)

    monkeypatch.setattr(receive, "_judge", stumble)
    for _ in range(receive.MOST_ATTEMPTS + 1):
        settler.settle_all()
        long_ago(*Arrival.objects.unsettled())

    assert list(Arrival.objects.order_by("id").values_list("state", "attempts")) == [
        ("held", 3),
        ("opened", 0),
    ]


def test_trouble_of_the_machine_gives_the_rest_back(workspace, settler, monkeypatch):
    stored("One", "Two")
    monkeypatch.setattr(settling, "settle_taken", _fails_with(OperationalError))

    with pytest.raises(OperationalError):
        settler.settle_all()

    first, second = Arrival.objects.order_by("id")
    assert (first.attempts, second.attempts, second.claimed_at) == (0, 0, None)


@pytest.mark.parametrize("fault", [OSError(36, "File name too long"), OperationalError()])
def test_a_letter_that_is_always_in_trouble_while_others_go_well_is_held_in_the_end(workspace, fault):
    arrival = stored("Trouble")[0]
    pauses = []
    for _ in range(queue.MOST_TROUBLES):
        pauses.append(_pause_after_trouble(workspace, fault))
        receive.settle(stored("Another")[0])
    (taken,) = _taken_at_last(workspace)

    held = receive.settle_taken(taken, _fails_with(fault))

    assert (held.pk, held.state, held.rule) == (arrival.pk, "held", "troubled")
    assert (held.sender, held.subject) == ("ann@crumb.example", "Bread")
    assert held.reason.startswith(f"This machine could not take it in ({type(fault).__name__}), 24 times")
    assert pauses[:3] == [15, 30, 60]
    assert sum(pauses) > 4 * 3600


@pytest.mark.parametrize("others", ["fail too", "go well, with a full disk"])
def test_trouble_that_others_have_too_holds_no_letter_and_slows_none_down(workspace, others):
    stored("Trouble")
    fault = OperationalError() if others == "fail too" else OSError(28, "No space left on device")
    for _ in range(queue.MOST_TROUBLES + 3):
        assert _pause_after_trouble(workspace, fault) == queue.AGAIN_AFTER_SECONDS
        if others != "fail too":
            receive.settle(stored("Another")[0])
    (taken,) = _taken_at_last(workspace)

    assert receive.settle_taken(taken, lambda arrival: read(arrival.raw.read())).state == "opened"


def _pause_after_trouble(workspace, fault):
    """Let the letter that waits get into trouble once; the seconds after which it is tried again."""
    (taken,) = _taken_at_last(workspace)
    with pytest.raises(type(fault)):
        receive.settle_taken(taken, _fails_with(fault))
    for pause in (15, 30, 60, 120, 240, 480, 900):
        Arrival.objects.filter(pk=taken.pk).update(claimed_at=timezone.now() - timedelta(seconds=pause - 5))
        assert not queue.waiting()
        Arrival.objects.filter(pk=taken.pk).update(claimed_at=timezone.now() - timedelta(seconds=pause + 5))
        if queue.waiting():
            return pause
    raise AssertionError("it is not tried again")


def _taken_at_last(workspace):
    long_since = timezone.now() - timedelta(hours=1)
    waiting = Arrival.objects.unsettled().filter(claimed_at__isnull=False)
    waiting.update(claimed_at=long_since, troubled_at=long_since)
    return queue.take(workspace.pk)


def _fails_with(error):
    def fail(*_):
        raise error

    return fail


def test_nobody_waits_behind_a_slow_letter(workspace, settler, monkeypatch):
    stored("Slow", "Good")
    seen = []

    def slowly(raw, *, then=None, when_slow):
        if b"Slow" in raw:
            when_slow()
            seen.append((settler._turn.is_mine, [each.text for each in _settled_by_another()]))
        return read(raw)

    monkeypatch.setattr(settler._reader, "read", slowly, raising=False)
    with settler._turn:
        settler._settle_what_waits()

    assert seen == [(False, ["Good"])]
    assert set(_states(workspace.pk)) == {"opened"}


def _settled_by_another():
    other = Settler(Turn(), threading.Event())
    other.settle_all()
    return Message.objects.all()


def test_each_letter_gets_its_own_answer_when_the_next_is_read_ahead(workspace):
    arrivals = stored("One", "Two", "Three")
    asked = []

    def answer(raw, *, then, when_slow):
        asked.append((raw, then))
        return Incoming(sender=Address("ann@crumb.example"))

    rest = settling.deque(arrivals)
    reading = ReadingAhead(answer, rest)
    while rest:
        reading(rest.popleft())

    one, two, three = (arrival.raw.read() for arrival in arrivals)
    assert asked == [(one, two), (two, three), (three, None)]


@pytest.mark.django_db(transaction=True)
def test_a_letter_wakes_who_waits_for_it(workspace):
    heard = threading.Event()

    def wait():
        try:
            queue.wait(20)
            heard.set()
        finally:
            connection.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.3)
    stored("One")

    assert heard.wait(10)
    waiting.join()


@pytest.mark.django_db(transaction=True)
def test_two_who_settle_at_once_make_no_double(workspace):
    for number in range(40):
        intake.store(letter(f"Letter {number}", sender=f"ann{number}@crumb.example"), source="deliver")
    threads = [threading.Thread(target=_settle_in_a_thread) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Ticket.objects.count() == 40
    assert len(set(Ticket.objects.values_list("number", flat=True))) == 40


def _settle_in_a_thread():
    settler = Settler(Turn(), threading.Event())
    try:
        settler.settle_all()
    finally:
        settler._reader.close()
        connection.close()
