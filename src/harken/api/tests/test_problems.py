import json

import pytest
from django.test import Client
from pytest_django import Settings

from harken.api.tests.conftest import Caller
from harken.tickets.factories import make_ticket


def problem(answer) -> dict:
    """What went wrong, once it has the form that RFC 9457 gives it."""
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["type"] == "about:blank"
    return body


@pytest.mark.parametrize(
    "address", ["/nothing", "/tickets/1", "/tickets/x", "/tickets/" + "9" * 5000, "/tickets/-1"]
)
def test_what_is_not_there_is_a_problem(olga: Caller, address: str):
    assert problem(olga.get(address))["status"] == 404


@pytest.mark.parametrize("address", ["/api/", "/api/v2/tickets", "/api/inbox/", "/api/v1/tickets/"])
def test_an_address_that_never_was_is_a_problem_for_anybody(db, address: str):
    assert problem(Client().get(address))["status"] == 404


def test_a_wrong_method_is_a_problem_that_says_which_are_right(olga: Caller):
    answer = olga.patch("/tickets", {})

    assert problem(answer)["status"] == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("body", ["{", b"\xff\xfe", "[" * 100_000, '{"kind": "note"', "9" * 6000])
def test_what_is_not_json_is_a_problem(olga: Caller, body: object):
    ticket = make_ticket(olga.workspace)

    assert problem(olga.post(f"/tickets/{ticket.number}/messages", body))["status"] in {400, 422}


def test_a_body_beyond_all_measure_is_a_problem(olga: Caller, settings: Settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert problem(olga.post("/tickets", {"text": "longer than ten bytes"}))["status"] == 413


def test_a_wrong_field_is_named(olga: Caller):
    answer = olga.post("/tickets", {"requester": {"email": "ann@crumb.example"}, "txet": "Hi"})

    assert problem(answer)["errors"] == [{"where": "body.txet", "what": "Extra inputs are not permitted"}]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "x"},
        {"limit": 10**30},
        {"cursor": "x"},
        {"cursor": ""},
        {"cursor": "YWZ0ZXI6eA"},
        {"cursor": "é" * 50},
        {"cursor": "A" * 101},
        {"state": "lost"},
        {"limitt": 5},
    ],
)
def test_a_wrong_question_is_refused(olga: Caller, query: dict):
    assert problem(olga.get("/tickets", **query))["status"] == 422


def test_a_wrong_question_is_named_in_plain_words(olga: Caller):
    too_much = problem(olga.get("/tickets", limit=201))["errors"]
    misspelt = problem(olga.get("/tickets", limitt=5))["errors"]

    assert [error["where"] for error in too_much] == ["query.limit"]
    assert misspelt == [{"where": "query", "what": "unknown: limitt"}]


def test_a_crash_is_a_problem_without_a_word_of_what_crashed(olga: Caller, monkeypatch: pytest.MonkeyPatch):
    def crash(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("harken.tickets.api._tickets", crash)
    olga.client.raise_request_exception = False

    answer = olga.get("/tickets")

    assert problem(answer)["status"] == 500
    assert b"secret" not in answer.content


def test_pages_of_people_keep_their_own_errors(db):
    assert "problem" not in Client().get("/nothing-at-all/").get("Content-Type", "")


def test_what_goes_well_is_left_as_it_is(olga: Caller):
    assert olga.get("/tickets")["Content-Type"] == "application/json; charset=utf-8"
