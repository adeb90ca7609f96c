"""First letters that leave later, or are set aside or closed once sent, from outside."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents.factories import make_agent
from harken.channels.arriving.draft_letters import tell
from harken.channels.factories import make_channel
from harken.channels.models import Channel
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.events.models import Event
from harken.fields.factories import make_field
from harken.tickets.factories import make_ticket
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.schedule import let_leave
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

KEY = uuid.UUID("7f2c1f0e-8d2b-4c55-9a37-0f5f6a3f2f11")


@pytest.fixture
def shop(olga: Visitor) -> Channel:
    make_channel(olga.workspace)
    return make_channel(olga.workspace, address="shop@fennel.example")


def send(visitor: Visitor, *, htmx: bool = False, **typed: Any) -> HttpResponse:
    letter = {
        "to": "ann@crumb.example",
        "subject": "Your new shop",
        "text": "When do you open?",
        "key": str(KEY),
        "then": "later-custom",
        "day": f"{timezone.localdate() + timedelta(days=2):%Y-%m-%d}",
        "clock": "10:30",
    }
    return visitor.post("requests/new/", letter | typed, htmx=htmx)


def act(visitor: Visitor, name: str, **more: str) -> HttpResponse:
    return visitor.post(f"scheduled/{Draft.objects.scheduled().get().pk}/", {"act": name} | more)


def come_due() -> int:
    """Let its time be over; return its id."""
    draft = Draft.objects.scheduled().get()
    Draft.objects.filter(pk=draft.pk).update(leaves_at=timezone.now() - timedelta(seconds=1))
    return draft.pk


def test_a_letter_waits_for_its_time_and_then_begins_a_request_once(olga, shop):
    file = SimpleUploadedFile("list.txt", b"rye")
    olga.post(f"letters/{KEY}/draft/files/", {"file": file})
    answers = [
        send(olga, sender=str(shop.pk), cc="bob@mill.example", is_unsigned="on", html="<b>When</b>?")
        for _press in range(2)
    ]

    draft = Draft.objects.get()
    assert [each["Location"] for each in answers] == [
        f"{olga.path('requests/new/')}?scheduled={draft.pk}"
    ] * 2
    assert (
        ProcrastinateJob.objects.get(task_name="harken.tickets.tasks.leave").scheduled_at == draft.leaves_at
    )
    let_leave(draft.pk)
    assert not Ticket.objects.exists()

    for _time in range(2):
        let_leave(come_due() if Draft.objects.exists() else draft.pk)

    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert (ticket.subject, ticket.state, ticket.channel_id) == (
        "Your new shop",
        Ticket.State.WAITING,
        shop.pk,
    )
    assert (message.to, message.cc, message.html) == (
        *(["ann@crumb.example"], ["bob@mill.example"]),
        "<b>When</b>?",
    )
    assert (message.is_signed, message.attachments.count()) == (False, 1)
    assert send(olga, html="<b>When</b>?")["Location"] == olga.path(f"tickets/{ticket.number}/")
    assert Message.objects.count() == 1


def test_until_then_it_stands_where_letters_are_written_for_every_colleague(olga, shop):
    send(olga, sender=str(shop.pk))
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))

    mine, theirs = olga.look("requests/new/"), kim.look("requests/new/")

    assert texts(mine, ".planned .scheduled-about") == ["Your new shop from shop@fennel.example"]
    assert "10:30" in texts(mine, ".planned .tag")[0]
    assert texts(mine, ".planned .msg-body") == ["When do you open?"]
    assert [len(page.css(".planned [name=act]")) for page in (mine, theirs)] == [3, 1]
    assert mine.css(".begun li") == []


def test_whoever_looks_at_the_person_sees_that_a_letter_to_them_waits(olga, shop):
    ann, bob = (make_ticket(olga.workspace, f"{name}@crumb.example").requester for name in ("ann", "bob"))
    send(olga)

    [line] = olga.look(f"people/{ann.pk}/").css(".letters-to-leave a")

    assert line.text() == "Your new shop"
    assert line.attributes["href"] == f"{olga.path('requests/new/')}#scheduled-{Draft.objects.get().pk}"
    assert olga.look(f"people/{bob.pk}/").css(".letters-to-leave") == []


def test_it_is_put_off_sent_now_or_taken_back_by_its_writer(olga, shop):
    send(olga)
    day = f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}"
    act(olga, "change", day=day, clock="08:15")
    assert timezone.localtime(Draft.objects.get().leaves_at).strftime("%H:%M") == "08:15"

    back = act(olga, "cancel")
    page = read(olga.client.get(back["Location"]))
    assert texts(page, "textarea[name=text]") == ["When do you open?"]
    fresh = attribute(page, "[name=key]", "value")
    assert fresh != str(KEY)
    late = send(olga, text="When do you open?")
    assert late.status_code == 409
    assert "you took this answer back" in texts(read(late), ".composer-news [role=alert]")[0]

    send(olga, key=fresh)
    sent = act(olga, "now")
    assert Ticket.objects.get().messages.get().text == "When do you open?"
    assert f"tickets/{Ticket.objects.get().number}/" in sent["Location"]
    assert not Draft.objects.exists()


def test_when_its_mailbox_is_gone_it_waits_as_a_draft_and_its_writer_is_told_why(olga, shop):
    send(olga, sender=str(shop.pk))
    shop.is_active = False
    shop.save()

    now = olga.client.get(act(olga, "now")["Location"])
    assert "the mailbox it was to leave from is gone" in " ".join(texts(read(now), "#notices .say"))
    wall.enter(olga.workspace.pk)
    let_leave(come_due())

    draft = Draft.objects.get()
    assert (draft.leaves_at, draft.why) == (None, Draft.Why.MAILBOX)
    assert not Ticket.objects.exists()
    page = olga.look("requests/new/", letter=str(draft.key))
    assert "the mailbox it was to leave from is gone" in texts(page, ".composer-news [role=alert]")[0]
    assert "is gone" in texts(olga.look("requests/new/"), ".begun li .err")[0]
    [job] = ProcrastinateJob.objects.filter(task_name__endswith=".tell_of_draft")
    assert job.args["draft_id"] == draft.pk
    tell(draft)
    [letter] = mail.outbox
    assert letter.to == [olga.agent.email]
    assert letter.subject == "Not sent: Your new shop"
    assert "When do you open?" in letter.body
    assert f"requests/new/?letter={draft.key}" in letter.body


def test_a_colleague_may_stop_it_and_do_nothing_else(olga, shop):
    send(olga)
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))

    act(kim, "now")
    assert not Ticket.objects.exists()
    answer = act(kim, "cancel")

    assert answer["Location"] == kim.path("requests/new/")
    assert kim.look("requests/new/").css(".begun li") == []
    assert "a colleague stopped" in texts(olga.look("requests/new/"), ".begun li .err")[0]


@pytest.mark.parametrize("then", ["later-custom", ""])
def test_what_is_typed_on_a_page_that_was_left_open_is_a_letter_of_its_own(olga, shop, then):
    send(olga)
    saved = olga.client.put(
        olga.path(f"letters/{KEY}/draft"),
        json.dumps({"kind": "reply", "text": "And when do you close?", "version": 0, "key": str(KEY)}),
        content_type="application/json",
    )
    wall.enter(olga.workspace.pk)
    again = send(olga, text="And when do you close?", then=then)

    assert saved.status_code == 200
    assert again.status_code == 409
    page = read(again)
    assert "is scheduled already" in texts(page, ".composer-news [role=alert]")[0]
    send(olga, text="And when do you close?", key=attribute(page, "[name=key]", "value"))
    assert send(olga, then=then)["Location"].startswith(f"{olga.path('requests/new/')}?scheduled=")
    assert (Draft.objects.scheduled().count(), Ticket.objects.count()) == (2, 0)


def test_with_scripts_it_takes_the_place_of_the_composer_with_its_words_and_files(olga, shop):
    send(olga)
    olga.post(f"letters/{KEY}/draft/files/", {"file": SimpleUploadedFile("list.txt", b"rye")})

    again = send(olga, htmx=True, html="<div>And when do you <b>close</b>?</div>")

    assert (again.status_code, again["HX-Retarget"]) == (409, f"#composer-{KEY}")
    page = read(again)
    fresh = attribute(page, "[name=key]", "value")
    assert again["HX-Replace-Url"] == f"{olga.path('requests/new/')}?letter={fresh}"
    assert texts(page, "textarea[name=html]") == ["<div>And when do you <b>close</b>?</div>"]
    assert len(page.css(".composer-files li")) == 1
    send(olga, html="<div>And when do you <b>close</b>?</div>", key=fresh)
    assert [each.enclosures.count() for each in Draft.objects.scheduled().order_by("pk")] == [0, 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": ""}, "choose a day first"),
        ({"day": "2020-01-01"}, "that time is over"),
        ({"day": "2199-01-01"}, "more than a year away"),
        ({"text": " "}, "the message is empty"),
        ({"to": ""}, "Nothing was sent: there is no address under “to”"),
    ],
    ids=["no day", "past", "far", "no words", "nobody"],
)
def test_what_cannot_leave_then_is_refused_and_kept(olga, wrong, words):
    refused = send(olga, **wrong)

    assert refused.status_code == 422
    page = read(refused)
    assert words in texts(page, ".composer-news [role=alert]")[0]
    assert attribute(page, "[name=subject]", "value") == "Your new shop"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("then", "state"), [("close", "closed"), ("aside-written", "set_aside"), ("aside-tomorrow", "set_aside")]
)
def test_a_letter_is_sent_and_closed_or_set_aside_in_one_press(olga, shop, then, state):
    for _press in range(2):
        send(olga, then=then)

    assert Ticket.objects.get().state == state
    assert Message.objects.count() == 1


def test_where_closing_needs_something_it_is_asked_in_place(olga, shop):
    make_field(olga.agent, "Order", is_needed_to_close=True)

    refused = send(olga, then="close", htmx=True)
    assert refused.status_code == 422
    assert texts(read(refused), ".composer-needed .field label") == ["Order"]
    assert not Ticket.objects.exists()

    send(olga, then="close", htmx=True, own_order="A-17")
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.fields) == (Ticket.State.CLOSED, {"order": "A-17"})


def test_a_stranger_finds_nothing(olga, shop, mallory):
    send(olga)
    draft = Draft.objects.get()

    assert mallory.post(f"scheduled/{draft.pk}/", {"act": "now"}).status_code == 404
    assert mallory.look("requests/new/").css(".planned") == []
    wall.enter(olga.workspace.pk)
    assert Draft.objects.scheduled().exists()


def test_letters_that_wait_cost_as_many_questions_however_many(olga, shop, django_assert_max_num_queries):
    counts = []
    for _time in range(2):
        for _each in range(3):
            send(olga, key=str(uuid.uuid4()))
        with django_assert_max_num_queries(40) as asked:
            olga.look("requests/new/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_just_scheduled_its_writer_alone_takes_it_back_by_a_key_and_the_words_are_there(olga, shop):
    place = send(olga)["Location"].removeprefix(olga.path(""))
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))

    page = olga.look(place)
    assert "It leaves" in texts(page, "#acts .acts-line")[0]
    assert attribute(page, "#acts button", "data-key") == "z"
    assert kim.look(place).css("#acts button") == []
    action = (attribute(page, "#acts form", "action") or "").removeprefix(olga.path(""))
    back = read(olga.client.get(olga.post(action, {"act": "cancel"})["Location"]))

    assert texts(back, "textarea[name=text]") == ["When do you open?"]
    assert olga.look(place).css("#acts button") == []


def test_an_open_page_asks_anew_and_has_what_came_and_no_longer_what_left_or_was_held(olga, shop):
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))
    page = kim.look("requests/new/")
    assert page.css_first("meta[name=live]")
    news = (attribute(page, "#letters", "data-letters") or "").removeprefix(kim.path(""))

    send(olga)
    planned = Draft.objects.get().pk
    assert texts(kim.look(news), ".planned .scheduled-about b") == ["Your new shop"]
    assert kim.look(news).css_first("#scheduled-" + str(planned))
    assert "#acts" not in str(olga.look(news, scheduled=str(planned)).html)
    let_leave(come_due())
    assert kim.look(news).css(".planned") == []
    assert attribute(olga.look(news, scheduled=str(planned)), "hx-partial", "hx-target") == "#acts"

    send(olga, key=str(uuid.uuid4()))
    act(kim, "cancel")
    assert kim.look(news).css(".planned") == []
    assert "a colleague stopped" in texts(olga.look(news), ".begun li .err")[0]
    told = Event.objects.filter(type__startswith="letter.").order_by("pk")
    assert list(told.values_list("type", flat=True)) == [
        *("letter.scheduled", "letter.due", "letter.scheduled", "letter.unscheduled")
    ]


def test_news_of_letters_name_all_but_the_one_that_is_open(olga, shop):
    for key in (KEY, uuid.uuid4()):
        draft = {"kind": "reply", "text": "Hello", "subject": str(key), "version": 0, "key": str(key)}
        olga.client.put(olga.path(f"letters/{key}/draft"), json.dumps(draft), content_type="application/json")
        wall.enter(olga.workspace.pk)

    assert len(olga.look("letters/").css(".begun li")) == 2
    [other] = olga.look("letters/", letter=str(KEY)).css(".begun li")
    assert other.attributes["data-letter"] != str(KEY)


def test_a_stranger_hears_nothing_of_letters(olga, shop, mallory):
    send(olga)

    assert mallory.client.get(olga.path("letters/")).status_code == 404
    assert mallory.look("letters/").css(".planned") == []
