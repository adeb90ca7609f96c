"""By API: writing to somebody first, at once or later, and all that leaves by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.api.tests.conftest import Caller
from harken.channels.factories import make_channel
from harken.channels.models import Channel
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Draft, Ticket, Words
from harken.tickets.schedule import schedule

SHOP = "shop@fennel.example"


@pytest.fixture
def shop(olga: Caller) -> Channel:
    make_channel(olga.workspace)
    return make_channel(olga.workspace, address=SHOP)


def in_hours(hours):
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def write(olga, *, key=None, **new):
    letter = {"to": ["ann@crumb.example"], "subject": "Your new shop", "text": "When do you open?"}
    return olga.post("/letters", letter | new, key=key)


def test_a_letter_begins_a_ticket_at_once_and_can_be_taken_back(olga, shop):
    sent = write(
        olga, cc=["bob@mill.example"], html="<p>When do you <b>open</b>?</p>", mailbox=SHOP, undo_seconds=10
    )

    ticket = sent.json()
    assert (sent.status_code, ticket["subject"], ticket["state"]) == (201, "Your new shop", "waiting")
    assert ticket["assignee"]["email"] == "olga@fennel.example"
    place = f"/tickets/{ticket['number']}/messages"
    [message] = olga.get(place).json()["results"]
    assert (message["to"], message["cc"]) == (["ann@crumb.example"], ["bob@mill.example"])
    assert message["html"] == "<p>When do you <b>open</b>?</p>"
    assert Ticket.objects.get().channel_id == shop.pk
    back = olga.post(f"{place}/{message['id']}/take-back", {})
    assert back.json()["text"] == "When do you open?"
    assert not Ticket.objects.exists()


def test_one_with_a_time_waits_is_listed_put_off_and_sent(olga, shop):
    planned = write(olga, leaves_at=in_hours(3), mailbox=SHOP)
    assert planned.status_code == 202
    [listed] = olga.get("/scheduled").json()["results"]
    assert listed == planned.json()
    told = ("kind", "ticket", "subject", "mailbox", "to", "text")
    assert [listed[name] for name in told] == [
        *("letter", None, "Your new shop", SHOP, ["ann@crumb.example"], "When do you open?")
    ]

    place, later = f"/scheduled/{listed['id']}", in_hours(5)
    assert olga.patch(place, {"leaves_at": later}).json()["leaves_at"][:16] == later[:16]
    assert olga.patch(place, {"leaves_at": "2020-01-01T09:00:00Z"}).status_code == 422
    assert not Ticket.objects.exists()
    sent = olga.post(f"{place}/send", {})

    assert (sent.status_code, sent.json()["message"]["text"]) == (201, "When do you open?")
    assert sent.json()["ticket"] == Ticket.objects.get().number
    assert olga.get("/scheduled").json()["results"] == []
    assert olga.post(f"{place}/send", {}).status_code == 404


def test_a_key_lets_it_be_written_once(olga, shop):
    at = in_hours(3)

    first, second = (write(olga, key="opening", leaves_at=at) for _time in range(2))

    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.json() == first.json()
    assert Draft.objects.scheduled_letters().count() == 1


def test_taken_back_it_is_its_writers_draft_again(olga, shop):
    planned = write(olga, leaves_at=in_hours(3)).json()

    assert olga.delete(f"/scheduled/{planned['id']}").status_code == 204
    assert Draft.objects.letters().get().text == "When do you open?"
    assert olga.delete(f"/scheduled/{planned['id']}").status_code == 404


def test_answers_and_letters_are_listed_together_page_by_page(olga, shop):
    ticket = make_ticket(olga.workspace)
    at = timezone.now() + timedelta(hours=3)
    schedule(ticket, Words("Soon."), by=olga.agent, at=at, seen_up_to=1)
    schedule(
        ticket, Words("Look."), by=olga.agent, at=at, seen_up_to=1, kind="forward", to=["bob@mill.example"]
    )
    write(olga, leaves_at=in_hours(2))

    first = olga.get("/scheduled", limit=2).json()
    second = olga.get("/scheduled", limit=2, cursor=first["next"]).json()
    assert [(each["kind"], each["ticket"]) for each in first["results"] + second["results"]] == [
        *(("letter", None), ("forward", ticket.number), ("reply", ticket.number))
    ]
    for kind in ("reply", "forward", "letter"):
        assert [each["kind"] for each in olga.get("/scheduled", kind=kind).json()["results"]] == [kind]


def test_an_answer_is_not_sent_blind_from_here_either(olga, shop):
    ticket = make_ticket(olga.workspace)
    planned = schedule(
        ticket, Words("Soon."), by=olga.agent, at=timezone.now() + timedelta(hours=3), seen_up_to=1
    )
    ticket.note(Words("Wait."), by=make_agent(olga.workspace))

    refused = olga.post(f"/scheduled/{planned.pk}/send", {})

    assert refused.status_code == 409
    assert [each["text"] for each in refused.json()["messages"]] == ["Wait."]
    make_message(ticket, "Hello?")
    assert olga.get("/scheduled").json()["results"] == []


def test_a_letter_whose_mailbox_is_gone_stays_and_says_why(olga, shop):
    planned = write(olga, leaves_at=in_hours(3), mailbox=SHOP).json()
    shop.is_active = False
    shop.save()

    refused = olga.post(f"/scheduled/{planned['id']}/send", {})

    assert refused.status_code == 409
    assert "the mailbox it was to leave from is gone" in refused.json()["title"]
    assert Draft.objects.scheduled_letters().exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"to": []}, "body.to"),
        ({"to": ["nobody"]}, "not a mail address"),
        ({"text": ""}, "the message is empty"),
        ({"mailbox": "other@fennel.example"}, "is no mailbox here"),
        ({"leaves_at": "2020-01-01T09:00:00Z"}, "that time is over"),
        ({"leaves_at": "2999-01-01T09:00:00Z"}, "more than a year away"),
        ({"leaves_at": "2030-01-01T09:00:00"}, "leaves_at"),
        ({"undo_seconds": 31}, "undo_seconds"),
        ({"kind": "reply"}, "kind"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_nothing_is_kept(olga, shop, wrong, words):
    refused = write(olga, **wrong)

    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert words in f"{refused.json()['title']} {refused.json()['detail']}"
    assert not Ticket.objects.exists()
    assert not Draft.objects.exists()


def test_a_colleagues_is_theirs_and_can_only_be_stopped(olga, shop):
    kim = Caller(make_agent(olga.workspace, "kim@fennel.example"))
    place = f"/scheduled/{write(olga, leaves_at=in_hours(3)).json()['id']}"

    assert [each["author"]["email"] for each in kim.get("/scheduled").json()["results"]] == [
        "olga@fennel.example"
    ]
    assert kim.post(f"{place}/send", {}).status_code == 404
    assert kim.patch(place, {"leaves_at": in_hours(9)}).status_code == 404
    assert kim.delete(place).status_code == 204
    assert Draft.objects.letters().get().why == Draft.Why.STOPPED


def test_the_list_costs_the_same_however_long(olga, shop, django_assert_max_num_queries):
    counts = []
    for letters in (1, 4):
        for _each in range(letters):
            write(olga, leaves_at=in_hours(3), mailbox=SHOP)
        with django_assert_max_num_queries(12) as asked:
            olga.get("/scheduled")
            counts.append(len(asked))

    assert counts[0] == counts[1] > 0
