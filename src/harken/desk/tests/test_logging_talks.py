from typing import Any
from uuid import uuid4

import pytest

from harken.contacts.factories import make_contact
from harken.desk.room import talks
from harken.desk.tests.visits import Visitor, read, texts
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


def log(visitor: Visitor, **typed: Any) -> Any:
    given = {"place": "new", "way": "call", "direction": "incoming", "then": "done", "key": str(uuid4())}
    return visitor.post("log/", given | {"text": "Wants a new label.", "letter": "Please write."} | typed)


def test_a_call_is_logged_and_told_as_one(olga):
    ann = make_contact(olga.workspace)
    form = olga.look("log/", contact=str(ann.pk))
    assert form.css_first("[name=place][checked]").attributes["value"] == f"contact-{ann.pk}"

    log(olga, place=f"contact-{ann.pk}", minutes="4")

    page = olga.look("room/")
    assert texts(page, ".ask-head .via") == ["Call, 4 min, logged by you"]
    assert texts(page, ".ask-talk") == ["Wants a new label."]
    assert page.css_first("[data-mark]").attributes["data-mark"] == "done"


def test_a_newcomer_is_made_while_logging(olga):
    response = log(olga, who="Dieter Brandt", reached_at="+49 30 000 000")

    assert response.status_code == 302
    assert Ticket.objects.get().requester.name == "Dieter Brandt"


@pytest.mark.parametrize("minutes", ["99999", "-1", "four"])
def test_minutes_that_are_none_are_named(olga, minutes):
    response = log(olga, who="Dieter Brandt", minutes=minutes)

    assert response.status_code == 422
    assert texts(read(response), "form.log [role=alert]") == [str(talks.NO_MINUTES)]
    assert not Ticket.objects.exists()


def test_a_log_joins_the_open_request_that_was_chosen(olga):
    ticket = make_ticket(olga.workspace, subject="Labels")
    found = read(olga.post("log/", {"who": "ann", "find": "1", "text": "Kept?"}))
    assert texts(found, ".place-inner") == [f"{ticket.short_number} Labels"]
    assert found.css_first("#text").text() == "Kept?"

    log(olga, place=f"ticket-{ticket.number}", then="ours")

    ticket.refresh_from_db()
    assert (ticket.message_count, ticket.is_our_turn) == (2, True)


def test_who_asks_for_a_change_is_asked_to_write_it(olga):
    ticket = make_ticket(olga.workspace)

    log(olga, place=f"ticket-{ticket.number}", asks_change="1", key=(key := str(uuid4())))
    log(olga, place=f"ticket-{ticket.number}", asks_change="1", key=key)

    letters = Message.objects.filter(kind=Message.Kind.REPLY)
    assert [(each.text, each.to) for each in letters] == [("Please write.", ["ann@crumb.example"])]


def test_a_log_pressed_twice_at_the_same_moment_asks_for_the_change_once(olga, monkeypatch):
    ticket = make_ticket(olga.workspace)
    given = {"place": f"ticket-{ticket.number}", "asks_change": "1", "key": str(uuid4())}
    presses = iter(["the second press"])
    send_once = talks.send_once

    def overtaken(*asked: Any) -> Message:
        if next(presses, ""):
            log(olga, **given)
        return send_once(*asked)

    monkeypatch.setattr(talks, "send_once", overtaken)
    log(olga, **given)

    assert Message.objects.filter(kind=Message.Kind.REPLY).count() == 1


@pytest.mark.parametrize(
    "typed", [{"who": "", "reached_at": ""}, {"text": " "}, {"place": "ticket-99"}, {"reached_at": "nowhere"}]
)
def test_what_cannot_be_logged_is_kept_and_said_in_words(olga, typed):
    response = log(olga, **{"who": "Ann"} | typed)

    assert response.status_code == 422
    assert texts(read(response), ".say-bad")
    assert not Ticket.objects.exists()
