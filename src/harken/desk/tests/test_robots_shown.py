"""What robots write, and what is written to them, on the pages."""

import pytest

from harken.channels.robots.loops import tell_stopped
from harken.contacts.models import Identity
from harken.desk.tests.visits import Visitor, texts
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def ann_of(ticket: Ticket) -> Identity:
    return ticket.requester.identities.get()


def test_an_automatic_message_is_one_line_that_opens(olga: Visitor):
    ticket = make_ticket(olga.workspace)
    ticket.notify("We have it under #1.", to=["ann@crumb.example"], notice="acknowledgement")

    page = olga.look(f"tickets/{ticket.number}/")

    [line] = texts(page, "details.notice > summary")
    assert line.startswith("Automatic message to ann@crumb.example")
    assert texts(page, "details.notice .notice-words") == ["We have it under #1."]
    assert len(page.css(".msg")) == 1


def test_the_thread_says_that_a_loop_was_stopped(olga: Visitor):
    ticket = make_ticket(olga.workspace)

    tell_stopped(ticket, ann_of(ticket))

    [line] = texts(olga.look(f"tickets/{ticket.number}/"), ".event")
    assert line.startswith("Loop stopped: a mail robot writes from ann@crumb.example.")


def test_an_automatic_answer_says_so(olga: Visitor):
    ticket = make_ticket(olga.workspace)
    make_message(ticket, "I am away.", is_automatic=True)

    assert texts(olga.look(f"tickets/{ticket.number}/"), ".msg .tag") == ["automatic answer"]


def test_the_composer_warns_of_an_address_that_is_dead(olga: Visitor):
    ticket = make_ticket(olga.workspace)
    ann_of(ticket).note_failure("550 5.1.1 No such user", for_good=True)

    [warning] = texts(olga.look(f"tickets/{ticket.number}/"), ".composer .say-bad")

    assert warning.startswith("ann@crumb.example: letters come back")
    assert "550 5.1.1 No such user" in warning


def test_the_composer_warns_of_who_complained(olga: Visitor):
    ticket = make_ticket(olga.workspace)
    ann_of(ticket).stop_automatic_mail("complaint")

    [warning] = texts(olga.look(f"tickets/{ticket.number}/"), ".composer .say-bad")

    assert "reported a letter of ours" in warning


def test_the_person_page_tells_which_address_fails(olga: Visitor):
    ticket = make_ticket(olga.workspace)
    ann_of(ticket).note_failure("452 4.2.2 Mailbox full", for_good=False)

    page = olga.look(f"people/{ticket.requester_id}/")

    assert "the last letters to it did not arrive. Their server said: “452 4.2.2 Mailbox full”." in " ".join(
        texts(page, ".block")
    )


def test_a_healthy_address_needs_no_words(olga: Visitor):
    ticket = make_ticket(olga.workspace)

    page = olga.look(f"tickets/{ticket.number}/")

    assert texts(page, ".composer .say-bad") == []
