"""States, merging, linking, requester and redaction over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Ticket, Words


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


@pytest.fixture
def bobs(olga):
    return make_ticket(
        olga.workspace, "bob@jam.example", subject="Jam", text="Where is my jam?", name="Bob Jam"
    )


def state_of(olga, ticket):
    return olga.get(f"/tickets/{ticket.number}").json()["state"]


@pytest.mark.parametrize(
    "state", ["waiting", "set_aside", "accepted", "closed", "closed_unsuccessfully", "spam"]
)
def test_every_state_is_set_and_left_again(olga, ticket, state):
    told = olga.patch(f"/tickets/{ticket.number}", {"state": state}).json()
    again = olga.patch(f"/tickets/{ticket.number}", {"state": state})
    back = olga.patch(f"/tickets/{ticket.number}", {"state": "open"}).json()

    assert (told["state"], again.status_code, back["state"]) == (state, 200, "open")
    assert back["waiting_since"]


def test_set_aside_tells_when_it_comes_back(olga, ticket):
    until = (timezone.now() + timedelta(days=1)).replace(microsecond=0)

    told = olga.patch(f"/tickets/{ticket.number}", {"state": "set_aside", "until": until.isoformat()}).json()

    assert told["set_aside_until"] == until.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "set_aside", "until": "2020-01-01T09:00:00Z"},
        {"state": "set_aside", "until": "9999-01-01T09:00:00Z"},
        {"state": "set_aside", "until": "2030-01-01T09:00:00"},
        {"state": "closed", "until": "2030-01-01T09:00:00Z"},
        {"state": "merged"},
        {"requester": {"email": "nobody"}},
        {"requester": {"email": "bob@jam.example"}, "number": 1},
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(olga, ticket, change):
    refused = olga.patch(f"/tickets/{ticket.number}", change)

    assert refused.status_code == 422
    assert refused.json()["title"]
    assert "valid datetime" not in refused.json()["detail"]
    assert state_of(olga, ticket) == "open"


def test_the_requester_changes_and_the_company_follows(olga, ticket):
    change = {"requester": {"email": "bob@jam.example", "name": "Bob"}, "requester_keeps_copies": True}

    told = olga.patch(f"/tickets/{ticket.number}", change).json()

    assert told["requester"]["email"] == "bob@jam.example"
    assert told["company"]["name"]
    now = Ticket.objects.get(pk=ticket.pk)
    assert (now.reply_addresses, now.copied_addresses) == (["bob@jam.example"], ["ann@crumb.example"])


def test_both_numbers_lead_to_what_was_said(olga, ticket):
    other = make_ticket(olga.workspace, text="Still no bread.")

    told = olga.post(f"/tickets/{other.number}/merge", {"into": ticket.number % 10**8}).json()

    assert told["number"] == ticket.number
    old = olga.get(f"/tickets/{other.number}").json()
    assert (old["state"], old["merged_into"]) == ("merged", ticket.number)
    for number in (ticket.number, other.number):
        messages = olga.get(f"/tickets/{number}/messages").json()["results"]
        assert [each["text"] for each in messages] == ["Where is my bread?", "Still no bread."]


def test_nobody_reads_along_unasked(olga, ticket, bobs):
    refused = olga.post(f"/tickets/{bobs.number}/merge", {"into": ticket.number})
    agreed = olga.post(f"/tickets/{bobs.number}/merge", {"into": ticket.number, "copies": False})

    assert (refused.status_code, refused.json()["addresses"]) == (409, ["bob@jam.example"])
    assert agreed.status_code == 200


def test_merging_where_nothing_can_be_merged_is_refused_in_words(olga, ticket, bobs):
    olga.post(f"/tickets/{bobs.number}/merge", {"into": ticket.number, "copies": True})

    itself = olga.post(f"/tickets/{ticket.number}/merge", {"into": ticket.number})
    merged = olga.post(f"/tickets/{ticket.number}/merge", {"into": bobs.number})
    nowhere = olga.post(f"/tickets/{ticket.number}/merge", {"into": 999})

    assert (itself.status_code, merged.status_code, nowhere.status_code) == (422, 409, 422)
    assert merged.json()["merged_into"] == ticket.number


def test_it_comes_apart_again(olga, ticket, bobs):
    olga.post(f"/tickets/{bobs.number}/merge", {"into": ticket.number, "copies": True})

    told = olga._send("delete", f"/tickets/{bobs.number}/merge").json()
    again = olga._send("delete", f"/tickets/{bobs.number}/merge")

    assert (told["state"], told["message_count"], again.status_code) == ("open", 1, 422)


def test_tickets_are_linked_and_unlinked(olga, ticket, bobs):
    first = olga.post(f"/tickets/{ticket.number}/related", {"number": bobs.number})
    second = olga.post(f"/tickets/{bobs.number}/related", {"number": ticket.number})
    related = olga.get(f"/tickets/{ticket.number}/related").json()["tickets"]
    gone = olga._send("delete", f"/tickets/{ticket.number}/related/{bobs.number}")
    twice = olga._send("delete", f"/tickets/{ticket.number}/related/{bobs.number}")

    assert (first.status_code, second.status_code) == (201, 201)
    assert [each["number"] for each in related] == [bobs.number]
    assert (gone.status_code, twice.status_code) == (204, 404)
    assert olga.post(f"/tickets/{ticket.number}/related", {"number": ticket.number}).status_code == 422


def test_redacted_words_are_given_to_nobody_not_even_again(olga, ticket):
    note = {"kind": "note", "text": "The password is zwieback."}
    told = olga.post(f"/tickets/{ticket.number}/messages", note, key="once").json()

    redacted = olga.post(
        f"/tickets/{ticket.number}/messages/{told['id']}/redact", {"why": "A password", "quotes": []}
    )

    assert redacted.json() == {"messages": [told["id"]]}
    shown = olga.get(f"/tickets/{ticket.number}/messages").json()["results"][-1]
    assert (shown["text"], shown["redaction"]["why"]) == ("", "A password")
    again = olga.post(f"/tickets/{ticket.number}/messages", note, key="once")
    assert (again.status_code, b"zwieback" in again.content) == (410, False)


def test_a_quote_of_it_goes_too_when_it_is_named(olga, ticket):
    secret = ticket.messages.get()
    quote = make_message(ticket, "Thanks!\n> Where is my bread?")

    body = {"why": "Private", "quotes": [quote.pk], "subject": True}
    olga.post(f"/tickets/{ticket.number}/messages/{secret.pk}/redact", body)

    assert b"my bread" not in olga.get(f"/tickets/{ticket.number}/messages").content
    assert olga.get(f"/tickets/{ticket.number}").json()["subject"] == ""


@pytest.mark.parametrize("body", [{}, {"why": ""}, {"why": " "}, {"why": "x" * 501}])
def test_without_a_reason_nothing_is_redacted(olga, ticket, body):
    message = ticket.messages.get()

    refused = olga.post(f"/tickets/{ticket.number}/messages/{message.pk}/redact", body)

    assert refused.status_code == 422
    assert Words(ticket.messages.get().text) == Words("Where is my bread?")
