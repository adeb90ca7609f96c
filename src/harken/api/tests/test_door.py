import pytest
from django.db import connection
from django.test import Client

from harken.agents.factories import make_agent
from harken.api import door
from harken.api.tests.conftest import Caller
from harken.tickets.factories import make_ticket
from harken.workspaces import wall


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer hk_1_x",
        "Basic b2xnYTpvbGdh",
        "Bearer \0",
        "Bearer hk_1_" + "A" * 43,
        "é",
    ],
)
def test_without_a_token_of_ours_nobody_is_let_in(db, header: str):
    answer = Client().get("/api/v1/tickets", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_a_session_does_not_open_the_api(olga: Caller):
    client = Client()
    client.force_login(olga.agent.user)

    assert client.get("/api/v1/tickets").status_code == 401


def test_a_token_with_another_workspaces_number_opens_nothing(olga: Caller, caller):
    other = make_agent()
    olga.token = olga.token.replace(f"hk_{olga.workspace.pk}_", f"hk_{other.workspace_id}_")

    assert olga.get("/tickets").status_code == 401


def test_an_agent_who_left_is_not_let_in(olga: Caller):
    type(olga.agent).objects.filter(pk=olga.agent.pk).update(is_active=False)

    assert olga.get("/tickets").status_code == 401


def test_another_workspaces_tickets_are_not_there(olga: Caller):
    theirs = make_ticket()
    wall.enter(olga.workspace.pk)

    assert olga.get("/tickets").json()["results"] == []
    assert olga.get(f"/tickets/{theirs.number}").status_code == 404
    assert olga.get(f"/tickets/{theirs.number}/messages").status_code == 404
    assert olga.patch(f"/tickets/{theirs.number}", {"state": "closed"}).status_code == 404
    reply = {"kind": "reply", "text": "Hi", "seen_up_to": 1}
    assert olga.post(f"/tickets/{theirs.number}/messages", reply).status_code == 404


def test_after_a_request_nobody_is_inside(olga: Caller):
    Client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {olga.token}"})

    assert wall.current() is None


def test_a_program_running_wild_is_slowed_down(olga: Caller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door, "MOST_PER_MINUTE", 2)
    monkeypatch.setattr(door.time, "time", lambda: 1_000_000_015.0)

    statuses = [olga.get("/tickets").status_code for _ in range(3)]
    refused = olga.get("/tickets")

    assert statuses == [200, 200, 429]
    assert 0 < int(refused["Retry-After"]) <= 60
    monkeypatch.setattr(door.time, "time", lambda: 1_000_000_015.0 + 60)
    assert olga.get("/tickets").status_code == 200


def test_one_row_counts_all_requests_of_an_agent(olga: Caller):
    for _ in range(3):
        olga.get("/tickets")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM api_requestcount")
        assert cursor.fetchone() == (1,)
