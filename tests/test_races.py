"""Two colleagues answer one request in the same moment, by page, API and mail: one answer goes, the other is kept.

Both stand at the same gate, past every check that asks beforehand: a third transaction holds the ticket until
PostgreSQL says that both wait for it.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent, Token
from harken.channels.tests.letters import arrive
from harken.desk.tests.visits import Visitor, read, texts
from harken.tickets import locks
from harken.tickets.drafts import draft_of
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall
from tests.mail_programs import HELP, KIM, OLGA, Post, asked, olga_with_a_mailbox, outside, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

PATIENCE_SECONDS = 20
WAYS = ("page", "api", "mail")
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with outside(settings) as post:
        yield post


class Colleague:
    """An agent who can answer by each of the three ways; every answer says whose it is."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.visitor = Visitor.signed_in(agent)
        self.token = Token.objects.issue(agent, "race")[1]

    def answer(self, ticket: Ticket, way: str, words: str, seen_up_to: int = 1) -> bool:
        """Answer a ticket; say whether the answer was sent. One that was not must be in its writer's hands."""
        ways: dict[str, Callable[[Ticket, str, int], bool]] = {
            "page": self._by_page,
            "api": self._by_api,
            "mail": self._by_mail,
        }
        return ways[way](ticket, words, seen_up_to)

    def _by_page(self, ticket: Ticket, words: str, seen_up_to: int) -> bool:
        form = {"kind": "reply", "text": words, "seen_up_to": seen_up_to}
        answer = self.visitor.post(f"tickets/{ticket.number}/messages/", form)
        if answer.status_code == 302:
            return True
        page = read(answer)
        assert answer.status_code == 409
        assert texts(page, ".composer [name=text]") == [words]
        assert any("In the oven" in news for news in texts(page, ".composer-news")), "the difference is shown"
        return False

    def _by_api(self, ticket: Ticket, words: str, seen_up_to: int) -> bool:
        answer = Client().post(
            f"/api/v1/tickets/{ticket.number}/messages",
            {"kind": "reply", "text": words, "seen_up_to": seen_up_to},
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        wall.enter(self.agent.workspace_id)
        if answer.status_code == 201:
            return True
        assert answer.status_code == 409
        assert any("In the oven" in message["text"] for message in answer.json()["messages"])
        return False

    def _by_mail(self, ticket: Ticket, words: str, seen_up_to: int) -> bool:
        asked_with = ticket.messages.get(position=1)
        chain, to = f"<{asked_with.external_id}>", asked_with.author_address
        raw = written(f"Colleague <{self.agent.email}>", words, to=to, Cc=HELP, In_Reply_To=chain)
        arrival = arrive(raw)
        if arrival.message and arrival.message.kind == Message.Kind.REPLY:
            return True
        draft = draft_of(ticket, self.agent)
        assert draft is not None, arrival.evidence
        assert (draft.text, draft.why) == (words, "unseen")
        return False


def race(ticket: Ticket, *verbs: Callable[[], bool]) -> list[bool]:
    """Let all do it at once, past the same gate; what each returned."""
    outcomes: list[Any] = [None] * len(verbs)

    def run(at: int, verb: Callable[[], bool]) -> None:
        try:
            with wall.inside(ticket.workspace_id):
                outcomes[at] = verb()
        except BaseException as error:
            outcomes[at] = error
            raise
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(verbs)]
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        for number, thread in enumerate(threads, start=1):
            thread.start()
            wait_until_they_wait(number, outcomes)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def wait_until_they_wait(wanted: int, outcomes: list[Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and outcomes == [None] * len(outcomes):
        with connection.cursor() as cursor:
            # Within a transaction PostgreSQL would show the same picture again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(_WAITING)
            if cursor.fetchone()[0] >= wanted:
                return
        time.sleep(0.01)
    raise AssertionError(f"{wanted} should stand at the gate: {outcomes}")


@pytest.mark.parametrize(
    "count",
    [pytest.param(18, id="each-pair-both-ways-round"), pytest.param(200, id="many", marks=pytest.mark.long)],
)
def test_of_two_who_answer_at_once_by_any_ways_one_is_told_of_the_other_and_keeps_their_words(
    post: Post, count: int
):
    first = olga_with_a_mailbox()
    olga, kim = Colleague(first), Colleague(make_agent(first.workspace, KIM))
    assert first.email == OLGA
    pairs = itertools.cycle(itertools.product(WAYS, WAYS))

    for number, ways in zip(range(count), pairs, strict=False):
        ticket = asked(f"Where is loaf {number}?", sender=f"ann{number}@crumb-{number}.example")
        if ways[1] != "page":
            # It stops nobody but other pages, which show it.
            locks.take(ticket, by=olga.agent)
        words = [f"In the oven, says {name} ({number})." for name in ("Olga", "Kim")]

        verbs = [
            partial(who.answer, ticket, way, say)
            for who, way, say in zip((olga, kim), ways, words, strict=True)
        ]
        is_kim_first = number // 9 % 2 == 1
        outcomes = race(ticket, *(verbs[::-1] if is_kim_first else verbs))

        sent = list(ticket.messages.filter(kind=Message.Kind.REPLY))
        assert sorted(outcomes) == [False, True], (number, ways)
        assert len(sent) == 1, (number, ways)
        told = kim if sent[0].author_agent == olga.agent else olga
        assert told.answer(ticket, "api", f"{words[0]} And jam.", seen_up_to=2), "who has read may answer"
