import base64
from dataclasses import asdict

import pytest

from harken.agents.factories import make_agent
from harken.api.tests.conftest import Caller
from harken.channels.contract import Invitation
from harken.channels.factories import make_channel
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.locks import take
from harken.tickets.models import Ticket


@pytest.fixture
def ticket(olga: Caller) -> Ticket:
    make_channel(olga.workspace)
    return make_ticket(olga.workspace, text="Where is my bread?")


def test_messages_come_oldest_first_page_by_page(olga: Caller, ticket: Ticket):
    make_message(ticket, "Any news?")
    make_message(ticket, "Hello?")

    first = olga.get(f"/tickets/{ticket.number}/messages", limit=2).json()
    second = olga.get(f"/tickets/{ticket.number}/messages", limit=2, cursor=first["next"]).json()

    texts = [message["text"] for message in first["results"] + second["results"]]
    assert texts == ["Where is my bread?", "Any news?", "Hello?"]
    assert second["next"] is None


def test_a_style_sheet_in_a_reply_becomes_attributes_and_nothing_is_fetched(olga: Caller, ticket: Ticket):
    html = (
        '<link rel="stylesheet" href="file:///etc/passwd"><style>@import url("http://evil.example/x.css");'
        ' .price { color: green; position: fixed } </style><p class="price">3 euros</p>'
    )

    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "html": html, "seen_up_to": 1}
    ).json()

    assert answer["text"].strip() == "3 euros"
    assert 'style="color:green"' in answer["html"].replace(": ", ":").replace(";", "")
    assert "root" not in answer["html"]
    assert "evil.example" not in answer["html"]


def test_a_reply_is_queued_for_the_customer(olga: Caller, ticket: Ticket):
    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1}
    )

    assert answer.status_code == 201
    told = answer.json()
    assert (told["position"], told["kind"], told["text"], told["to"]) == (
        2,
        "reply",
        "Tomorrow.",
        ["ann@crumb.example"],
    )
    assert told["author"] == {"kind": "agent", "id": olga.agent.pk, "name": olga.agent.name, "address": ""}
    assert [(delivery["address"], delivery["state"]) for delivery in told["deliveries"]] == [
        ("ann@crumb.example", "queued")
    ]
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_a_note_stays_inside(olga: Caller, ticket: Ticket):
    told = olga.post(f"/tickets/{ticket.number}/messages", {"kind": "note", "text": "She called."}).json()

    assert (told["kind"], told["deliveries"], told["to"]) == ("note", [], [])


def test_html_is_made_harmless_and_readable(olga: Caller, ticket: Ticket):
    html = "<p>It is <b>on its way</b>.</p><script>alert(1)</script>"

    told = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "html": html, "seen_up_to": 1}
    ).json()

    assert told["html"] == "<p>It is <b>on its way</b>.</p>"
    assert told["text"] == "It is on its way."


def test_a_file_goes_out_and_opens_by_its_address(olga: Caller, ticket: Ticket):
    file = {"name": "jam.txt", "type": "text/plain", "content": base64.b64encode(b"apricot").decode()}
    reply = {"kind": "reply", "text": "Here.", "seen_up_to": 1, "attachments": [file]}

    (attachment,) = olga.post(f"/tickets/{ticket.number}/messages", reply).json()["attachments"]

    assert (attachment["name"], attachment["size"], attachment["type"]) == ("jam.txt", 7, "text/plain")
    opened = olga.client.get("/files/" + attachment["url"].split("/files/")[1])
    assert opened.getvalue() == b"apricot"


def test_nobody_answers_blind(olga: Caller, ticket: Ticket):
    make_message(ticket, "Forget it, I found it.")

    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1}
    )

    assert answer.status_code == 409
    problem = answer.json()
    assert [(message["position"], message["text"]) for message in problem["messages"]] == [
        (2, "Forget it, I found it.")
    ]
    assert ticket.messages.count() == 2


def test_whoever_has_read_what_is_not_there_yet_has_read_nothing(olga: Caller, ticket: Ticket):
    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 999_999}
    )

    assert answer.status_code == 409
    assert [message["position"] for message in answer.json()["messages"]] == [1]


def test_a_lock_stops_no_answer_by_the_api(olga: Caller, ticket: Ticket):
    take(ticket, by=make_agent(olga.workspace, "kim@fennel.example"))

    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1}
    )

    assert answer.status_code == 201


def test_whoever_is_refused_is_told_who_writes_an_answer(olga: Caller, ticket: Ticket):
    kim = make_agent(olga.workspace, "kim@fennel.example")
    take(ticket, by=kim)
    make_message(ticket, "Forget it, I found it.")

    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1}
    )

    assert answer.json()["writing"] == {"id": kim.pk, "name": kim.name, "email": "kim@fennel.example"}


def test_a_colleagues_note_counts_as_unseen(olga: Caller, ticket: Ticket, caller):
    kim = caller(make_agent(olga.workspace, "kim@fennel.example"))
    kim.post(f"/tickets/{ticket.number}/messages", {"kind": "note", "text": "I am on it."})

    answer = olga.post(
        f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1}
    )

    assert answer.status_code == 409
    assert answer.json()["messages"][0]["author"]["id"] == kim.agent.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "reply", "seen_up_to": 1},
        {"kind": "reply", "text": " ", "seen_up_to": 1},
        {"kind": "reply", "text": "Hi"},
        {"kind": "reply", "text": "Hi", "seen_up_to": -1},
        {"kind": "reply", "text": "Hi", "seen_up_to": "1"},
        {"kind": "reply", "text": "Hi", "seen_up_to": 2**63},
        {"kind": "reply", "text": "Hi", "seen_up_to": True},
        {"kind": "reply", "text": "Hi", "seen_up_to": 1, "to": ["nobody"]},
        {"kind": "reply", "text": "Hi", "seen_up_to": 1, "cc": ["a@b.example\r\nBcc: all@b.example"]},
        {"kind": "reply", "text": "Hi", "seen_up_to": 1, "author": 1},
        {"kind": "contact", "text": "Hi", "seen_up_to": 1},
        {"text": "Hi"},
        {"kind": "note", "text": "x" * 1_000_001},
    ],
)
def test_what_makes_no_message_is_refused(olga: Caller, ticket: Ticket, wrong: object):
    answer = olga.post(f"/tickets/{ticket.number}/messages", wrong)

    assert answer.status_code == 422, answer.json()
    assert answer.json()["detail"] or answer.json()["title"]
    assert ticket.messages.count() == 1


def test_too_many_bytes_in_files_are_refused(olga: Caller, ticket: Ticket):
    content = base64.b64encode(bytes(20_000_001)).decode()
    reply = {"kind": "note", "text": "Look", "attachments": [{"name": "big.bin", "content": content}]}

    answer = olga.post(f"/tickets/{ticket.number}/messages", reply)

    assert answer.status_code == 422
    assert "20 MB" in answer.json()["title"]


def test_a_merged_ticket_takes_no_reply(olga: Caller, ticket: Ticket):
    Ticket.objects.filter(pk=ticket.pk).update(state="merged")

    answer = olga.post(f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Hi", "seen_up_to": 1})

    assert answer.status_code == 409
    assert "merged" in answer.json()["title"]


def test_a_reply_to_a_closed_ticket_goes_out(olga: Caller, ticket: Ticket):
    ticket.close(by=olga.agent)

    reply = {"kind": "reply", "text": "One more thing.", "seen_up_to": 1}

    assert olga.post(f"/tickets/{ticket.number}/messages", reply).status_code == 201


def test_a_thread_of_any_length_takes_the_same_number_of_queries(
    olga: Caller, ticket: Ticket, django_assert_max_num_queries
):
    for n in range(10):
        make_message(ticket, f"Hello {n}?")

    with django_assert_max_num_queries(14):
        assert len(olga.get(f"/tickets/{ticket.number}/messages").json()["results"]) == 11


def test_how_a_letter_came_and_what_it_invites_to_are_told(olga):
    ticket = make_ticket(olga.workspace)
    invitation = asdict(Invitation("REQUEST", "Tasting", "2026-11-24T09:00:00+00:00", attendees=2))
    ticket.messages.update(protection="pgp-signed", invitation=invitation)

    (told,) = olga.get(f"/tickets/{ticket.number}/messages").json()["results"]

    assert (told["protection"], told["invitation"]) == ("pgp-signed", invitation)
