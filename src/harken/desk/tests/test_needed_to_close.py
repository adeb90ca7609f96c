"""Fields that a workspace needs before a request is closed: asked for on every way there, and nowhere else."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.fields import listing
from harken.fields.defining import change_field
from harken.fields.factories import make_field
from harken.fields.models import Field
from harken.tickets import locks
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge
from harken.tickets.models import Draft, Message, OwnState, Ticket, Words
from harken.tickets.own_names import answer_fields, put_into
from harken.tickets.schedule import schedule
from harken.tickets.states import State
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(olga: Visitor) -> Field:
    return make_field(olga.agent, "Order", is_needed_to_close=True)


@pytest.fixture
def ticket(olga: Visitor, order: Field) -> Ticket:
    make_field(olga.agent, "Colour")
    return make_ticket(olga.workspace)


def state_of(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.state


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("way", "said", "becomes"),
    [
        ("tickets/{}/closure", {}, "closed"),
        ("room/{}/closure", {}, "closed"),
        ("tickets/{}/state", {"state": "closed_unsuccessfully"}, "closed_unsuccessfully"),
    ],
)
def test_closing_leads_to_what_is_missing_and_closes_as_was_asked(olga, ticket, way, said, becomes, htmx):
    answer = olga.post(way.format(ticket.number), said, htmx=htmx)

    assert state_of(ticket) == State.OPEN
    address = answer["HX-Redirect" if htmx else "Location"].removeprefix(olga.path(""))
    page = olga.look(address)
    assert texts(page, ".own-page .field label") == ["Order"]
    kept = {each.attributes["name"]: each.attributes["value"] for each in page.css(".own-page [type=hidden]")}

    refused = olga.post(address, kept | {"own_order": "\u200f "})
    assert refused.status_code == 422
    assert "needed to close" in texts(read(refused), ".err")[0]
    assert state_of(ticket) == State.OPEN

    closed = olga.post(address, kept | {"own_order": "A-17"})
    assert (state_of(ticket), ticket.fields) == (becomes, {"order": "A-17"})
    assert closed["Location"].startswith(olga.path("room/" if "room" in way else "tickets/"))


def test_an_own_state_that_closes_asks_too_and_is_taken_afterwards(olga, ticket):
    duplicate = listing.add(OwnState(name="Duplicate", kind="closed_unsuccessfully"), by=olga.agent)

    answer = olga.post(f"tickets/{ticket.number}/state", {"own": duplicate.pk})
    address = answer["Location"].removeprefix(olga.path(""))
    kept = {"own": attribute(olga.look(address), "[name=own]", "value")}
    olga.post(address, kept | {"own_order": "A-17"})

    assert state_of(ticket) == State.CLOSED_UNSUCCESSFULLY
    assert ticket.own_state == duplicate


KEY = "7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d"


def send_and_close(
    olga: Visitor, ticket: Ticket, *, place: str = "tickets/{}/messages/", htmx: bool = False, **typed: str
) -> HttpResponse:
    words = {"kind": "reply", "text": "It is on its way.", "seen_up_to": "1", "then": "close", "key": KEY}
    return olga.post(place.format(ticket.number), words | typed, htmx=htmx)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("place", ["tickets/{}/messages/", "room/{}/messages/"])
def test_sending_and_closing_asks_in_place_and_then_does_both_in_one_press(olga, ticket, place, htmx):
    refused = send_and_close(olga, ticket, place=place, htmx=htmx)

    assert refused.status_code == 422
    page = read(refused)
    assert "Not sent: to close the request, this is to be filled in first: “Order”" in page.text()
    assert texts(page, ".composer-needed .field label") == ["Order"]
    assert "autofocus" in page.css_first(".composer-needed input[name=own_order]").attributes
    assert page.css_first(".composer-needed .err") is None
    if "tickets" in place:
        assert "Waiting for us" in texts(page, ".thread-turn")[0]
    if not htmx:
        assert "It is on its way." in page.css_first("textarea[name=text]").text()
    assert not Message.objects.filter(kind="reply").exists()

    seen = attribute(page, ".composer-needed [name=seen]", "value") or ""
    for _press in range(2):
        send_and_close(olga, ticket, place=place, htmx=htmx, seen=seen, own_order="A-17")

    assert (state_of(ticket), ticket.fields) == (State.CLOSED, {"order": "A-17"})
    assert Message.objects.filter(kind="reply").count() == 1


def test_what_does_not_fit_is_said_at_its_field_and_nothing_leaves(olga, ticket):
    make_field(olga.agent, "Loaves", kind="number", is_needed_to_close=True)

    page = read(send_and_close(olga, ticket, seen="{}", own_order="A-17", own_loaves="many"))

    assert texts(page, ".composer-needed .err") == ["“many” is no number. Write it like 12 or 12.5."]
    assert attribute(page, "[name=own_order]", "value") == "A-17"
    assert "autofocus" in page.css_first("[name=own_loaves]").attributes
    assert (state_of(ticket), ticket.fields) == (State.OPEN, {})


def test_what_was_filled_in_stays_when_something_else_stands_against_it(olga, ticket):
    make_message(ticket, "Wait!")

    refused = send_and_close(olga, ticket, seen="{}", own_order="A-17")

    assert refused.status_code == 409
    assert attribute(read(refused), "[name=own_order]", "value") == "A-17"
    assert (state_of(ticket), ticket.fields) == (State.OPEN, {})
    send_and_close(olga, ticket, seen="{}", own_order="A-17", seen_up_to="2")
    assert state_of(ticket) == State.CLOSED


def test_whoever_sends_without_closing_is_asked_nothing_and_keeps_what_was_filled_in(olga, ticket):
    make_field(olga.agent, "Size", is_needed_to_close=True)

    send_and_close(olga, ticket, seen="{}", own_order="A-17", own_size="", then="")

    assert (state_of(ticket), ticket.fields) == (State.WAITING, {"order": "A-17"})


def test_what_a_colleague_filled_in_meanwhile_is_shown_and_not_written_over(olga, ticket):
    answer_fields(ticket, {"order": "B-2"}, by=olga.agent)

    page = read(send_and_close(olga, ticket, seen='{"own_order": ""}', own_order="A-17"))

    assert texts(page, ".composer-needed .missed dd") == ["B-2"]
    assert attribute(page, "[name=own_order]", "value") == "A-17"
    assert (state_of(ticket), ticket.fields) == (State.OPEN, {"order": "B-2"})


def test_a_colleague_who_holds_the_answer_holds_it_here_too(olga, ticket):
    kim = make_agent(olga.workspace, "kim@fennel.example")
    locks.take(ticket, by=kim, browser="b", tab="1")

    page = read(send_and_close(olga, ticket, seen="{}", own_order="A-17"))

    assert "is writing an answer" in texts(page, ".composer-news [role=alert]")[0]
    assert attribute(page, "[name=own_order]", "value") == "A-17"
    assert (state_of(ticket), ticket.fields) == (State.OPEN, {})


def test_an_answer_taken_back_is_sent_and_closed_again(olga, ticket):
    make_channel(olga.workspace)
    olga.workspace.own_undo_seconds = 10
    olga.workspace.save()
    send_and_close(olga, ticket, seen="{}", own_order="A-17")

    olga.post(f"messages/{Message.objects.get(kind='reply').pk}/taking-back")
    assert state_of(ticket) == State.OPEN
    send_and_close(olga, ticket, key="")

    assert (state_of(ticket), ticket.fields) == (State.CLOSED, {"order": "A-17"})


def test_a_scheduled_answer_made_a_draft_again_asks_before_it_is_sent_and_closed(olga, ticket):
    at = timezone.now() + timedelta(hours=3)
    planned = schedule(ticket, Words("Tomorrow."), by=olga.agent, at=at, seen_up_to=1)
    assert planned

    back = read(olga.post(f"scheduled/{planned.pk}/", {"act": "cancel"}, htmx=True))
    draft, key = (attribute(back, f"[name={name}]", "value") or "" for name in ("draft", "key"))
    refused = send_and_close(olga, ticket, htmx=True, draft=draft, key=key)
    assert texts(read(refused), ".composer-needed .field label") == ["Order"]

    send_and_close(olga, ticket, htmx=True, draft=draft, key=key, own_order="A-17")
    assert state_of(ticket) == State.CLOSED
    assert not Draft.objects.exists()


def test_a_press_that_comes_once_more_closes_nothing_that_the_customer_reopened(olga, ticket):
    send_and_close(olga, ticket, own_order="A-17")
    make_message(ticket, "Not here yet.")
    assert state_of(ticket) == State.OPEN

    send_and_close(olga, ticket, own_order="A-17")

    assert state_of(ticket) == State.OPEN
    assert Message.objects.filter(kind="reply").count() == 1


def test_of_many_those_that_are_answered_are_closed_and_the_others_named(olga, ticket):
    answered = make_ticket(olga.workspace)
    answer_fields(answered, {"order": "A-17"}, by=olga.agent)

    told = olga.post(
        "inbox/acts/", {"act": "close", "n": [str(ticket.number), str(answered.number)]}, htmx=True
    )

    words = texts(read(told), "span")[0]
    assert words == "1 request closed. 1 stays open: “Order” is to be filled in before closing."
    assert (state_of(ticket), state_of(answered)) == (State.OPEN, State.CLOSED)


def test_what_nobody_closes_is_not_asked(olga, ticket):
    other, third = make_ticket(olga.workspace), make_ticket(olga.workspace)
    merge(other, into=third, by=olga.agent)
    olga.post(f"tickets/{ticket.number}/state", {"state": "spam"})

    assert (state_of(other), state_of(ticket)) == (State.MERGED, State.SPAM)


def test_one_that_is_closed_already_is_not_asked_again(olga, ticket, order):
    answer_fields(ticket, {"order": "A-17"}, by=olga.agent)
    ticket.close(by=olga.agent)
    reopened = ticket.reopen(by=olga.agent)
    answer_fields(ticket, {"order": None}, by=olga.agent)

    undo(reopened, by=olga.agent)
    ticket.refresh_from_db()
    ticket.close(by=olga.agent, state=State.CLOSED_UNSUCCESSFULLY)

    assert state_of(ticket) == State.CLOSED_UNSUCCESSFULLY


@pytest.mark.parametrize("how", ["archived", "switched off", "not needed"])
def test_a_field_that_is_asked_no_more_keeps_nothing_open(olga, ticket, order, how):
    if how == "archived":
        listing.archive(order, by=olga.agent)
    elif how == "switched off":
        olga.workspace.switch("customising", on=False)
    else:
        change_field(order, name="Order", is_needed_to_close=False, by=olga.agent)

    olga.post(f"tickets/{ticket.number}/closure")

    assert state_of(ticket) == State.CLOSED


def test_no_is_an_answer(olga):
    make_field(olga.agent, "Insured", kind="yes_no", is_needed_to_close=True)
    ticket = make_ticket(olga.workspace)

    olga.post(f"tickets/{ticket.number}/closing/", {"state": "closed", "own_insured": "no"})

    assert (state_of(ticket), ticket.fields) == (State.CLOSED, {"insured": False})


def test_it_is_ticked_in_the_settings_and_shown_there(olga, order):
    olga.post(
        "settings/fields/", {"name": "Colour", "about": "ticket", "kind": "text", "is_needed_to_close": "on"}
    )
    colour = Field.objects.get(key="colour")
    assert colour.is_needed_to_close
    assert texts(olga.look("settings/fields/"), ".own-row .hint")[0].endswith("needed to close")

    olga.post(f"settings/fields/{colour.pk}/", {"name": "Colour"})
    assert not Field.objects.filter(pk=colour.pk, is_needed_to_close=True).exists()

    refused = olga.post(
        "settings/fields/",
        {"name": "Birthday", "about": "contact", "kind": "date", "is_needed_to_close": "on"},
    )
    assert "only what is asked of requests" in read(refused).text()
    assert not Field.objects.filter(key="birthday").exists()


def test_a_stranger_closes_nothing(mallory, ticket):
    mallory.workspace.switch("customising", on=True)

    assert mallory.get(f"tickets/{ticket.number}/closing/").status_code == 404


def test_whoever_is_asked_in_vain_may_leave_it_open(olga, ticket):
    page = olga.look(f"tickets/{ticket.number}/closing/", state="closed", back="room")

    assert attribute(page, ".own-page a.btn-quiet", "href") == olga.path(f"room/#ask-{ticket.number}")
    put_into(ticket, listing.add(OwnState(name="Later", kind="waiting"), by=olga.agent), by=olga.agent)
    assert state_of(ticket) == State.WAITING
