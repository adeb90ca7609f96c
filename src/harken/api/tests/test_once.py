from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.api import once
from harken.api.models import KEPT_FOR, KeptAnswer
from harken.api.tests.conftest import Caller
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall

NEW = {"requester": {"email": "ann@crumb.example"}, "subject": "Bread", "text": "By phone"}


def test_a_post_with_a_key_happens_once(olga: Caller):
    first = olga.post("/tickets", NEW, key="order-17")
    second = olga.post("/tickets", NEW, key="order-17")

    assert Ticket.objects.count() == 1
    assert (second.status_code, second.json()) == (201, first.json())
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_without_a_key_it_happens_as_often_as_it_is_sent(olga: Caller):
    olga.post("/tickets", NEW)
    olga.post("/tickets", NEW)

    assert Ticket.objects.count() == 2


def test_a_key_used_with_another_body_is_refused(olga: Caller):
    olga.post("/tickets", NEW, key="order-17")

    answer = olga.post("/tickets", NEW | {"text": "By letter"}, key="order-17")

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["title"]
    assert Ticket.objects.count() == 1


def test_a_key_used_at_another_address_is_refused(olga: Caller):
    note = {"kind": "note", "text": "Once"}
    here, there = make_ticket(olga.workspace), make_ticket(olga.workspace)
    olga.post(f"/tickets/{here.number}/messages", note, key="k")

    assert olga.post(f"/tickets/{there.number}/messages", note, key="k").status_code == 422


def test_keys_of_two_agents_do_not_meet(olga: Caller, caller):
    kim = caller(make_agent(olga.workspace, "kim@fennel.example"))

    olga.post("/tickets", NEW, key="order-17")
    kim.post("/tickets", NEW, key="order-17")

    assert Ticket.objects.count() == 2


def test_a_refusal_is_not_kept(olga: Caller):
    ticket = make_ticket(olga.workspace)
    make_message(ticket, "One thing more")
    address, reply = f"/tickets/{ticket.number}/messages", {"kind": "reply", "text": "Yes."}

    blind = olga.post(address, reply | {"seen_up_to": 1}, key="k")
    seeing = olga.post(address, reply | {"seen_up_to": 2}, key="k")

    assert (blind.status_code, seeing.status_code) == (409, 201)


def test_a_crash_leaves_neither_deed_nor_key(olga: Caller, monkeypatch: pytest.MonkeyPatch):
    def crash(*_: object) -> None:
        raise RuntimeError

    olga.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(KeptAnswer, "keep", crash)
        assert olga.post("/tickets", NEW, key="order-17").status_code == 500

    assert not Ticket.objects.exists()
    assert olga.post("/tickets", NEW, key="order-17").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "x" * 256, "tab\t"])
def test_a_key_that_is_none_is_refused(olga: Caller, key: str):
    assert olga.post("/tickets", NEW, key=key).status_code == 422


def test_a_key_needs_a_token_all_the_same(olga: Caller):
    olga.token = "hk_1_" + "A" * 43

    assert olga.post("/tickets", NEW, key="k").status_code == 401


def test_old_keys_are_forgotten(olga: Caller):
    olga.post("/tickets", NEW, key="old")
    KeptAnswer.objects.update(created_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))

    olga.post("/tickets", NEW, key="new")

    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["new"]


@pytest.fixture
def many(transactional_db: None, olga: Caller) -> Caller:
    return olga


def at_once(olga: Caller, address: str, body: object, key: str, times: int) -> list[int]:
    """Send one request several times at the same moment; return the statuses."""
    together = Barrier(times)

    def send(_: int) -> int:
        together.wait(timeout=10)
        try:
            return Caller.post(olga, address, body, key=key).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(send, range(times)))


def test_of_concurrent_requests_with_one_key_one_is_done(many: Caller):
    ticket = make_ticket(many.workspace)

    statuses = at_once(many, f"/tickets/{ticket.number}/messages", {"kind": "note", "text": "Once"}, "k", 6)

    assert statuses == [201] * 6
    wall.enter(many.workspace.pk)
    assert Message.objects.filter(kind="note").count() == 1


def test_who_waits_too_long_is_told_to_come_back(many: Caller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(once, "WAIT_SECONDS", 0.1)
    reached = Barrier(2)
    keep = KeptAnswer.keep

    def keep_slowly(kept: KeptAnswer, response: HttpResponse) -> None:
        reached.wait(timeout=10)
        keep(kept, response)

    monkeypatch.setattr(KeptAnswer, "keep", keep_slowly)

    def send_first() -> int:
        try:
            return many.post("/tickets", NEW, key="k").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send_first)
        while not reached.n_waiting:
            pass
        second = many.post("/tickets", NEW, key="k")
        reached.wait(timeout=10)

    assert (first.result(), second.status_code) == (201, 409)
