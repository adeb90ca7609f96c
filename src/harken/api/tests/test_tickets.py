import base64
from datetime import timedelta

import pytest
from django.db.models import F

from harken.agents.factories import make_agent
from harken.api.tests.conftest import Caller
from harken.contacts.factories import make_contact
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.locks import take
from harken.tickets.models import AnswerLock, Ticket


def test_tickets_come_newest_first_page_by_page(olga: Caller):
    numbers = [make_ticket(olga.workspace, subject=f"Bread {n}").number for n in range(5)]

    first = olga.get("/tickets", limit=3).json()
    second = olga.get("/tickets", limit=3, cursor=first["next"]).json()

    assert [ticket["number"] for ticket in first["results"] + second["results"]] == numbers[::-1]
    assert second["next"] is None


def test_a_page_that_is_just_full_is_the_last_one(olga: Caller):
    make_ticket(olga.workspace)

    assert olga.get("/tickets", limit=1).json()["next"] is None


def test_a_ticket_tells_who_asked_and_where_it_stands(olga: Caller):
    ticket = make_ticket(olga.workspace, subject="Bread", email="ann@crumb.example", name="Ann Baker")

    told = olga.get(f"/tickets/{ticket.number}").json()

    assert told["subject"] == "Bread"
    assert told["state"] == "open"
    assert (told["requester"]["name"], told["requester"]["email"]) == ("Ann Baker", "ann@crumb.example")
    assert told["company"]["name"] == "crumb.example"
    assert told["assignee"] is None
    assert told["last_position"] == 1
    assert told["waiting_since"] is not None
    assert told["url"] == olga.workspace.url_for(f"tickets/{ticket.number}/")


def test_a_ticket_tells_who_writes_an_answer_for_as_long_as_they_do(olga: Caller):
    ticket = make_ticket(olga.workspace)
    take(ticket, by=olga.agent)

    told = olga.get(f"/tickets/{ticket.number}").json()
    AnswerLock.objects.update(typed_at=F("typed_at") - timedelta(minutes=4))
    later = olga.get("/tickets").json()["results"][0]

    assert (told["writing"]["email"], later["writing"]) == ("olga@fennel.example", None)


def test_tickets_are_filtered_by_state_requester_and_assignee(olga: Caller):
    bread = make_ticket(olga.workspace, email="ann@crumb.example")
    jam = make_ticket(olga.workspace, email="bob@jam.example")
    jam.close(by=olga.agent)
    bread.assign_to(olga.agent, by=olga.agent)

    def found(**query: str) -> list[int]:
        return [ticket["number"] for ticket in olga.get("/tickets", **query).json()["results"]]

    assert found(state="closed") == [jam.number]
    assert found(requester="Ann@Crumb.example") == [bread.number]
    assert found(assignee="olga@fennel.example") == [bread.number]
    assert found(assignee="nobody") == [jam.number]
    assert found(requester="nobody@crumb.example") == []


def test_the_number_of_queries_does_not_grow_with_the_list(olga: Caller, django_assert_max_num_queries):
    for n in range(8):
        make_ticket(olga.workspace, email=f"ann-{n}@crumb{n}.example")

    with django_assert_max_num_queries(12):
        assert len(olga.get("/tickets").json()["results"]) == 8


def test_a_ticket_is_opened_for_a_customer(olga: Caller):
    new = {
        "requester": {"email": "Ann@Crumb.example", "name": "Ann Baker"},
        "subject": "Bread",
        "text": "By phone",
    }

    answer = olga.post("/tickets", new)

    assert answer.status_code == 201
    ticket = Ticket.objects.get(number=answer.json()["number"])
    first = ticket.messages.get()
    assert (first.kind, first.text, first.author_address) == ("contact", "By phone", "ann@crumb.example")
    assert ticket.is_our_turn


def test_a_ticket_may_begin_with_a_file(olga: Caller):
    file = {"name": "../jam.txt", "type": "text/plain", "content": base64.b64encode(b"apricot").decode()}

    answer = olga.post("/tickets", {"requester": {"email": "ann@crumb.example"}, "attachments": [file]})

    attachment = Ticket.objects.get(number=answer.json()["number"]).messages.get().attachments.get()
    assert (attachment.name, attachment.file.content()) == ("jam.txt", b"apricot")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"requester": {"email": "ann@crumb.example"}},
        {"requester": {"email": "ann@crumb.example"}, "text": " \n"},
        {"requester": {"email": "nobody"}, "text": "Hi"},
        {"requester": {"email": "ann@crumb.example\nBcc: all@crumb.example"}, "text": "Hi"},
        {"requester": {"email": 5}, "text": "Hi"},
        {"requester": "ann@crumb.example", "text": "Hi"},
        {"requester": {"email": "ann@crumb.example"}, "text": None},
        {"requester": {"email": "ann@crumb.example"}, "text": "Hi", "workspace": 1},
        {"requester": {"email": "ann@crumb.example", "is_verified": True}, "text": "Hi"},
        {
            "requester": {"email": "ann@crumb.example"},
            "text": "Hi",
            "attachments": [{"name": "x", "content": "%"}],
        },
        {"requester": {"email": "ann@crumb.example"}, "text": "\ud800"},
        [],
        42,
        None,
    ],
)
def test_what_makes_no_ticket_is_refused_and_leaves_nothing(olga: Caller, wrong: object):
    answer = olga.post("/tickets", wrong)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert not Ticket.objects.exists()


def test_nul_is_taken_out_at_the_door(olga: Caller):
    new = {"requester": {"email": "ann@crumb.example", "name": "A\0nn"}, "subject": "Br\0ead", "text": "H\0i"}

    ticket = Ticket.objects.get(number=olga.post("/tickets", new).json()["number"])

    assert (ticket.subject, ticket.requester.name, ticket.messages.get().text) == ("Bread", "Ann", "Hi")
    assert olga.get("/tickets", requester="ann\0@crumb.example").status_code == 200


def test_a_ticket_is_closed_reopened_and_handed_over(olga: Caller):
    ticket = make_ticket(olga.workspace)
    kim = make_agent(olga.workspace, "kim@fennel.example")
    address = f"/tickets/{ticket.number}"

    assert (
        olga.patch(address, {"state": "closed", "assignee": "KIM@fennel.example"}).json()["state"] == "closed"
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("closed", kim)

    told = olga.patch(address, {"state": "open", "assignee": None}).json()
    assert (told["state"], told["assignee"]) == ("open", None)

    assert olga.patch(address, {"state": "closed_unsuccessfully"}).json()["state"] == "closed_unsuccessfully"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "merged"},
        {"state": 5},
        {"assignee": "mallory@stranger.example"},
        {"number": 1},
        {"requester": 1},
        {"has_problem": True},
    ],
)
def test_what_cannot_be_changed_stays(olga: Caller, wrong: object):
    ticket = make_ticket(olga.workspace)
    before = olga.get(f"/tickets/{ticket.number}").json()

    assert olga.patch(f"/tickets/{ticket.number}", wrong).status_code == 422
    assert olga.get(f"/tickets/{ticket.number}").json() == before


def test_tags_are_set_all_at_once_and_new_ones_made(olga: Caller):
    address = f"/tickets/{make_ticket(olga.workspace).number}"

    assert olga.patch(address, {"tags": ["Late", "Delivery"]}).json()["tags"] == ["Delivery", "Late"]
    assert olga.patch(address, {"tags": ["late", "Stock"]}).json()["tags"] == ["Late", "Stock"]
    assert olga.patch(address, {"state": "closed"}).json()["tags"] == ["Late", "Stock"]
    assert olga.patch(address, {"tags": [" "]}).status_code == 422
    assert olga.get(address).json()["tags"] == ["Late", "Stock"]
    assert olga.patch(address, {"tags": []}).json()["tags"] == []


def test_a_change_that_is_half_impossible_changes_nothing(olga: Caller):
    ticket = make_ticket(olga.workspace)

    olga.patch(f"/tickets/{ticket.number}", {"state": "closed", "assignee": "mallory@stranger.example"})

    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_contacts_and_companies_come_newest_first(olga: Caller):
    ann = make_contact(olga.workspace, "ann@crumb.example", "Ann Baker")
    make_message(make_ticket(olga.workspace, email="bob@jam.example", name="Bob"))

    people = olga.get("/contacts").json()["results"]
    firms = olga.get("/companies").json()["results"]

    assert [person["name"] for person in people] == ["Bob", "Ann Baker"]
    [identity] = people[0]["identities"]
    assert (identity["kind"], identity["address"], identity["is_verified"]) == (
        "email",
        "bob@jam.example",
        False,
    )
    assert (identity["health"], identity["takes_automatic_mail"]) == ("ok", True)
    assert [firm["domain"] for firm in firms] == ["jam.example"]
    assert olga.get("/contacts", email="ANN@crumb.example").json()["results"][0]["id"] == ann.pk
    assert olga.get("/contacts", company=firms[0]["id"]).json()["results"][0]["name"] == "Bob"
    assert olga.get(f"/contacts/{ann.pk}").json()["email"] == "ann@crumb.example"
    assert olga.get(f"/companies/{firms[0]['id']}").json()["name"] == "jam.example"
