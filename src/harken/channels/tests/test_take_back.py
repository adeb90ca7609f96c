"""Taking back an answer before it leaves: nothing is mailed, nothing is lost, and what left stays sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.leaving import deliver as delivering
from harken.channels.leaving.take_back import take_back
from harken.channels.tasks import deliver_message
from harken.channels.tests.test_deliver import Relay
from harken.events.models import Event
from harken.files.factories import make_file
from harken.tickets.draft_errors import TakenBack
from harken.tickets.drafts import draft_of, files_of_draft
from harken.tickets.errors import LeftAlready
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Message, Words
from harken.tickets.once import send_once
from harken.tickets.withdraw import refuse_if_taken_back
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

KEY = UUID("7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d")


@pytest.fixture
def olga():
    workspace = make_workspace()
    make_channel(workspace)
    return make_agent(workspace)


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


@pytest.fixture
def relay(monkeypatch):
    relay = Relay()
    monkeypatch.setattr(delivering, "send", relay.send)
    return relay


def answer(ticket, olga, **more):
    words = Words("In the oven.", html="<b>In</b> the oven.", files=(Enclosure(make_file(ticket.workspace)),))
    more = {"undo_seconds": 10, "seen_up_to": ticket.last_position} | more
    return ticket.reply(words, by=olga, **more)


def work(message):
    verb: Any = deliver_message.func
    verb.__wrapped__(message.workspace_id, message_id=message.pk)


def pass_time(message):
    Message.objects.filter(pk=message.pk).update(leaves_at=message.leaves_at - timedelta(seconds=11))


def test_its_job_is_due_when_it_leaves(ticket, olga):
    message = answer(ticket, olga)

    job = ProcrastinateJob.objects.get(task_name="harken.channels.tasks.deliver_message")
    assert job.scheduled_at == message.leaves_at


def test_before_its_time_a_worker_sends_nothing_and_afterwards_once(ticket, olga, relay):
    message = answer(ticket, olga)
    work(message)
    early = len(relay.letters)

    pass_time(message)
    work(message)
    work(message)

    assert (early, len(relay.letters)) == (0, 1)


def test_without_the_wish_it_leaves_at_once(ticket, olga):
    assert answer(ticket, olga, undo_seconds=0).leaves_at is None


def test_taken_back_it_is_a_draft_with_all_it_had_and_nothing_is_mailed(ticket, olga, relay):
    before = ticket.standing
    preview, count = ticket.preview, ticket.message_count
    message = answer(
        ticket, olga, to=["ann@crumb.example"], cc=["bob@crumb.example"], bcc=["eve@crumb.example"]
    )

    message_id = message.pk
    draft = take_back(message, by=olga)
    message.pk = message_id
    work(message)

    ticket.refresh_from_db()
    assert (draft.text, draft.html) == ("In the oven.", "<b>In</b> the oven.")
    assert draft.recipients == {
        "to": "ann@crumb.example",
        "cc": "bob@crumb.example",
        "bcc": "eve@crumb.example",
    }
    assert len(files_of_draft(draft)) == 1
    assert relay.letters == []
    assert (ticket.standing, ticket.preview, ticket.message_count) == (before, preview, count)
    assert ticket.copied_addresses == []
    told = Event.objects.filter(ticket_id=ticket.pk).latest("id")
    assert (told.type, told.agent_id, told.data["message"]) == ("message.taken_back", olga.pk, message_id)


def test_a_second_time_it_is_too_late_and_the_draft_stays(ticket, olga):
    message = answer(ticket, olga)
    take_back(Message.objects.get(pk=message.pk), by=olga)

    with pytest.raises(LeftAlready):
        take_back(message, by=olga)
    assert draft_of(ticket, olga).text == "In the oven."


def test_what_a_worker_has_begun_is_not_taken_back(ticket, olga, relay):
    message = answer(ticket, olga)
    delivering._claim(message)

    with pytest.raises(LeftAlready):
        take_back(message, by=olga)
    assert draft_of(ticket, olga) is None


def test_what_is_being_written_meanwhile_stays_beside_it(ticket, olga):
    message = answer(ticket, olga)
    make_message(ticket, "Hurry!")
    ticket.refresh_from_db()

    draft = take_back(message, by=olga)

    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert draft.seen_up_to < ticket.last_position


def test_a_state_that_a_colleague_changed_meanwhile_stays(ticket, olga):
    message = answer(ticket, olga)
    ticket.close(by=make_agent(olga.workspace))

    take_back(message, by=olga)

    ticket.refresh_from_db()
    assert ticket.is_closed


def test_a_press_that_comes_once_more_after_it_was_taken_back_sends_nothing(ticket, olga):
    message = send_once(olga, KEY, Words("In the oven."), lambda: answer(ticket, olga))
    take_back(message, by=olga)

    with pytest.raises(TakenBack):
        refuse_if_taken_back(ticket, olga, KEY)
    refuse_if_taken_back(ticket, make_agent(olga.workspace), KEY)
