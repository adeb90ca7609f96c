"""Scheduled answers: they leave once at their time, never blind, and come back as drafts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents.factories import make_agent
from harken.events.models import Event
from harken.files.factories import make_file
from harken.tickets import schedule as scheduling
from harken.tickets.drafts import Typed, draft_of, save_draft
from harken.tickets.errors import NothingToSend, ScheduledForThePast, ScheduledTooFar, SomethingUnseen
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Draft, Enclosure, Message, Ticket, Words
from harken.tickets.schedule import cancel, let_leave, put_off, schedule, send_now
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db

KEY = UUID("7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d")


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


def planned(ticket, olga, **more):
    words = Words("Tomorrow.", html="<b>Tomorrow.</b>", files=(Enclosure(make_file(ticket.workspace)),))
    given: dict[str, Any] = {
        "at": timezone.now() + timedelta(hours=3),
        "seen_up_to": 1,
        "cc": ["bob@crumb.example"],
    } | more
    return schedule(ticket, words, by=olga, **given)


def let_time_pass(draft):
    Draft.objects.filter(pk=draft.pk).update(leaves_at=timezone.now() - timedelta(seconds=1))


def replies(ticket):
    return list(ticket.messages.filter(kind=Message.Kind.REPLY))


def test_it_leaves_once_at_its_time_with_all_it_had(ticket, olga):
    draft = planned(ticket, olga)
    let_leave(draft.pk)
    early = replies(ticket)
    let_time_pass(draft)
    let_leave(draft.pk)
    let_leave(draft.pk)

    [reply] = replies(ticket)
    assert early == []
    assert (reply.text, reply.html, reply.to, reply.cc) == (
        *("Tomorrow.", "<b>Tomorrow.</b>"),
        *(["ann@crumb.example"], ["bob@crumb.example"]),
    )
    assert reply.attachments.count() == 1
    assert not Draft.objects.exists()


def test_until_then_the_request_is_off_the_list_and_a_job_waits(ticket, olga):
    draft = planned(ticket, olga)

    job = ProcrastinateJob.objects.get(task_name="harken.tickets.tasks.leave")
    assert job.scheduled_at == draft.leaves_at
    assert (ticket.state, ticket.set_aside_until) == (Ticket.State.SET_ASIDE, draft.leaves_at)


def test_a_worker_that_dies_half_way_has_sent_nothing_and_the_next_try_sends_it(ticket, olga, monkeypatch):
    draft = planned(ticket, olga)
    let_time_pass(draft)
    with monkeypatch.context() as patch:
        patch.setattr(Draft, "delete", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            let_leave(draft.pk)
    halfway = replies(ticket)

    let_leave(draft.pk)

    assert (halfway, len(replies(ticket))) == ([], 1)


def test_when_the_customer_writes_before_it_is_held_and_its_writer_told(ticket, olga):
    draft = planned(ticket, olga)
    make_message(ticket, "It is here, thanks!")

    let_leave(draft.pk)

    kept = draft_of(ticket, olga)
    assert (kept.text, kept.why, kept.recipients["cc"]) == (
        "Tomorrow.",
        Draft.Why.UNSEEN,
        "bob@crumb.example",
    )
    assert kept.enclosures.count() == 1
    assert replies(ticket) == []
    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert Event.objects.filter(type="answer.held", about_id=kept.pk).count() == 1


def test_a_robot_holds_nothing_back(ticket, olga):
    draft = planned(ticket, olga)
    make_message(ticket, "I am away", is_automatic=True)
    let_time_pass(draft)
    let_leave(draft.pk)

    assert len(replies(ticket)) == 1


def test_a_note_that_its_writer_has_not_read_holds_it_back(ticket, olga):
    draft = planned(ticket, olga)
    ticket.note(Words("They phoned: do not send."), by=make_agent(olga.workspace))
    let_time_pass(draft)
    let_leave(draft.pk)

    assert replies(ticket) == []
    assert draft_of(ticket, olga).why == Draft.Why.UNSEEN


def test_what_is_written_meanwhile_stays_beside_what_comes_back(ticket, olga):
    draft = planned(ticket, olga)
    save_draft(ticket, olga, Typed(text="Half a thought", seen_up_to=1), version=0)

    cancel(draft, by=olga)

    assert "Half a thought" in draft_of(ticket, olga).text
    assert "Tomorrow." in draft_of(ticket, olga).text
    assert Draft.objects.count() == 1


def test_cancelled_it_is_a_draft_and_the_request_stands_as_before(ticket, olga):
    before = ticket.standing
    draft = planned(ticket, olga)
    put_off(draft, at=timezone.now() + timedelta(hours=5), by=olga)

    cancel(Draft.objects.get(pk=draft.pk), by=olga)

    ticket.refresh_from_db()
    assert ticket.standing == before
    kept = draft_of(ticket, olga)
    assert (kept.text, kept.why) == ("Tomorrow.", "")
    assert cancel(draft, by=olga) is None


def test_a_colleague_stops_it_and_its_writer_is_told_why(ticket, olga):
    draft = planned(ticket, olga)

    cancel(draft, by=make_agent(olga.workspace))

    assert draft_of(ticket, olga).why == Draft.Why.STOPPED


def test_undone_it_is_a_draft_again(ticket, olga):
    planned(ticket, olga)
    event = Event.objects.get(type="answer.scheduled")

    undo(event, by=olga)

    assert draft_of(ticket, olga).text == "Tomorrow."


def test_put_off_it_leaves_at_the_later_time_alone(ticket, olga):
    draft = planned(ticket, olga)
    let_time_pass(draft)
    put_off(draft, at=timezone.now() + timedelta(hours=5), by=olga)
    let_leave(draft.pk)

    assert replies(ticket) == []
    assert ProcrastinateJob.objects.filter(task_name="harken.tickets.tasks.leave").count() == 2


def test_it_is_sent_now_unless_something_was_not_read(ticket, olga):
    first = planned(ticket, olga)
    send_now(first)
    second = planned(ticket, olga, seen_up_to=2)
    ticket.note(Words("Wait."), by=make_agent(olga.workspace))

    with pytest.raises(SomethingUnseen):
        send_now(second)
    assert len(replies(ticket)) == 1
    assert send_now(first) is None


def test_the_same_press_twice_is_one(ticket, olga):
    assert planned(ticket, olga, key=KEY).pk == planned(ticket, olga, key=KEY).pk


@pytest.mark.parametrize(("hours", "refusal"), [(-1, ScheduledForThePast), (24 * 400, ScheduledTooFar)])
def test_a_time_that_cannot_be_meant_is_refused(ticket, olga, hours, refusal):
    with pytest.raises(refusal):
        planned(ticket, olga, at=timezone.now() + timedelta(hours=hours))
    assert not Draft.objects.exists()


def test_what_could_not_be_sent_now_is_not_scheduled_either(ticket, olga):
    make_message(ticket, "Any news?")
    with pytest.raises(SomethingUnseen):
        planned(ticket, olga)
    with pytest.raises(NothingToSend):
        schedule(ticket, Words(" "), by=olga, at=timezone.now() + timedelta(hours=1), seen_up_to=2)


def test_merged_away_it_waits_as_a_draft(ticket, olga, monkeypatch):
    draft = planned(ticket, olga)
    Ticket.objects.filter(pk=ticket.pk).update(
        state=Ticket.State.MERGED, set_aside_until=None, merged_into=make_ticket(olga.workspace)
    )
    let_time_pass(draft)

    scheduling.let_leave(draft.pk)

    assert draft_of(ticket, olga).why == Draft.Why.MERGED
