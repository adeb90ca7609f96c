"""Where the inbox is off, nothing of it is there; the room and taking a request go on."""

import pytest
from django.urls import get_resolver

from harken.agents.factories import make_agent
from harken.tickets.factories import make_ticket
from harken.tickets.models import BulkAction, Ticket
from tests.wall.addresses import addresses

pytestmark = pytest.mark.django_db

# The head of the room shows them, too.
STAYS = {"inbox/troubles/"}


def addresses_of_the_inbox() -> list[str]:
    """Every address of the desk that stands below the inbox or its views, in words that fit any number."""
    routes = [address.route for address in addresses(get_resolver("harken.desk.urls").url_patterns)]
    of_it = [route for route in routes if route.startswith(("inbox/", "views/")) and route not in STAYS]
    return [route.replace("<int:action_id>", "1").replace("<int:view_id>", "1") for route in of_it]


def test_no_address_of_the_inbox_is_there(olga):
    of_the_inbox = addresses_of_the_inbox()
    ticket = make_ticket(olga.workspace)
    action = BulkAction.objects.create(
        workspace=olga.workspace, agent=olga.agent, act="close", tickets=[ticket.pk], reached=1
    )
    assert len(of_the_inbox) >= 9
    assert olga.get("inbox/colleagues/").status_code == 200
    olga.workspace.switch("inbox", on=False)

    asked = [address.replace("acts/1/", f"acts/{action.pk}/") for address in of_the_inbox]
    values = {"act": "close", "n": ticket.number}
    found = {(page, way): getattr(olga, way)(page) for page in asked for way in ("get", "delete")}
    found |= {(page, "post"): olga.post(page, values) for page in asked}

    assert {each: answer.status_code for each, answer in found.items() if answer.status_code != 404} == {}
    assert Ticket.objects.get().state == "open"


def test_a_request_is_taken_and_let_go_of_but_handed_to_nobody(olga):
    kim, ticket = make_agent(olga.workspace), make_ticket(olga.workspace)
    olga.workspace.switch("inbox", on=False)
    page = f"tickets/{ticket.number}/assignee"

    for to in (str(kim.pk), str(olga.agent.pk), "", "99999"):
        for htmx in (True, False):
            assert olga.post(page, {"to": to, "note": "Yours"}, htmx=htmx).status_code == 404
    assert Ticket.objects.get().assignee is None
    assert ticket.messages.count() == 1

    assert olga.post(page, {"to": "me"}, htmx=True).status_code == 200
    assert Ticket.objects.get().assignee == olga.agent
    assert olga.post(page, {"to": "nobody"}, htmx=True).status_code == 200
    assert Ticket.objects.get().assignee is None
