"""A committed event reaches every open page, whatever happens between. Real PostgreSQL, real sessions."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client

from harken import realtime
from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.events.record import record
from harken.realtime import registry, threads
from harken.realtime.hub import hub
from harken.realtime.live import live
from harken.tickets.factories import make_ticket
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 5


class Page:
    """An open page: what it read so far, and the id a browser would send back."""

    def __init__(self, session_key: str, since: str = "", last_event_id: str = "") -> None:
        self.status = 0
        self.is_over = False
        self.text = ""
        self._left = asyncio.Event()
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key}".encode())]
        headers += [(b"last-event-id", last_event_id.encode())] if last_event_id else []
        query = f"since={since}".encode()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/live",
            "query_string": query,
            "headers": headers,
        }

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened; who is here is told beside it, whenever a page opens or closes."""
        told = [json.loads(line[6:]) for line in self.text.splitlines() if line.startswith("data: ")]
        return [event for event in told if event["t"] != "presence.changed"]

    @property
    def told(self) -> list[int]:
        """The numbers of the events it was told of."""
        return [event["e"] for event in self.events]

    @property
    def last_event_id(self) -> str:
        return [line[4:] for line in self.text.splitlines() if line.startswith("id: ")][-1]

    async def receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_over = True
            self._left.set()

    def leave(self) -> None:
        self._left.set()


class Live:
    """The event loop of a web process, in a thread, with the hub listening."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._on_loop(_call(hub.start))
        wait_until(lambda: hub.is_listening)

    def stop(self) -> None:
        self._on_loop(hub.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, session_key: str, **where: str) -> Page:
        page: Page = self._on_loop(_call(lambda: Page(session_key, **where)))
        page.task = asyncio.run_coroutine_threadsafe(live(page.scope, page.receive, page.send), self._loop)  # type: ignore[attr-defined]
        wait_until(lambda: "id: " in page.text or page.is_over)
        return page

    def close(self, page: Page) -> None:
        self._loop.call_soon_threadsafe(page.leave)
        page.task.result(PATIENCE_SECONDS)  # type: ignore[attr-defined]

    def _on_loop(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_SECONDS)


async def _call(function: Callable[[], Any]) -> Any:
    return function()


def wait_until(is_so: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(PATIENCE_SECONDS * 100):
        if is_so():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def desk() -> Iterator[Live]:
    running = Live()
    yield running
    running.stop()
    _close_connections_of_readers()


def _close_connections_of_readers() -> None:
    # The test database cannot be removed while somebody is connected to it.
    meeting = threading.Barrier(2)

    def close() -> None:
        meeting.wait(PATIENCE_SECONDS)
        connections.close_all()

    for closed in [threads._readers.submit(close) for _ in range(2)]:
        closed.result(PATIENCE_SECONDS)


@contextmanager
def somebody_else(workspace_id: int) -> Iterator[None]:
    """Another connection to the same database, inside the workspace, in this thread."""
    mine = connections["default"]
    connections["default"] = mine.copy()
    try:
        with wall.inside(workspace_id):
            yield
    finally:
        connections["default"].close()
        connections["default"] = mine


def session_of(agent: Agent) -> str:
    client = Client()
    client.force_login(agent.user)
    return client.session.session_key or ""


def test_an_event_reaches_the_open_page_after_commit_and_not_before(desk: Live):
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    page = desk.open(session_of(olga))

    with transaction.atomic():
        record("ticket.closed", ticket, by=olga)
        assert page.events == []

    wait_until(lambda: [event["t"] for event in page.events] == ["ticket.closed"])


def test_a_stranger_hears_nothing_of_another_workspace(desk: Live):
    olga, mallory = make_agent(), make_agent()
    page = desk.open(session_of(mallory))
    wall.enter(olga.workspace_id)
    record("ticket.closed", make_ticket(olga.workspace), by=olga)
    wall.enter(mallory.workspace_id)

    record("ticket.closed", make_ticket(mallory.workspace), by=mallory)

    wait_until(lambda: any(event["t"] == "ticket.closed" for event in page.events))
    assert {event["w"] for event in page.events} == {mallory.workspace_id}


def test_without_a_session_there_is_no_stream(desk: Live):
    assert desk.open("").status == 401
    assert desk.open("guessed").status == 401


def test_a_page_resumes_past_a_transaction_that_began_first_and_ended_last(desk: Live):
    olga = make_agent()
    early, late = make_ticket(olga.workspace), make_ticket(olga.workspace)
    key = session_of(olga)
    page = desk.open(key)

    with transaction.atomic():
        first = record("ticket.closed", early, by=olga)
        with somebody_else(olga.workspace_id):
            second = record("ticket.closed", late, by=olga)
        wait_until(lambda: len(page.events) == 1)
        desk.close(page)
    again = desk.open(key, last_event_id=page.last_event_id)

    # By number the page had seen everything: the later number came first, and the earlier one not at all.
    assert page.told == [second.pk] > [first.pk]
    # A transaction that is still running anywhere in the server lowers the cursor: older events may come once more.
    wait_until(lambda: second.pk in again.told)
    assert [told for told in again.told if told >= first.pk] == [first.pk, second.pk]


def test_a_page_that_resumed_in_the_middle_of_a_transaction_resumes_again_completely(desk: Live):
    olga = make_agent()
    early, late = make_ticket(olga.workspace), make_ticket(olga.workspace)
    key, since = session_of(olga), realtime.cursor()

    with transaction.atomic():
        first = record("ticket.closed", early, by=olga)
        with somebody_else(olga.workspace_id):
            record("ticket.closed", late, by=olga)
        page = desk.open(key, since=since)
        desk.close(page)
    again = desk.open(key, last_event_id=page.last_event_id)

    assert first.pk not in page.told
    wait_until(lambda: first.pk in again.told)


def test_what_is_said_while_the_database_connection_is_lost_comes_after(desk: Live):
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    page = desk.open(session_of(olga))

    with transaction.atomic(), connection.cursor() as sql:
        sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'harken live'"
        )
        wait_until(lambda: not hub.is_listening)
        event = record("ticket.closed", ticket, by=olga)

    wait_until(lambda: event.pk in page.told)
    assert not page.is_over


def test_a_page_that_missed_too_much_is_told_to_load_again(desk: Live):
    olga = make_agent()
    from_another_database = "999999999999999999"

    page = desk.open(session_of(olga), since=from_another_database)

    assert [event["t"] for event in page.events] == ["reload"]
    assert int(page.last_event_id) < int(from_another_database)


def test_signing_out_everywhere_closes_the_streams_of_that_person_alone(desk: Live):
    olga = make_agent(make_workspace())
    ann = make_agent(olga.workspace)
    hers, other = desk.open(session_of(olga)), desk.open(session_of(ann))

    olga.user.change_password("a new and longer one")

    wait_until(lambda: hers.is_over)
    assert not other.is_over


def test_a_session_that_ends_while_its_stream_is_being_opened_gets_none(
    desk: Live, monkeypatch: pytest.MonkeyPatch
):
    olga = make_agent()
    key, admit = session_of(olga), registry._admit

    def admit_and_shut_out(session_key: str) -> realtime.Admission | None:
        admission = admit(session_key)
        # Announced now, when no stream has joined the hub yet.
        olga.user.change_password("a new and longer one")
        return admission

    monkeypatch.setattr(registry, "_admit", admit_and_shut_out)

    assert desk.open(key).is_over


def test_words_that_are_none_of_ours_do_not_deafen_the_desk(desk: Live):
    olga = make_agent()
    page = desk.open(session_of(olga))
    with connection.cursor() as sql:
        sql.execute("SELECT pg_notify('harken_live', 'not of ours')")

    event = record("ticket.closed", make_ticket(olga.workspace), by=olga)

    wait_until(lambda: event.pk in page.told)


def test_every_stream_ends_at_once_when_the_process_stops(desk: Live):
    page = desk.open(session_of(make_agent()))

    desk._on_loop(_call(hub.end_all))

    wait_until(lambda: page.is_over)
