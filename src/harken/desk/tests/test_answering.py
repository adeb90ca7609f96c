from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from harken.desk import forms
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


def answer(visitor: Visitor, ticket: Ticket, *, htmx: bool = False, **typed: Any) -> HttpResponse:
    typed = {"kind": "reply", "text": "Here it is.", "seen_up_to": 1} | typed
    return visitor.post(f"tickets/{ticket.number}/messages/", typed, htmx=htmx)


def answers(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.exclude(kind=Message.Kind.CONTACT))


def test_a_reply_goes_out_and_leads_back_to_the_thread(olga):
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket)

    assert response["Location"] == olga.path(f"tickets/{ticket.number}/?view=open")
    (reply,) = answers(ticket)
    assert (reply.kind, reply.text, reply.to) == ("reply", "Here it is.", ["ann@crumb.example"])
    assert reply.author_agent == olga.agent


def test_a_reply_by_htmx_brings_a_fresh_composer_and_the_thread(olga):
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket, htmx=True)

    assert response["HX-Reswap"] == "outerHTML"
    page = read(response)
    assert texts(page, "[name=text]") == [""]
    assert attribute(page, "[name=seen_up_to]", "value") == "2"
    assert 'hx-target="#messages"' in response.content.decode()


def test_a_note_stays_inside(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, kind="note", text="She is right.", seen_up_to=0)

    (note,) = answers(ticket)
    assert (note.kind, note.to) == ("note", [])


def test_send_and_close(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, then="close")

    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.CLOSED


def test_recipients_may_be_changed(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, to="Ann <ann@crumb.example>, dan@crumb.example", cc="eve@crumb.example")

    (reply,) = answers(ticket)
    assert (reply.to, reply.cc) == (["ann@crumb.example", "dan@crumb.example"], ["eve@crumb.example"])


@pytest.mark.parametrize("to", ["not an address", "ann@", "ann@crumb.example, x"])
def test_what_is_no_address_is_named_and_the_text_kept(olga, to):
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket, to=to)

    assert response.status_code == 422
    assert "is not a mail address" in texts(read(response), ".composer-news")[0]
    assert texts(read(response), "[name=text]") == ["Here it is."]
    assert answers(ticket) == []


@pytest.mark.parametrize("text", ["", "   \n "])
def test_an_empty_reply_is_refused_in_words(olga, text):
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket, text=text)

    assert response.status_code == 422
    assert "the message is empty" in texts(read(response), ".composer-news")[0]


def test_nobody_answers_blind(olga):
    ticket = make_ticket(olga.workspace)
    make_message(ticket, "Found it, thank you!")

    response = answer(olga, ticket)

    page = read(response)
    assert response.status_code == 409
    assert "Found it, thank you!" in texts(page, ".composer-news")[0]
    assert texts(page, "[name=text]") == ["Here it is."]
    assert "Found it, thank you!" in texts(page, ".msg-body")
    assert answers(ticket) == []


def test_having_read_what_arrived_the_second_attempt_goes_out(olga):
    ticket = make_ticket(olga.workspace)
    make_message(ticket)
    seen = attribute(read(answer(olga, ticket, htmx=True)), "[name=seen_up_to]", "value")

    answer(olga, ticket, seen_up_to=seen)

    assert len(answers(ticket)) == 1


def test_a_refusal_for_another_reason_marks_nothing_as_seen(olga):
    ticket = make_ticket(olga.workspace)
    make_message(ticket)

    page = read(answer(olga, ticket, htmx=True, to="nonsense"))

    assert attribute(page, "[name=seen_up_to]", "value") == "1"


def test_files_go_with_the_answer(olga):
    ticket = make_ticket(olga.workspace)
    files = [SimpleUploadedFile(name, b"%PDF-", "application/pdf") for name in ("one.pdf", "../../two.pdf")]

    answer(olga, ticket, text="", attachments=files)

    (reply,) = answers(ticket)
    assert [each.name for each in reply.attachments.all()] == ["one.pdf", "two.pdf"]


def test_files_too_heavy_for_mail_are_refused(olga, monkeypatch):
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket, attachments=[SimpleUploadedFile("big.bin", b"x" * 11)])

    assert response.status_code == 422
    assert "mail servers refuse more" in texts(read(response), ".composer-news")[0]


def test_a_closed_request_is_answered_and_waits_for_them(olga):
    ticket = make_ticket(olga.workspace)
    ticket.close(by=olga.agent)

    answer(olga, ticket)

    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.WAITING


def test_a_merged_request_takes_no_answer(olga):
    ticket, other = make_ticket(olga.workspace), make_ticket(olga.workspace)
    Ticket.objects.filter(pk=ticket.pk).update(state=Ticket.State.MERGED, merged_into=other)

    response = answer(olga, ticket)

    assert response.status_code == 422
    assert "merged into another" in texts(read(response), ".composer-news")[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"seen_up_to": ""},
        {"seen_up_to": "-1"},
        {"seen_up_to": "9" * 30},
        {"kind": "shout"},
        {"then": "explode"},
    ],
)
def test_a_mangled_form_is_refused_with_the_text_kept(olga, wrong):
    ticket = make_ticket(olga.workspace)

    response = answer(olga, ticket, **wrong)

    assert response.status_code == 422
    assert texts(read(response), "[name=text]") == ["Here it is."]
    assert answers(ticket) == []


def test_a_pasted_nul_is_left_out(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, text="Here\x00 it is.")

    assert answers(ticket)[0].text == "Here it is."


def test_a_form_without_its_token_is_refused(olga):
    ticket = make_ticket(olga.workspace)
    olga.client.handler.enforce_csrf_checks = True

    assert answer(olga, ticket).status_code == 403
    assert answers(ticket) == []
