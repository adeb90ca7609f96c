"""Importing: conversations as they were, nothing sent, nobody told, and the same again after any interruption."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.history import run, take
from harken.channels.history.run import Report, import_past
from harken.channels.history.sources import Mbox
from harken.channels.history.take import Archive
from harken.channels.models import Arrival, Channel, Delivery
from harken.channels.tests.letters import arrive, letter
from harken.contacts.models import Contact
from harken.events.models import Event
from harken.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

QUESTION = {"Message_ID": "<q1@crumb.example>", "Date": "Mon, 5 Jan 2015 10:00:00 +0000"}
ANSWER = {"Message_ID": "<a1@old-desk.example>", "Date": "Mon, 5 Jan 2015 11:30:00 +0000"}
THANKS = {"Message_ID": "<q2@crumb.example>", "Date": "Tue, 6 Jan 2015 09:00:00 +0000"}
OURS = "Olga <help@fennel.example>"


@pytest.fixture
def channel() -> Channel:
    return make_channel()


@pytest.fixture
def conversation() -> list[bytes]:
    """A question, our answer and a thank-you, in the order a careless program wrote them down."""
    return [
        letter("Thank you!", answers="a1@old-desk.example", **THANKS),
        letter("Where is my bread?", **QUESTION),
        letter("In the oven.", sender=OURS, to="ann@crumb.example", answers="q1@crumb.example", **ANSWER),
    ]


def imported(channel: Channel, folder: Path, letters: list[bytes], **options: Any) -> Report:
    path = folder / "past.mbox"
    path.write_bytes(b"".join(b"From somebody\n" + each + b"\n" for each in letters))
    return import_past(Archive(channel.workspace, channel, **options), [Mbox(path)])


def rows() -> list[tuple[object, ...]]:
    messages = Message.objects.order_by("ticket__number", "position")
    return [
        *messages.values_list("ticket__number", "position", "kind", "author_address", "text", "created_at"),
        *Arrival.objects.order_by("folder").values_list("folder", "state", "rule", "ticket__number"),
        *Contact.objects.order_by("name").values_list("name"),
    ]


def test_a_conversation_is_one_closed_ticket_with_its_people_and_dates(channel, conversation, tmp_path):
    imported(channel, tmp_path, conversation)

    ticket = Ticket.objects.get()
    assert [(each.kind, each.text.strip(), each.created_at) for each in ticket.messages.all()] == [
        ("contact", "Where is my bread?", datetime(2015, 1, 5, 10, tzinfo=UTC)),
        ("reply", "In the oven.", datetime(2015, 1, 5, 11, 30, tzinfo=UTC)),
        ("contact", "Thank you!", datetime(2015, 1, 6, 9, tzinfo=UTC)),
    ]
    assert (ticket.state, ticket.waiting_since, str(ticket.number)[:8]) == ("closed", None, "20150105")
    assert ticket.requester.email == "ann@crumb.example"
    assert ticket.last_activity_at == datetime(2015, 1, 6, 9, tzinfo=UTC)


def test_nothing_is_sent_and_nobody_is_told(channel, conversation, tmp_path):
    imported(channel, tmp_path, conversation)

    assert not Delivery.objects.exists()
    assert not mail.outbox
    assert set(Event.objects.values_list("type", flat=True)) == {"ticket.imported", "message.imported"}


def test_importing_again_changes_nothing(channel, conversation, tmp_path):
    imported(channel, tmp_path, conversation)
    before = rows()

    report = imported(channel, tmp_path, conversation)

    assert rows() == before
    assert (report.known, report.states.total()) == (3, 0)


@pytest.mark.parametrize("letters_taken", [0, 1, 2])
def test_a_broken_import_goes_on_where_it_was(channel, conversation, tmp_path, monkeypatch, letters_taken):
    taken: list[Arrival | None] = []

    def stumble(*given: Any, **options: Any) -> Arrival | None:
        if len(taken) == letters_taken:
            raise OSError(28, "No space left on device")
        taken.append(take.take_past(*given, **options))
        return taken[-1]

    with monkeypatch.context() as trouble:
        trouble.setattr(run, "take_past", stumble)
        with pytest.raises(OSError, match="No space"):
            imported(channel, tmp_path, conversation)
    imported(channel, tmp_path, conversation)

    assert [message.position for message in Ticket.objects.get().messages.all()] == [1, 2, 3]
    assert Arrival.objects.count() == 3


def test_a_letter_that_came_by_mail_already_is_left_alone(channel, conversation, tmp_path):
    live = arrive(conversation[1])

    report = imported(channel, tmp_path, conversation)

    assert report.known == 1
    ticket = Ticket.objects.get()
    assert live.ticket == ticket
    assert ticket.state == Ticket.State.OPEN
    assert ticket.messages.count() == 3


def test_a_stranger_with_a_forwarded_chain_gets_a_ticket_of_their_own(channel, conversation, tmp_path):
    forwarded = letter("Look!", sender="mallory@evil.example", answers="q1@crumb.example")

    imported(channel, tmp_path, [*conversation, forwarded])

    strangers = Ticket.objects.get(requester__identities__address="mallory@evil.example")
    assert strangers.messages.count() == 1
    assert Ticket.objects.count() == 2


def test_an_id_that_was_used_twice_leads_each_to_their_own(channel, conversation, tmp_path):
    thanks, question, answer = conversation
    dated = {"Message_ID": "<q1@crumb.example>", "Date": "Mon, 5 Jan 2015 10:30:00 +0000"}
    other = letter("Me too.", sender="dan@flour.example", **dated)

    imported(channel, tmp_path, [question, other, answer, thanks])

    assert [ticket.message_count for ticket in Ticket.objects.order_by("number")] == [3, 1]


def test_what_a_form_sent_in_our_name_was_of_whoever_filled_it_in(channel, tmp_path):
    imported(channel, tmp_path, [letter(sender=OURS, Reply_To="Jane <jane@crumb.example>", **QUESTION)])

    (message,) = Message.objects.all()
    assert (message.kind, message.author_address) == ("contact", "jane@crumb.example")


def test_a_letter_we_wrote_first_belongs_to_whom_we_wrote(channel, tmp_path):
    olga = make_agent(channel.workspace, "olga@fennel.example")
    offer = letter(
        "Fresh bread!", sender="Olga <olga@fennel.example>", to="Ann <ann@crumb.example>", **QUESTION
    )

    imported(channel, tmp_path, [offer])

    message = Message.objects.get()
    assert (message.kind, message.author_agent) == ("reply", olga)
    assert message.ticket.requester.name == "Ann"


def test_what_was_said_last_since_a_day_stays_on_the_list(channel, conversation, tmp_path):
    imported(channel, tmp_path, conversation, open_since=datetime(2015, 1, 6, tzinfo=UTC))

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.waiting_since) == ("open", datetime(2015, 1, 6, 9, tzinfo=UTC))


def test_a_letter_that_cannot_be_read_is_held_and_reported(channel, tmp_path):
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(2000)
    )

    report = imported(channel, tmp_path, [b"From: ann@crumb.example\n" + deep, letter()])

    assert [each.place for each in report.held] == ["past.mbox, letter 1"]
    assert report.held[0].reason
    assert report.states["opened"] == 1
    assert Arrival.objects.held().count() == 1


def test_every_letter_of_an_import_is_a_row_of_the_ledger(channel, conversation, tmp_path):
    with_trace = b"Received: from somewhere by another\n" + conversation[1]

    report = imported(channel, tmp_path, [*conversation, with_trace])

    assert dict(report.states) == {"opened": 1, "joined": 2, "duplicate": 1}
    assert Arrival.objects.count() == report.looked_at == 4
