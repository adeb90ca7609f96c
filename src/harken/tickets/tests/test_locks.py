from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.events.models import Event
from harken.tickets.factories import make_ticket
from harken.tickets.locks import holder_of, release, release_over, take, take_over
from harken.tickets.models import AnswerLock, Ticket, Words

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Agent:
    return make_agent()


@pytest.fixture
def tom(olga: Agent) -> Agent:
    return make_agent(olga.workspace, "tom@fennel.example")


@pytest.fixture
def ticket(olga: Agent) -> Ticket:
    return make_ticket(olga.workspace)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What open pages are told: the kind, and the number of the ticket."""
    told: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        "harken.realtime.mention", lambda _workspace, kind, **payload: told.append((kind, payload.get("n")))
    )
    return told


def holder(ticket: Ticket) -> Agent | None:
    lock = holder_of(ticket)
    return lock.agent if lock else None


def let_pass(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    AnswerLock.objects.update(typed_at=F("typed_at") - span, taken_at=F("taken_at") - span)


def test_whoever_types_first_holds_the_answer(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)

    late = take(ticket, by=tom)

    assert late.agent == olga
    assert holder(ticket) == olga


def test_it_is_over_three_minutes_after_the_last_keystroke(olga: Agent, ticket: Ticket):
    take(ticket, by=olga)

    let_pass(179)
    still = holder(ticket)
    let_pass(2)

    assert still == olga
    assert holder(ticket) is None


def test_every_keystroke_makes_it_last(olga: Agent, ticket: Ticket):
    take(ticket, by=olga)
    let_pass(170)

    take(ticket, by=olga)
    let_pass(170)

    assert holder(ticket) == olga


def test_what_was_typed_a_while_ago_counts_from_then(olga: Agent, ticket: Ticket):
    take(ticket, by=olga, idle_seconds=20)

    let_pass(161)

    assert holder(ticket) is None


def test_a_late_word_of_an_old_keystroke_does_not_shorten_it(olga: Agent, ticket: Ticket):
    take(ticket, by=olga)

    take(ticket, by=olga, idle_seconds=170)
    let_pass(20)

    assert holder(ticket) == olga


def test_a_lock_that_is_over_is_anybodys(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)
    let_pass(181)

    lock = take(ticket, by=tom)

    assert lock.agent == tom
    assert lock.taken_from is None


def test_taking_over_is_told_and_written_down(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)

    lock = take_over(ticket, by=tom)

    assert (lock.agent, lock.taken_from) == (tom, olga)
    event = Event.objects.get(type="ticket.taken_over")
    assert (event.agent_id, event.data["was"], event.data["number"]) == (tom.pk, olga.pk, ticket.number)


def test_it_can_be_taken_back(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)
    take_over(ticket, by=tom)

    lock = take_over(ticket, by=olga)

    assert (lock.agent, lock.taken_from) == (olga, tom)


def test_keystrokes_of_the_one_it_was_taken_from_do_not_take_it_back(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)
    take_over(ticket, by=tom)

    take(ticket, by=olga)

    assert holder(ticket) == tom


def test_taking_over_what_nobody_holds_is_taking(olga: Agent, ticket: Ticket):
    lock = take_over(ticket, by=olga)

    assert lock.agent == olga
    assert not Event.objects.filter(type="ticket.taken_over").exists()


def test_sending_lets_go(olga: Agent, ticket: Ticket):
    take(ticket, by=olga)

    ticket.reply(Words("Soon."), by=olga, seen_up_to=1)

    assert holder(ticket) is None


def test_a_colleagues_answer_leaves_the_lock_where_it_is(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)

    ticket.reply(Words("Soon."), by=tom, seen_up_to=1)

    assert holder(ticket) == olga


def test_a_lock_stops_no_note(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)

    ticket.note(Words("She called."), by=tom)

    assert holder(ticket) == olga


def test_only_the_page_that_took_it_lets_go_by_closing(olga: Agent, ticket: Ticket):
    take(ticket, by=olga, tab="first")

    release(ticket, by=olga, tab="second")
    still = holder(ticket)
    release(ticket, by=olga, tab="first")

    assert still == olga
    assert holder(ticket) is None


def test_nobody_lets_go_for_a_colleague(olga: Agent, tom: Agent, ticket: Ticket):
    take(ticket, by=olga)

    release(ticket, by=tom)

    assert holder(ticket) == olga


def test_open_pages_are_told_when_it_is_taken_and_let_go_and_not_with_every_keystroke(
    olga: Agent, ticket: Ticket, said: list[tuple[str, Any]]
):
    take(ticket, by=olga)
    take(ticket, by=olga)
    take(ticket, by=olga, idle_seconds=3)
    release(ticket, by=olga)
    release(ticket, by=olga)

    assert said == [("lock.changed", ticket.number)] * 2


def test_open_pages_are_told_when_its_time_is_over(olga: Agent, ticket: Ticket, said: list[tuple[str, Any]]):
    take(ticket, by=olga)
    let_pass(181)

    release_over()
    release_over()

    assert said == [("lock.changed", ticket.number)] * 2
    assert not AnswerLock.objects.exists()
