import pytest
from django.db import OperationalError

from harken.agents.factories import make_agent
from harken.channels.arriving import intake
from harken.channels.arriving.receive import MOST_ATTEMPTS, settle
from harken.channels.contract import Unread, Unreadable
from harken.channels.email.reader import ReaderUnavailable
from harken.channels.email.signatures import reply_address
from harken.channels.factories import make_channel
from harken.channels.models import Arrival, Delivery, RawMail
from harken.channels.reasons import sentence
from harken.channels.tests.letters import arrive, letter
from harken.contacts.models import Company, Contact
from harken.files import storage
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.models.participant import MOST_NEWCOMERS
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = make_workspace()
    make_channel(workspace, address="help@fennel.example")
    return workspace


def answered(workspace):
    """A ticket of Ann's that Olga has answered; the answer."""
    ticket = arrive(letter()).ticket
    return ticket.reply(Words("In the oven."), by=make_agent(workspace), seen_up_to=1)


def test_a_letter_opens_a_ticket_with_its_words_person_and_company(workspace):
    arrival = arrive(letter("Where is my bread?", subject="Bread"))

    ticket = arrival.ticket
    assert (arrival.state, ticket.subject, ticket.state) == ("opened", "Bread", "open")
    assert ticket.is_our_turn
    assert ticket.requester.display_name == "Ann Baker"
    assert ticket.company.domain == "crumb.example"
    assert ticket.messages.get().text.strip() == "Where is my bread?"
    assert ticket.preview == "Where is my bread?"


def test_a_person_at_a_public_provider_has_no_company(workspace):
    arrive(letter(sender="ann@gmail.com"))

    assert not Company.objects.exists()


def test_the_raw_letter_is_kept_byte_for_byte(workspace):
    raw = letter()

    arrival = arrive(raw)

    assert storage.unpack(workspace.pk, arrival.raw.sha256) == raw


def test_an_answer_to_our_message_joins_its_ticket(workspace):
    reply = answered(workspace)

    arrival = arrive(letter("Thank you!", answers=reply.external_id))

    assert (arrival.state, arrival.ticket) == ("joined", reply.ticket)
    assert reply.external_id in arrival.reason
    assert arrival.ticket.is_our_turn


def test_an_answer_to_the_signed_address_joins_without_any_header(workspace):
    reply = answered(workspace)
    address = reply_address(workspace, "help@fennel.example", reply.ticket_id)

    arrival = arrive(letter("Thank you!", to=address))

    assert (arrival.state, arrival.ticket) == ("joined", reply.ticket)


def test_the_envelope_alone_may_carry_the_signed_address(workspace):
    reply = answered(workspace)
    address = reply_address(workspace, "help@fennel.example", reply.ticket_id)

    arrival = arrive(letter("Thank you!"), to=[address])

    assert arrival.ticket == reply.ticket


def test_a_number_in_the_subject_proves_nothing(workspace):
    reply = answered(workspace)

    arrival = arrive(letter(subject=f"Re: Bread {reply.ticket.short_number} [{reply.ticket.number}]"))

    assert arrival.state == "opened"
    assert arrival.ticket != reply.ticket


def test_a_stranger_who_holds_the_proof_gets_a_ticket_of_their_own(workspace):
    reply = answered(workspace)
    address = reply_address(workspace, "help@fennel.example", reply.ticket_id)

    arrival = arrive(letter(sender="mallory@evil.example", to=address, answers=reply.external_id))

    assert arrival.state == "opened"
    assert arrival.ticket != reply.ticket
    assert reply.ticket.messages.count() == 2


def test_a_person_joins_by_any_of_their_addresses(workspace):
    reply = answered(workspace)
    ann = reply.ticket.requester
    ann.identities.create(workspace=workspace, address="ann@home.example")

    arrival = arrive(letter(sender="ann@home.example", answers=reply.external_id))

    assert arrival.ticket == reply.ticket


def test_somebody_the_customer_copied_may_answer(workspace):
    opened = arrive(letter(Cc="Dan <dan@crumb.example>, help@fennel.example"))
    first = opened.ticket.messages.get()

    arrival = arrive(letter(sender="dan@crumb.example", answers=first.external_id))

    assert first.cc == ["dan@crumb.example"]
    assert arrival.ticket == opened.ticket


@pytest.mark.parametrize("field", ["to", "answers"])
def test_the_proof_of_another_workspace_is_none(workspace, field):
    reply = answered(workspace)
    proof = {
        "to": reply_address(workspace, "help@fennel.example", reply.ticket_id),
        "answers": reply.external_id,
    }
    other = make_workspace()
    make_channel(other, address="help@acme.example")

    arrival = arrive(letter(**{"to": "help@acme.example", field: proof[field]}), to=["help@acme.example"])

    assert arrival.workspace == other
    assert arrival.state == "opened"


def test_an_answer_reopens_a_closed_ticket(workspace):
    reply = answered(workspace)
    reply.ticket.close(by=make_agent(workspace))

    arrival = arrive(letter("Still hungry.", answers=reply.external_id))

    assert arrival.ticket.state == Ticket.State.OPEN


def test_an_automatic_answer_is_kept_and_reopens_nothing(workspace):
    reply = answered(workspace)
    reply.ticket.close(by=make_agent(workspace))

    arrival = arrive(letter("I am away.", answers=reply.external_id, Auto_Submitted="auto-replied"))

    assert arrival.ticket.state == Ticket.State.CLOSED
    assert arrival.message.is_automatic


def test_an_answer_to_a_merged_ticket_joins_the_one_it_went_into(workspace):
    reply = answered(workspace)
    target = arrive(letter()).ticket
    Ticket.objects.filter(pk=reply.ticket_id).update(state=Ticket.State.MERGED, merged_into=target)

    assert arrive(letter(answers=reply.external_id)).ticket == target


def test_the_same_letter_by_another_route_is_a_duplicate(workspace):
    raw = letter()
    first = arrive(raw)

    again = arrive(
        b"Received: from elsewhere by mx.fennel.example\r\nDelivered-To: help@fennel.example\r\n" + raw
    )

    assert (again.state, again.ticket, again.original) == ("duplicate", first.ticket, first)
    assert Message.objects.count() == 1


def test_the_same_message_id_with_other_words_is_another_message(workspace):
    arrive(letter("One loaf.", Message_ID="<same@crumb.example>"))
    arrive(letter("Two loaves.", Message_ID="<same@crumb.example>"))

    assert Message.objects.count() == 2


def test_settling_twice_makes_one_message(workspace):
    arrival = intake.store(letter(), source="deliver")

    settle(arrival)
    settle(arrival)

    assert Message.objects.count() == 1


def test_one_place_of_a_mailbox_is_taken_in_once(workspace):
    channel = make_channel(workspace, address="orders@fennel.example")
    place = intake.Place("INBOX", uidvalidity=7, uid=1)

    first = intake.store(letter(), source="imap", channel=channel, place=place)
    again = intake.store(letter(), source="imap", channel=channel, place=place)

    assert first == again


def test_a_letter_that_cannot_be_read_is_held_with_its_reason(workspace, monkeypatch):
    monkeypatch.setattr("harken.channels.arriving.receive.read", lambda raw: Unreadable(Unread.DEPTH, 100))

    arrival = arrive(letter())

    assert arrival.state == "held"
    assert arrival.reason == "It could not be read: its parts are nested more than 100 deep."
    assert RawMail.objects.get().read()


def test_whatever_keeps_a_letter_from_being_read_has_a_sentence():
    sentences = {sentence(why, {"most": 7}) for why in Unread}

    assert len(sentences) == len(Unread)
    assert "" not in sentences


def test_a_letter_that_kills_the_worker_is_held_after_a_few_tries(workspace, monkeypatch):
    arrival = intake.store(letter(), source="deliver")

    def die(raw):
        raise SystemExit

    monkeypatch.setattr("harken.channels.arriving.receive.read", die)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            settle(arrival)
    held = settle(arrival)

    assert (held.state, held.rule, held.words) == ("held", "broken-off", "")
    assert held.reason == "Reading it was broken off 3 times."


@pytest.mark.parametrize("fault", [OSError("disk full"), ReaderUnavailable(), OperationalError()])
def test_the_machines_fault_never_holds_a_good_letter(workspace, monkeypatch, fault):
    arrival = intake.store(letter(), source="deliver")

    def stumble(raw):
        raise fault

    with monkeypatch.context() as trouble:
        trouble.setattr("harken.channels.arriving.receive.read", stumble)
        for _ in range(MOST_ATTEMPTS + 1):
            with pytest.raises(type(fault)):
                settle(arrival)

    assert settle(arrival).state == Arrival.State.OPENED


HOSTILE = {
    "a NUL in an address": b"Cc: =?utf-8?q?b=00ob?= <bo\x00b@x.example>\n\nHi\n",
    "a domain longer than any": b"Cc: <dan@" + b"d." * 150 + b"example>\n\nHi\n",
    "an endless Content-ID": b"MIME-Version: 1.0\nContent-Type: image/png\nContent-ID: <"
    + b"c" * 900
    + b">\n\nHi\n",
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_no_column_can_hold_stops_no_letter(workspace, header):
    arrival = arrive(b"From: Ann <ann@crumb.example>\nTo: help@fennel.example\n" + header)

    assert arrival.state == "opened"


def test_a_letter_copied_to_a_thousand_people_stays_a_matter_of_moments(
    workspace, django_assert_max_num_queries
):
    copied = b",\n ".join(b"p%d@x.example" % number for number in range(900))
    arrival = intake.store(
        b"From: Ann <ann@crumb.example>\nTo: help@fennel.example\nCc: " + copied + b"\n\nHi\n",
        source="deliver",
    )

    with django_assert_max_num_queries(1500):
        ticket = settle(arrival).ticket

    assert len(ticket.messages.get().cc) == 900
    assert ticket.participants.count() == MOST_NEWCOMERS


def test_our_own_letter_that_comes_back_starts_no_loop(workspace):
    reply = answered(workspace)

    arrival = arrive(letter(sender="help@fennel.example", Message_ID=f"<{reply.external_id}>"))

    assert arrival.state == "loop"
    assert Message.objects.count() == 2


def test_a_letter_without_a_sender_is_taken_in_and_joins_nobody(workspace):
    raw = b"Subject: Who am I\n\nFind out.\n"

    first, second = arrive(raw), arrive(raw + b"Really.\n")

    assert first.ticket.requester.display_name == "Unknown sender"
    assert second.ticket != first.ticket
    assert first.ticket.reply_addresses == []


def test_an_empty_letter_is_taken_in(workspace):
    assert arrive(b"").state == "opened"


def test_a_name_is_learnt_once_and_never_replaced_by_a_letter(workspace):
    for name in ("", "Ann Baker", "Mallory"):
        arrive(letter(sender=f"{name} <ann@crumb.example>"))

    assert Contact.objects.get().name == "Ann Baker"


def test_mail_for_no_known_mailbox_goes_to_the_only_workspace(workspace):
    arrival = arrive(letter(to="somebody@elsewhere.example"))

    assert arrival.workspace == workspace


def test_mail_for_no_known_mailbox_is_held_for_the_installation_where_there_are_several(workspace):
    make_workspace()
    wall.leave()

    arrival = intake.store(letter(to="somebody@elsewhere.example"), source="deliver")
    arrival = settle(arrival)

    assert (arrival.workspace, arrival.state) == (None, "held")
    wall.enter(workspace.pk)
    assert not Arrival.objects.exists()


def failure_report(about, action):
    """What a mail server sends back about a reply."""
    return (
        "From: MAILER-DAEMON@mx.example\nTo: help@fennel.example\nSubject: Undelivered Mail Returned to Sender\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
        "--x\nContent-Type: text/plain\n\nI could not deliver it.\n\n"
        "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; ann@crumb.example\nAction: {action}\nStatus: 5.1.1\n\n"
        f"--x\nContent-Type: message/rfc822\n\nMessage-ID: <{about.external_id}>\nSubject: Re: Bread\n\nIn the oven.\n"
        "--x--\n"
    ).encode()


def test_a_failure_report_marks_the_delivery_it_is_about(workspace):
    reply = answered(workspace)

    arrival = arrive(failure_report(reply, "failed"))

    assert (arrival.state, arrival.message) == ("bounced", reply)
    assert [delivery.state for delivery in reply.deliveries.all()] == ["failed"]
    assert arrival.ticket.has_problem
    assert arrival.ticket.messages.count() == 2


def test_a_report_that_names_nobody_fails_only_what_left(workspace):
    ticket = arrive(letter(Cc="dan@crumb.example, eve@crumb.example")).ticket
    reply = ticket.reply(Words("In the oven."), by=make_agent(workspace), seen_up_to=1)
    for address, state in [("ann@crumb.example", "sent"), ("dan@crumb.example", "deferred")]:
        Delivery.objects.filter(message=reply, address=address).update(state=state)

    arrive(failure_report(reply, "failed").replace(b"Final-Recipient: rfc822; ann@crumb.example\n", b""))

    states = dict(reply.deliveries.values_list("address", "state"))
    assert states == {
        "ann@crumb.example": "failed",
        "dan@crumb.example": "deferred",
        "eve@crumb.example": "queued",
    }


def test_a_report_of_a_delay_is_no_failure(workspace):
    reply = answered(workspace)

    arrival = arrive(failure_report(reply, "delayed"))

    assert (arrival.state, arrival.message) == ("bounced", reply)
    assert [delivery.state for delivery in reply.deliveries.all()] == ["queued"]
    assert not arrival.ticket.has_problem


def test_what_the_ticket_says_already_is_folded_without_any_mark(workspace):
    reply = answered(workspace)
    reply.text = "Please look into the oven in the cellar, the bread is there."
    reply.save(update_fields=["text"])

    arrival = arrive(letter(f"Found it.\n\n{reply.text}\n", answers=reply.external_id))

    assert arrival.message.visible_text == "Found it."
    assert reply.text in arrival.message.text
