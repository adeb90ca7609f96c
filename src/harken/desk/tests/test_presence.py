from typing import Any
from uuid import uuid4

import pytest

from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor, read, texts
from harken.realtime import Listener
from harken.tickets.attendance import attend
from harken.tickets.factories import make_ticket
from harken.tickets.models import Tab
from harken.workspaces import wall

pytestmark = pytest.mark.django_db
PROCESS = uuid4()


def come(visitor: Visitor) -> Listener:
    """The visitor's browser opens its live stream."""
    stream = Listener(
        uuid4(), str(visitor.client.session.session_key), visitor.agent.user_id, (visitor.workspace.pk,)
    )
    attend(PROCESS, [stream], [])
    return stream


@pytest.fixture
def tom(olga: Visitor) -> Visitor:
    """Tomás, a colleague of Olga's, whose page is open."""
    tom = Visitor.signed_in(make_agent(olga.workspace, "tom@fennel.example"))
    tom.agent.user.name = "Tomás Herrera"
    tom.agent.user.save()
    come(tom)
    return tom


def test_opening_a_request_is_reading_it(olga: Visitor, tom: Visitor):
    ticket = make_ticket(olga.workspace)

    tom.get(f"tickets/{ticket.number}/")

    assert texts(olga.look("here/"), "li")[0] == "THTomás Herrera reading Ann Baker"
    page = olga.look(f"tickets/{ticket.number}/")
    assert [mark.attributes["aria-label"] for mark in page.css("#readers .ava")] == [
        "Tomás Herrera is reading"
    ]


def test_a_page_keeps_its_name_from_request_to_request(olga: Visitor, tom: Visitor):
    bread, cake = make_ticket(olga.workspace), make_ticket(olga.workspace, subject="Cake")
    tab = tom.look(f"tickets/{bread.number}/").css_first("[data-tab]").attributes["data-tab"]

    headers: dict[str, Any] = {"HX-Request": "true", "Harken-Tab": tab}
    tom.client.get(tom.path(f"tickets/{cake.number}/"), headers=headers)
    wall.enter(olga.workspace.pk)

    assert [page.ticket_id for page in Tab.objects.filter(workspace=olga.workspace)] == [cake.pk]


def test_a_closed_page_reads_nothing_and_an_opened_one_reads_again(olga: Visitor, tom: Visitor):
    ticket = make_ticket(olga.workspace)
    tab = tom.look(f"tickets/{ticket.number}/").css_first("[data-tab]").attributes["data-tab"]

    tom.post(f"tickets/{ticket.number}/readers", {"tab": tab, "closed": "1"})
    closed = read(olga.get(f"tickets/{ticket.number}/readers"))
    tom.post(f"tickets/{ticket.number}/readers", {"tab": tab})

    assert texts(closed, ".ava") == []
    assert texts(olga.look(f"tickets/{ticket.number}/readers"), ".ava") == ["TH"]


@pytest.mark.parametrize("tab", ["", "x", "../..", "0" * 33])
def test_a_page_of_no_name_is_no_page(olga: Visitor, tab: str):
    ticket = make_ticket(olga.workspace)

    response = olga.post(f"tickets/{ticket.number}/readers", {"tab": tab})

    assert response.status_code == 204
    assert not Tab.objects.exists()


def test_a_stranger_learns_nothing_of_who_is_here(olga: Visitor, tom: Visitor, mallory: Visitor):
    ticket = make_ticket(olga.workspace)

    answers = [
        mallory.client.get(olga.path("here/")),
        mallory.client.get(olga.path(f"tickets/{ticket.number}/readers")),
        mallory.client.post(olga.path(f"tickets/{ticket.number}/readers"), {"tab": uuid4().hex}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_who_is_here_costs_the_same_whoever_is(olga: Visitor, tom: Visitor, django_assert_num_queries: Any):
    tom.get(f"tickets/{make_ticket(olga.workspace).number}/")
    come(olga)
    olga.get("here/")

    with django_assert_num_queries(10):
        olga.get("here/")
