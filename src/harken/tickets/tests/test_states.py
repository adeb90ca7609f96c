"""Whose turn it is: every state, every way into it and out of it, and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents.factories import make_agent
from harken.events.models import Event
from harken.tickets.errors import (
    ChangedSince,
    NothingToUndo,
    TicketIsMerged,
    TicketIsSpam,
    TimeIsOver,
    TooFarAway,
)
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Ticket, Words
from harken.tickets.states import State
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db

VERBS = {
    "close": lambda ticket, by: ticket.close(by=by),
    "close without success": lambda ticket, by: ticket.close(by=by, state=State.CLOSED_UNSUCCESSFULLY),
    "wait": lambda ticket, by: ticket.wait(by=by),
    "set aside": lambda ticket, by: ticket.set_aside(by=by, until=timezone.now() + timedelta(hours=1)),
    "set aside until they write": lambda ticket, by: ticket.set_aside(by=by),
    "accept": lambda ticket, by: ticket.accept(by=by),
    "call spam": lambda ticket, by: ticket.call_spam(by=by),
    "assign": lambda ticket, by: ticket.assign_to(by, by=by),
}


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def pass_until(ticket, until):
    """Let the time come by moving what is remembered of it."""
    Ticket.objects.filter(pk=ticket.pk).update(set_aside_until=until)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_be_taken_back_to_exactly_what_was(ticket, olga, verb):
    before = ticket.standing
    event = VERBS[verb](ticket, olga)
    after = fresh(ticket).standing

    undo(event, by=olga)

    assert after != before
    assert fresh(ticket).standing == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_second_try_changes_nothing_and_tells_nobody(ticket, olga, verb, monkeypatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    VERBS[verb](ticket, olga)
    before, events = ticket.standing, Event.objects.count()

    second = VERBS[verb](fresh(ticket), olga)

    assert second is None
    assert (fresh(ticket).standing, Event.objects.count()) == (before, events)


def test_what_was_undone_is_not_undone_again_and_can_be_done_again(ticket, olga):
    event = ticket.close(by=olga)
    undone = undo(event, by=olga)

    with pytest.raises(ChangedSince):
        undo(event, by=olga)
    undo(undone, by=olga)

    assert fresh(ticket).state == State.CLOSED


def test_undo_leaves_alone_what_somebody_changed_meanwhile(ticket, olga):
    event = ticket.close(by=olga)
    make_message(ticket, "And one thing more!")

    with pytest.raises(ChangedSince):
        undo(event, by=olga)

    assert fresh(ticket).is_our_turn


def test_undo_of_one_change_keeps_another(ticket, olga):
    event = ticket.close(by=olga)
    fresh(ticket).assign_to(olga, by=olga)

    undo(event, by=olga)

    assert (fresh(ticket).state, fresh(ticket).assignee) == (State.OPEN, olga)


def test_there_is_no_way_back_on_a_ticket_that_is_gone(ticket, olga):
    event = ticket.assign_to(olga, by=olga)
    ticket.messages.all().delete()
    ticket.delete()

    with pytest.raises(NothingToUndo):
        undo(event, by=olga)


def test_there_is_no_way_back_from_a_message(ticket, olga):
    ticket.note(Words("She called."), by=olga)

    with pytest.raises(NothingToUndo):
        undo(Event.objects.latest("pk"), by=olga)


def test_what_is_set_aside_comes_back_when_its_time_has_come_and_not_before(ticket, olga):
    ticket.set_aside(by=olga, until=timezone.now() + timedelta(hours=1))

    too_early = fresh(ticket).come_back()
    pass_until(ticket, timezone.now() - timedelta(seconds=1))
    returned = fresh(ticket).come_back()

    assert too_early is None
    assert returned.type == "ticket.returned"
    assert fresh(ticket).is_our_turn
    assert fresh(ticket).set_aside_until is None
    assert fresh(ticket).come_back() is None


def test_a_job_is_due_at_that_very_moment(ticket, olga):
    until = timezone.now() + timedelta(hours=1)

    ticket.set_aside(by=olga, until=until)

    job = ProcrastinateJob.objects.get(task_name="harken.tickets.tasks.come_back")
    assert job.scheduled_at == until
    assert job.args == {"workspace_id": ticket.workspace_id, "ticket_id": ticket.pk}


def test_undoing_a_return_plans_the_next_one_again(ticket, olga):
    ticket.set_aside(by=olga, until=timezone.now() + timedelta(hours=1))
    event = fresh(ticket).reopen(by=olga)

    undo(event, by=olga)

    jobs = ProcrastinateJob.objects.filter(task_name="harken.tickets.tasks.come_back")
    assert fresh(ticket).state == State.SET_ASIDE
    assert jobs.count() == 2


def test_the_job_of_an_earlier_plan_finds_nothing_to_do(ticket, olga):
    ticket.set_aside(by=olga, until=timezone.now() + timedelta(hours=1))
    fresh(ticket).set_aside(by=olga, until=timezone.now() + timedelta(days=1))

    assert fresh(ticket).come_back() is None
    assert fresh(ticket).state == State.SET_ASIDE


@pytest.mark.parametrize(
    ("away", "refusal"), [(timedelta(seconds=-1), TimeIsOver), (timedelta(days=366 * 6), TooFarAway)]
)
def test_a_moment_that_makes_no_sense_is_refused(ticket, olga, away, refusal):
    with pytest.raises(refusal):
        ticket.set_aside(by=olga, until=timezone.now() + away)

    assert fresh(ticket).is_our_turn


@pytest.mark.parametrize(
    "verb", ["close", "close without success", "set aside", "set aside until they write"]
)
def test_the_customers_words_put_it_back_on_the_list(ticket, olga, verb):
    VERBS[verb](ticket, olga)

    make_message(fresh(ticket), "Hello?")

    assert fresh(ticket).is_our_turn
    assert (fresh(ticket).closed_at, fresh(ticket).set_aside_until) == (None, None)
    assert Event.objects.latest("pk").type in {"ticket.reopened", "ticket.returned"}


@pytest.mark.parametrize("verb", ["close", "set aside", "accept"])
def test_a_robots_answer_puts_nothing_back(ticket, olga, verb):
    VERBS[verb](ticket, olga)
    before = fresh(ticket).standing

    make_message(fresh(ticket), "I am away.", is_automatic=True)

    assert fresh(ticket).standing == before


def test_what_is_handed_on_stays_so_while_questions_go_back_and_forth(ticket, olga):
    ticket.accept(by=olga)
    make_message(fresh(ticket), "How long will it take?")
    asked = fresh(ticket)

    fresh(ticket).reply(Words("Till Friday."), by=olga, seen_up_to=2)

    assert asked.is_our_turn
    assert fresh(ticket).state == State.ACCEPTED
    assert fresh(ticket).accepted_at == asked.accepted_at


def test_closing_ends_the_work(ticket, olga):
    ticket.accept(by=olga)

    fresh(ticket).close(by=olga)
    make_message(fresh(ticket), "Thank you!")
    fresh(ticket).reply(Words("With pleasure."), by=olga, seen_up_to=2)

    assert (fresh(ticket).state, fresh(ticket).accepted_at) == (State.WAITING, None)


@pytest.mark.parametrize("verb", ["close", "wait", "set aside", "accept"])
def test_spam_is_first_said_to_be_none(ticket, olga, verb):
    ticket.call_spam(by=olga)

    with pytest.raises(TicketIsSpam):
        VERBS[verb](fresh(ticket), olga)

    assert fresh(ticket).call_welcome(by=olga).type == "ticket.welcomed"
    assert fresh(ticket).is_our_turn


def test_words_on_spam_are_kept_and_wake_nobody(ticket, olga):
    ticket.call_spam(by=olga)

    make_message(fresh(ticket), "Buy now!")

    assert fresh(ticket).state == State.SPAM
    assert fresh(ticket).messages.count() == 2


@pytest.mark.parametrize("verb", VERBS)
def test_a_merged_ticket_stands_as_it_is(ticket, olga, verb):
    Ticket.objects.filter(pk=ticket.pk).update(state=State.MERGED)

    with pytest.raises(TicketIsMerged):
        VERBS[verb](fresh(ticket), olga)
