import pytest

from harken.agents.factories import make_agent
from harken.contacts.recognise import recognise
from harken.events.models import Event
from harken.files.factories import make_file
from harken.tickets.errors import NobodyToSendTo, NothingToSend, SomethingUnseen, TicketIsMerged, TooLong
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Message, Ticket, Words
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent(make_workspace())


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


def test_a_new_ticket_is_open_and_our_turn_with_its_number_taken(ticket):
    ticket.refresh_from_db()

    assert ticket.state == Ticket.State.OPEN
    assert ticket.is_our_turn
    assert ticket.short_number == "#1"
    assert ticket.number > 0
    assert (ticket.message_count, ticket.last_position, ticket.preview) == (1, 1, "Where is my bread?")


def test_a_reply_passes_the_turn_and_is_queued_for_the_requester(ticket, olga):
    message = ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)

    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.WAITING
    assert not ticket.is_our_turn
    assert ticket.assignee == olga
    assert message.to == ["ann@crumb.example"]
    assert Event.objects.filter(type="message.queued", about_id=message.pk, agent_id=olga.pk).exists()


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_reply_is_refused_in_words_and_changes_nothing(ticket, olga, text):
    with pytest.raises(NothingToSend, match="empty"):
        ticket.reply(Words(text), by=olga, seen_up_to=1)

    assert ticket.messages.count() == 1


def test_a_file_alone_is_something_to_send(ticket, olga):
    file = make_file(olga.workspace)

    message = ticket.reply(Words("", files=(Enclosure(file),)), by=olga, seen_up_to=1)

    assert [attachment.name for attachment in message.attachments.all()] == [file.name]
    ticket.refresh_from_db()
    assert ticket.has_files


def test_a_text_beyond_all_reason_is_refused(ticket, olga):
    with pytest.raises(TooLong):
        ticket.reply(Words("a" * 1_000_001), by=olga, seen_up_to=1)


def test_nobody_answers_blind(ticket, olga):
    make_message(ticket, "Wait, I found it.")

    with pytest.raises(SomethingUnseen) as refusal:
        ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)

    assert [message.text for message in refusal.value.messages] == ["Wait, I found it."]
    assert ticket.messages.filter(kind=Message.Kind.REPLY).count() == 0
    ticket.reply(Words("Good!"), by=olga, seen_up_to=2)


def test_a_colleagues_answer_is_unseen_too_and_ones_own_is_not(ticket, olga):
    tomas = make_agent(olga.workspace)
    ticket.reply(Words("In the oven."), by=tomas, seen_up_to=1)

    with pytest.raises(SomethingUnseen):
        ticket.reply(Words("In the oven!"), by=olga, seen_up_to=1)
    ticket.reply(Words("On its way."), by=tomas, seen_up_to=1)


def test_a_note_is_never_blocked_and_changes_no_turn(ticket, olga):
    make_message(ticket)

    ticket.note(Words("She means rye."), by=olga)

    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert ticket.preview == "Any news?"
    assert ticket.message_count == 3


def test_closing_and_reopening_twice_changes_nothing_more(ticket, olga):
    for _ in range(2):
        ticket.close(by=olga)
    assert (ticket.is_closed, ticket.waiting_since) == (True, None)
    for _ in range(2):
        ticket.reopen(by=olga)

    assert ticket.is_our_turn
    assert Event.objects.filter(type="ticket.closed").count() == 1
    assert Event.objects.filter(type="ticket.reopened").count() == 1


def test_the_customers_answer_reopens(ticket, olga):
    ticket.close(by=olga)

    make_message(ticket)

    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert ticket.closed_at is None


def test_an_automatic_answer_changes_no_turn(ticket, olga):
    ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)

    make_message(ticket, "I am away.", is_automatic=True)

    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.WAITING


def test_our_turn_lasts_from_the_first_unanswered_message(ticket):
    since = ticket.waiting_since

    make_message(ticket)

    ticket.refresh_from_db()
    assert ticket.waiting_since == since


def test_replies_to_a_merged_ticket_are_refused_and_letters_passed_on(ticket, olga):
    target = make_ticket(olga.workspace, subject="Rolls")
    Ticket.objects.filter(pk=ticket.pk).update(state=Ticket.State.MERGED, merged_into=target)

    for verb in (
        lambda: ticket.reply(Words("Hi"), by=olga, seen_up_to=1),
        lambda: ticket.note(Words("Hi"), by=olga),
        lambda: ticket.close(by=olga),
        lambda: ticket.reopen(by=olga),
    ):
        with pytest.raises(TicketIsMerged):
            verb()
    assert make_message(ticket).ticket == target


def test_a_reply_to_somebody_without_an_address_is_refused(olga):
    ticket = make_ticket(olga.workspace, email="", name="")

    with pytest.raises(NobodyToSendTo):
        ticket.reply(Words("Hello?"), by=olga, seen_up_to=1)
    ticket.reply(Words("Hello?"), by=olga, seen_up_to=1, to=["ann@crumb.example"])


def test_the_answer_goes_to_the_address_written_from_last(ticket, olga):
    home = recognise(olga.workspace, "ann@home.example")
    home.contact = ticket.requester
    home.save()

    make_message(ticket, email="ann@home.example")

    assert ticket.reply_addresses == ["ann@home.example"]


def test_whoever_a_colleague_copies_takes_part_from_then_on(ticket, olga):
    assert not ticket.participants.filter(address="dan@crumb.example").exists()

    ticket.reply(Words("Dan knows."), by=olga, seen_up_to=1, cc=["Dan@Crumb.example "])

    assert ticket.participants.filter(address="dan@crumb.example").exists()
    assert ticket.copied_addresses == ["dan@crumb.example"]


def test_positions_count_up_whatever_the_kind(ticket, olga):
    ticket.note(Words("Rye."), by=olga)
    make_message(ticket)
    ticket.reply(Words("Soon."), by=olga, seen_up_to=3)

    assert [message.position for message in ticket.messages.all()] == [1, 2, 3, 4]


def test_tickets_of_another_workspace_are_not_visible(ticket):
    mallory = make_agent(make_workspace())

    assert not Ticket.objects.visible_to(mallory).exists()


@pytest.mark.parametrize("subject", ["", " " * 10_000, "\u202e\u200f", "a" * 10_000, "a\x00b\r\nBcc: x"])
def test_any_subject_is_kept_on_one_line(olga, subject):
    ticket = make_ticket(olga.workspace, subject=subject)

    assert ticket.title
    assert len(ticket.subject) <= 500
    assert ticket.subject.isprintable()
