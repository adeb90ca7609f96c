"""By API: taking back, sending later, forwarding."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.api.tests.conftest import Caller
from harken.channels.factories import make_channel
from harken.files.factories import make_file
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Draft, Ticket, Words
from harken.tickets.schedule import schedule


@pytest.fixture
def ticket(olga: Caller) -> Ticket:
    make_channel(olga.workspace)
    return make_ticket(olga.workspace, text="Where is my bread?")


def write(olga, ticket, **new):
    return olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1} | new
    )


def in_hours(hours):
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def test_an_answer_leaves_at_once_unless_it_asks_for_time(olga, ticket):
    message = write(olga, ticket).json()

    answer = olga.post(f"/tickets/{ticket.number}/messages/{message['id']}/take-back", {})

    assert answer.status_code == 422
    assert "has left already" in str(answer.json())


def test_it_is_taken_back_into_the_draft_in_its_time(olga, ticket):
    message = write(olga, ticket, undo_seconds=10, bcc=["boss@crumb.example"]).json()

    back = olga.post(f"/tickets/{ticket.number}/messages/{message['id']}/take-back", {})

    assert back.status_code == 200
    assert (back.json()["text"], back.json()["recipients"]["bcc"]) == ("Tomorrow.", "boss@crumb.example")
    assert len(olga.get(f"/tickets/{ticket.number}/messages").json()["results"]) == 1


def test_it_is_scheduled_shown_put_off_and_sent(olga, ticket):
    planned = write(olga, ticket, leaves_at=in_hours(3), cc=["bob@crumb.example"])
    place = f"/tickets/{ticket.number}/scheduled"
    listed = olga.get(place).json()
    later = in_hours(5)
    changed = olga.patch(f"{place}/{planned.json()['id']}", {"leaves_at": later})
    sent = olga.post(f"{place}/{planned.json()['id']}/send", {})

    assert planned.status_code == 202
    assert [(each["text"], each["to"], each["cc"]) for each in listed] == [
        ("Tomorrow.", ["ann@crumb.example"], ["bob@crumb.example"])
    ]
    assert changed.json()["leaves_at"][:16] == later[:16]
    assert (sent.status_code, sent.json()["text"]) == (201, "Tomorrow.")
    assert olga.get(place).json() == []


def test_what_is_scheduled_is_stopped_and_a_draft_again(olga, ticket):
    planned = write(olga, ticket, leaves_at=in_hours(3)).json()

    answer = olga._send("delete", f"/tickets/{ticket.number}/scheduled/{planned['id']}")

    assert answer.status_code == 204
    assert draft_of(ticket, olga.agent).text == "Tomorrow."


def test_nothing_scheduled_is_sent_blind(olga, ticket):
    planned = write(olga, ticket, leaves_at=in_hours(3)).json()
    ticket.note(Words("Wait."), by=make_agent(olga.workspace))

    answer = olga.post(f"/tickets/{ticket.number}/scheduled/{planned['id']}/send", {})

    assert answer.status_code == 409
    assert [each["text"] for each in answer.json()["messages"]] == ["Wait."]


@pytest.mark.parametrize(
    "new",
    [
        {"leaves_at": "2020-01-01T09:00:00Z"},
        {"leaves_at": "2999-01-01T09:00:00Z"},
        {"leaves_at": "2030-01-01T09:00:00"},
        {"undo_seconds": 31},
        {"kind": "note", "undo_seconds": 10},
        {"kind": "note", "leaves_at": "2030-01-01T09:00:00Z"},
        {"forwards": [1]},
        {"kind": "forward"},
        {"kind": "forward", "to": ["baker@mill.example"], "forwards": [0]},
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_sent(olga, ticket, new):
    assert write(olga, ticket, **new).status_code == 422
    assert ticket.messages.count() == 1
    assert not Draft.objects.exists()


def test_a_message_is_forwarded_with_its_head_and_files(olga, ticket):
    message = make_message(ticket, "See the picture.")
    message.attachments.create(workspace=olga.workspace, file=make_file(olga.workspace))

    answer = write(
        olga,
        ticket,
        kind="forward",
        text="Can you help?",
        to=["baker@mill.example"],
        forwards=[message.pk],
        seen_up_to=2,
    )

    told = answer.json()
    assert (answer.status_code, told["kind"], told["to"]) == (201, "forward", ["baker@mill.example"])
    assert told["text"].startswith("Can you help?")
    assert "See the picture." in told["text"]
    assert len(told["attachments"]) == 1


def test_a_note_is_not_forwarded(olga, ticket):
    note = ticket.note(Words("She is difficult."), by=olga.agent)

    answer = write(olga, ticket, kind="forward", to=["baker@mill.example"], forwards=[note.pk])

    assert answer.status_code == 422


def test_a_colleagues_is_theirs_and_can_only_be_stopped(olga, ticket):
    kim = make_agent(olga.workspace)
    at = timezone.now() + timedelta(hours=3)
    draft = schedule(ticket, Words("Mine."), by=kim, at=at, seen_up_to=1)
    assert draft
    place = f"/tickets/{ticket.number}/scheduled/{draft.pk}"

    assert olga.post(f"{place}/send", {}).status_code == 404
    assert olga.patch(place, {"leaves_at": in_hours(9)}).status_code == 404
    assert olga._send("delete", place).status_code == 204
