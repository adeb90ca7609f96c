import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent
from harken.desk.tests.visits import Visitor, texts
from harken.events.models import Event
from harken.lib.written import clean_written
from harken.tickets.factories import make_ticket
from harken.tickets.models import Ticket, Words

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(olga: Visitor) -> Agent:
    return make_agent(olga.workspace, user=make_user(name='Kim "O" <Ito>'))


def write(visitor: Visitor, ticket: Ticket, **typed: str) -> None:
    sent = visitor.post(f"tickets/{ticket.number}/messages/", {"seen_up_to": "1"} | typed)
    assert sent.status_code == 302


def told() -> list[int]:
    return [each.data["to"] for each in Event.objects.filter(type="agent.mentioned").order_by("id")]


def test_who_is_called_in_a_note_is_told_with_and_without_the_editor(olga: Visitor, kim: Agent):
    ticket = make_ticket(olga.workspace)

    write(olga, ticket, kind="note", text=f"@{kim.name}, look")
    write(olga, ticket, kind="note", html='<div>@Kim <b>no</b> @Kim&nbsp;"O" &lt;Ito&gt;&nbsp;now</div>')

    assert told() == [kim.pk, kim.pk]


def test_in_an_answer_it_is_only_text(olga: Visitor, kim: Agent):
    ticket = make_ticket(olga.workspace, "ann@crumb.example")

    write(olga, ticket, kind="reply", text=f"@{kim.name}")

    assert told() == []
    assert texts(olga.look(f"tickets/{ticket.number}/"), "mark") == []


def test_who_will_be_told_is_known_while_a_note_is_written(olga: Visitor, kim: Agent):
    for number in range(12):
        make_agent(olga.workspace, f"ada{number}@fennel.example", user=make_user(name=f"Ada Number {number}"))
    ticket = make_ticket(olga.workspace)
    note = f"@kim and @{kim.name}, @Ada Number 7: see @Ada, @{olga.agent.name} and mail@Kim"

    shown = json.loads(olga.post("colleagues/called/", {"text": note}).content)
    write(olga, ticket, kind="note", text=note)

    names = {each.name for each in Agent.objects.filter(pk__in=told())}
    assert set(shown["names"]) == names == {kim.name, "Ada Number 7"}
    assert {each.casefold() for each in shown["written"]} >= {"kim", kim.name.casefold(), "ada number 7"}
    assert json.loads(olga.post("colleagues/called/", {"text": "nobody"}).content) == {
        "names": [],
        "written": [],
    }


@pytest.mark.parametrize("page", ["tickets/{}/", "room/"])
def test_a_call_stands_out_and_ones_own_more(olga: Visitor, kim: Agent, page: str):
    ticket = make_ticket(olga.workspace)
    ticket.note(Words(f"<i>@{kim.name}</i> & @Olga Petrova"), by=kim)

    seen = olga.look(page.format(ticket.number))

    assert texts(seen, "mark") == [f"@{kim.name}", "@Olga Petrova"]
    assert texts(seen, "mark.mention-own") == ["@Olga Petrova"]
    assert f"<i>@{kim.name}</i> & @Olga Petrova" in " ".join(texts(seen, "main"))


def test_a_call_inside_an_attribute_is_left_alone(olga: Visitor, kim: Agent):
    ticket = make_ticket(olga.workspace)
    html = '<p><a href="https://x.example/&gt;@Olga Petrova">here</a> @Olga Petrova</p>'
    ticket.note(Words("here @Olga Petrova", html=clean_written(html)), by=kim)

    thread = olga.look(f"tickets/{ticket.number}/")
    assert texts(thread, ".msg-note p mark") == ["@Olga Petrova"]
    assert texts(thread, ".msg-note p > a") == ["here"]


def test_colleagues_are_offered_by_any_word_of_their_name(olga: Visitor, kim: Agent, mallory: Visitor):
    make_agent(olga.workspace, user=make_user(name="Oskar Kimble"))

    def offered(asked: str) -> list[str]:
        return texts(olga.look("colleagues/", q=asked), "[role=option] b")

    assert offered("") == [kim.name, "Oskar Kimble"]
    assert offered("kim") == [kim.name, "Oskar Kimble"]
    assert offered("osk") == ["Oskar Kimble"]
    assert offered("olga") == offered("skar") == offered("%\0") == []
    assert mallory.client.get(olga.path("colleagues/")).status_code == 404


def test_a_thread_costs_as_many_queries_however_many_are_called(olga: Visitor, kim: Agent):
    ticket = make_ticket(olga.workspace)
    counts = []
    for _round in range(2):
        for _each in range(3):
            ticket.note(Words("@Olga Petrova"), by=kim)
        olga.look(f"tickets/{ticket.number}/")
        with CaptureQueriesContext(connection) as asked:
            olga.look(f"tickets/{ticket.number}/")
        counts.append(len(asked))

    assert counts[0] == counts[1]
