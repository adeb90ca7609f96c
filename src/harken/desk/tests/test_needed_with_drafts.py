"""What is typed into the fields asked for closing is part of the draft: kept, shown elsewhere, scheduled, back."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.fields import listing
from harken.fields.factories import make_field
from harken.fields.models import Field
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_ticket
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.own_names import answer_fields
from harken.tickets.schedule import let_leave
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

KEY = "7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d"
ORDER = ".composer-needed [name=own_order]"


@pytest.fixture
def order(olga: Visitor) -> Field:
    make_channel(olga.workspace)
    return make_field(olga.agent, "Order", is_needed_to_close=True)


@pytest.fixture
def ticket(olga: Visitor, order: Field) -> Ticket:
    return make_ticket(olga.workspace)


@pytest.fixture(params=["answer", "letter"])
def places(request: pytest.FixtureRequest, olga: Visitor, ticket: Ticket) -> tuple[str, str]:
    """Where a draft is saved, and the page with its composer."""
    if request.param == "answer":
        return f"tickets/{ticket.number}/draft", f"tickets/{ticket.number}/"
    return f"letters/{KEY}/draft", f"requests/new/?letter={KEY}"


def save(olga: Visitor, place: str, needed: Any, **typed: Any) -> Any:
    typed = {
        "kind": "reply",
        "text": "Here.",
        "version": 0,
        "key": KEY,
        "needed": needed,
        "seen_up_to": 1,
    } | typed
    answer = olga.client.put(olga.path(place), json.dumps(typed), content_type="application/json")
    return olga._back(answer)


def test_it_is_saved_while_it_is_typed_and_stands_on_every_page_of_its_writer(olga, places):
    place, page = places
    saved = save(olga, place, {"own_order": ["A-17"], "seen": ['{"own_order": ""}']})
    assert saved.status_code == 200

    assert attribute(olga.look(page), ORDER, "value") == "A-17"
    told = olga.get(place).json()
    assert told["needed"]["own_order"] == ["A-17"]
    assert 'value="A-17"' in told["asks"]
    again = save(olga, place, {}, text="", version=saved.json()["version"])
    assert again.json() == {"version": 0}
    assert olga.look(page).css(".composer-needed .field") == []


def test_it_alone_is_worth_a_draft_and_nothing_asked_is_none(olga, places):
    place, page = places

    assert save(olga, place, {"own_order": [" "]}, text="").json() == {"version": 0}
    save(olga, place, {"own_order": ["A-17"]}, text="")

    assert attribute(olga.look(page), ORDER, "value") == "A-17"


def test_what_is_not_asked_any_more_is_not_shown_and_what_does_not_fit_says_so(olga, places, order):
    make_field(olga.agent, "Loaves", kind="number", is_needed_to_close=True)
    several = {"kind": "several_of", "options": ["Rye", "Oat"], "is_needed_to_close": True}
    grain = make_field(olga.agent, "Grain", **several)
    listing.archive(order, by=olga.agent)
    rye, oat = (each["key"] for each in grain.options)

    save(olga, places[0], {"own_order": ["A-17"], "own_loaves": ["many"], "own_grain": [rye, oat]})

    page = olga.look(places[1])
    assert page.css(ORDER) == []
    assert texts(page, ".composer-needed .err") == ["“many” is no number. Write it like 12 or 12.5."]
    assert [each.attributes["value"] for each in page.css("[name=own_grain][checked]")] == [rye, oat]


def test_what_a_colleague_answered_meanwhile_is_shown_beside_it(olga, ticket):
    save(olga, f"tickets/{ticket.number}/draft", {"own_order": ["A-17"], "seen": ['{"own_order": ""}']})
    answer_fields(ticket, {"order": "B-2"}, by=olga.agent)

    page = olga.look(f"tickets/{ticket.number}/")

    assert texts(page, ".composer-needed .missed dd") == ["B-2"]
    assert attribute(page, ORDER, "value") == "A-17"


@pytest.mark.parametrize(
    "needed", [None, "A-17", ["own_order"], {"own_order": "A-17"}, {"own_order": [7, {}]}, {"x": ["y"]}]
)
def test_whatever_else_a_page_sends_counts_as_empty(olga, ticket, needed):
    assert save(olga, f"tickets/{ticket.number}/draft", needed).status_code == 200

    assert draft_of(ticket, olga.agent).needed in ({}, {"typed": {"order": []}})
    assert olga.look(f"tickets/{ticket.number}/").css(".composer-needed .err") == []


def plan(olga: Visitor, ticket: Ticket, **typed: str) -> Any:
    words = {"kind": "reply", "text": "Tomorrow.", "seen_up_to": "1", "then": "later-tomorrow", "key": KEY}
    return olga.post(
        f"tickets/{ticket.number}/messages/", words | {"seen": "{}", "own_order": "A-17"} | typed, htmx=True
    )


def come_due() -> None:
    draft = Draft.objects.scheduled().get()
    Draft.objects.filter(pk=draft.pk).update(leaves_at=timezone.now() - timedelta(seconds=1))
    let_leave(draft.pk)


def test_scheduled_it_waits_with_the_answer_and_is_there_again_when_that_is_taken_back(olga, ticket):
    plan(olga, ticket)
    ticket.refresh_from_db()
    assert ticket.fields == {}

    back = read(olga.post(f"scheduled/{Draft.objects.scheduled().get().pk}/", {"act": "cancel"}, htmx=True))

    assert attribute(back, ORDER, "value") == "A-17"


@pytest.mark.parametrize(("meanwhile", "then"), [({}, "A-17"), ({"order": "B-2"}, "B-2")])
def test_it_is_answered_when_it_leaves_and_writes_over_nobody(olga, ticket, meanwhile, then):
    plan(olga, ticket)
    answer_fields(ticket, meanwhile, by=olga.agent)

    come_due()

    ticket.refresh_from_db()
    assert (ticket.fields, Message.objects.filter(kind="reply").count()) == ({"order": then}, 1)


def test_what_does_not_fit_is_told_before_it_is_scheduled(olga, ticket):
    make_field(olga.agent, "Loaves", kind="number", is_needed_to_close=True)

    refused = plan(olga, ticket, own_loaves="many")

    assert refused.status_code == 422
    assert "is no number" in texts(read(refused), ".composer-needed .err")[0]
    assert not Draft.objects.exists()


def letter(olga: Visitor, **typed: str) -> Any:
    words = {"to": "ann@crumb.example", "subject": "Shop", "text": "When?", "key": KEY, "own_order": "A-17"}
    return olga.post("requests/new/", words | typed)


def test_a_scheduled_letter_answers_it_for_the_request_that_it_begins(olga, order):
    letter(olga, then="later-tomorrow")
    come_due()

    assert Ticket.objects.get().fields == {"order": "A-17"}


def test_a_letter_that_was_sent_and_closed_and_taken_back_has_it_still(olga, order):
    olga.workspace.own_undo_seconds = 10
    olga.workspace.save()
    letter(olga, then="close")
    assert Ticket.objects.get().fields == {"order": "A-17"}

    back = olga.post(f"messages/{Message.objects.get().pk}/taking-back")
    page = read(olga.client.get(back["Location"]))

    assert not Ticket.objects.exists()
    assert attribute(page, ORDER, "value") == "A-17"


def test_two_drafts_that_become_one_keep_what_was_typed(olga, ticket):
    plan(olga, ticket)
    save(olga, f"tickets/{ticket.number}/draft", {}, text="And this.", key=str(uuid.uuid4()))

    olga.post(f"scheduled/{Draft.objects.scheduled().get().pk}/", {"act": "cancel"})

    wall.enter(olga.workspace.pk)
    kept = draft_of(ticket, olga.agent)
    assert (kept.text, kept.needed["typed"]) == ("And this.\n\nTomorrow.", {"order": ["A-17"]})
