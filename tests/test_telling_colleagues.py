"""Colleagues are told by mail: of what, whom, when, and by how few letters."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.header import decode_header, make_header
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent
from harken.channels.tests.letters import arrive
from harken.notifications.factories import make_preference
from harken.notifications.mail import tell_by_mail
from harken.notifications.models import Happening, Notice, Telling
from harken.notifications.sorting import sort_out
from harken.notifications.tasks import look_for_news
from harken.realtime import Listener
from harken.tickets import presence
from harken.tickets.attendance import attend
from harken.tickets.factories import make_ticket
from harken.tickets.models import Ticket, Words
from harken.tickets.talks import put_sample
from harken.workspaces import wall
from tests.mail_programs import (
    ANN,
    HELP,
    KIM,
    OLGA,
    Post,
    answer_to,
    asked,
    olga_with_a_mailbox,
    outside,
    written,
)
from tests.telling import run, subject_of, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    with outside(settings) as post:
        yield post


@pytest.fixture
def olga(post: Post) -> Agent:
    return olga_with_a_mailbox()


@pytest.fixture
def kim(olga: Agent) -> Agent:
    return make_agent(olga.workspace, user=make_user(KIM, name="Kim Sato"))


def test_a_logged_call_is_told_as_a_letter_is(post: Post, olga: Agent, kim: Agent):
    ticket = asked("Where is my bread?")
    ticket.assign_to(olga, by=olga)
    told(post, olga.workspace)
    ticket.log(Words("She called: no bread yet."), by=kim, way="call", then="ours")

    [letter] = told(post, olga.workspace, after=timedelta(minutes=5))

    assert "She called: no bread yet." in text_of(letter)


def test_a_letter_tells_what_is_new_with_the_thread_and_a_link(post: Post, olga: Agent):
    ticket = asked("Where is my bread?")
    ticket.note(Words("She called."), by=olga)
    told(post, olga.workspace)
    arrive(written(ANN, "And my jam?", In_Reply_To=f"<{ticket.messages.first().external_id}>"))

    [letter] = told(post, olga.workspace, after=timedelta(minutes=5))

    words = text_of(letter)
    new, _line, before = words.partition("What was said before")
    assert letter.recipients == (OLGA,)
    assert ("And my jam?" in new, "Where is my bread?" in before, "She called." in before) == (
        True,
        True,
        True,
    )
    assert olga.workspace.url_for(f"tickets/{ticket.number}/") in words
    assert "your answer is sent to ann@crumb.example" in words
    assert str(make_header(decode_header(letter.message["From"]))).startswith("Ann Baker · Fennel")


def test_nobody_is_written_to_at_an_address_of_the_desk(post: Post, olga: Agent):
    make_agent(olga.workspace, HELP)
    asked()

    assert {each.recipients for each in told(post, olga.workspace)} == {(OLGA,)}


def test_a_thousand_letters_make_few(post: Post, olga: Agent):
    """A hundred a minute for ten minutes."""
    begun = datetime.now(UTC)
    letters = []
    for minute in range(10):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            for number in range(100):
                make_request(olga, f"ann{minute}-{number}@crumb.example")
            letters += run(post, olga.workspace)
    for minute in range(10, 40):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            letters += run(post, olga.workspace)

    assert 2 <= len(letters) <= 8
    assert Notice.objects.filter(way="mail", telling=None).count() == 0
    assert Notice.objects.filter(way="mail").count() == 1000
    assert "more: open the desk" in text_of(letters[0])


def test_many_messages_of_one_request_make_one_letter(post: Post, olga: Agent):
    ticket = asked()
    for number in range(5):
        arrive(written(ANN, f"And {number}?", In_Reply_To=f"<{ticket.messages.first().external_id}>"))

    [letter] = told(post, olga.workspace)

    assert all(f"And {number}?" in text_of(letter) for number in range(5))


def test_a_flood_in_one_request_is_shown_in_part_and_not_answered_blind(post: Post, olga: Agent):
    ticket = asked()
    for number in range(30):
        arrive(written(ANN, f"Number {number}!", In_Reply_To=f"<{ticket.messages.first().external_id}>"))
    [letter] = told(post, olga.workspace)

    arrival = arrive(answer_to(letter, OLGA, "Yes."))

    assert "more came since" in text_of(letter)
    assert arrival.rule == "colleague-unseen"


def test_what_somebody_answered_meanwhile_is_no_news(post: Post, olga: Agent, kim: Agent):
    ticket = asked()
    ticket.reply(Words("In the oven."), by=kim, seen_up_to=ticket.last_position)

    assert told(post, olga.workspace) == []
    assert not Notice.objects.filter(way="mail").exists()


def test_nobody_is_told_of_their_own_doings_of_robots_or_of_spam(post: Post, olga: Agent, kim: Agent):
    ticket = asked()
    ticket.assign_to(olga, by=olga)
    ticket.note(Words("For me."), by=olga, mentions=[olga])
    robot = asked("I am away.", "bob@crumb.example", Auto_Submitted="auto-replied", Subject="Away")
    spam = asked("Buy!", "spam@evil.example", Subject="Offer")
    spam.close(by=kim, state="spam")
    put_sample(olga)

    assert [each for each in told(post, olga.workspace) if each.recipients == (OLGA,)] == []
    assert robot.messages.exists()


def test_who_has_the_request_open_needs_no_letter_of_it(post: Post, olga: Agent, kim: Agent):
    ticket = asked()
    listener = Listener(uuid4(), "laptop", olga.user_id, (olga.workspace_id,))
    attend(uuid4(), [listener], [])
    presence.read(ticket, by=olga, browser=presence.browser_of("laptop"), tab=uuid4())
    sort_out(olga.workspace)
    Notice.objects.update(due_at=timezone.now())

    tell_by_mail(olga)
    tell_by_mail(kim)

    assert [letter.recipients for letter in post.letters] == [(KIM,)]


@pytest.mark.parametrize(
    ("scope", "is_told_of"),
    [
        ("everything", {"free", "mine", "kims"}),
        ("free", {"free", "mine"}),
        ("mine", {"mine"}),
        ("named", set()),
        ("nothing", set()),
    ],
)
def test_each_is_told_what_they_chose(post: Post, olga: Agent, kim: Agent, scope: str, is_told_of: set[str]):
    make_preference(olga, mail=scope)
    make_preference(kim, mail="nothing")
    requests = {name: asked(name, f"{name}@crumb.example", Subject=name) for name in ("free", "mine", "kims")}
    requests["mine"].assign_to(olga, by=olga)
    requests["kims"].assign_to(kim, by=kim)
    wall.enter(olga.workspace_id)

    letters = told(post, olga.workspace)

    assert {letter.message["Subject"].split()[0] for letter in letters} == is_told_of


def test_who_is_handed_a_request_is_told_with_what_the_customer_said(post: Post, olga: Agent, kim: Agent):
    make_preference(olga, mail="named")
    ticket = asked()
    ticket.assign_to(olga, by=kim)

    [letter] = [each for each in told(post, olga.workspace) if each.recipients == (OLGA,)]

    assert "Kim Sato handed you this request." in text_of(letter)
    assert "Where is my bread?" in text_of(letter)
    assert arrive(answer_to(letter, OLGA, "On it.")).message.kind == "reply"


def test_quiet_hours_wait_and_then_come_together(post: Post, olga: Agent):
    make_preference(olga, quiet_from=time(22), quiet_until=time(7), time_zone="Europe/Berlin")
    letters = []
    with time_machine.travel(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), tick=False):
        for name in ("ann", "bob", "eve", "dan"):
            make_request(olga, f"{name}@crumb.example")
            letters += run(post, olga.workspace)
    # The night in which the clock is put back: seven comes an hour later.
    with time_machine.travel(datetime(2026, 10, 25, 5, 30, tzinfo=UTC), tick=False):
        letters += run(post, olga.workspace)
    assert letters == []

    with time_machine.travel(datetime(2026, 10, 25, 6, 1, tzinfo=UTC), tick=False):
        [letter] = run(post, olga.workspace)

    assert subject_of(letter).startswith("4 requests with news")


def test_a_worker_that_died_before_it_marked_the_letter_sends_the_same_again(
    post: Post, olga: Agent, monkeypatch: pytest.MonkeyPatch
):
    asked()
    with monkeypatch.context() as killed:
        killed.setattr("harken.notifications.mail._end", lambda *_arguments, **_words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            told(post, olga.workspace)
    [first] = post.letters

    [second] = told(post, olga.workspace, after=timedelta(minutes=2))

    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.raw == second.raw
    assert told(post, olga.workspace, after=timedelta(minutes=9)) == []


def test_a_second_run_tells_nothing_twice(post: Post, olga: Agent):
    asked()

    assert len(told(post, olga.workspace)) == 1
    assert told(post, olga.workspace) == []
    assert not Happening.objects.exists()


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_named(
    post: Post, olga: Agent, client: Any
):
    asked()
    post.sink.refuse[OLGA] = "450 4.2.0 Greylisted"
    assert told(post, olga.workspace) == []
    post.sink.refuse[OLGA] = "550 5.1.1 No such user"
    assert told(post, olga.workspace, after=timedelta(minutes=5)) == []

    telling = Telling.objects.get()
    client.force_login(olga.user)
    page = client.get(f"{olga.workspace.path}settings/notifications/").content.decode()

    assert (telling.done_at is not None, telling.problem) == (True, "550 5.1.1 No such user")
    assert "550 5.1.1 No such user" in page


def test_without_a_server_nothing_piles_up(post: Post, olga: Agent, settings: Settings):
    settings.HARKEN_RELAY = None
    asked()
    told(post, olga.workspace)

    settings.HARKEN_RELAY = post.sink.relay()

    assert told(post, olga.workspace, after=timedelta(hours=1)) == []


def test_the_clock_finds_who_is_to_be_told_and_queues_each_once(
    transactional_db: None, post: Post, olga: Agent
):
    asked()
    wall.leave()

    look_for_news.func(None, 0)
    look_for_news.func(None, 0)

    assert queued() == [("harken.notifications.tasks.sort_out_news", f"news-{olga.workspace_id}")]


def make_request(agent: Agent, address: str) -> Ticket:
    return make_ticket(agent.workspace, address)


def queued() -> list[tuple[str, str]]:
    with connection.cursor() as sql:
        sql.execute(
            "SELECT task_name, queueing_lock FROM procrastinate_jobs WHERE queue_name = 'notifications' ORDER BY id"
        )
        return list(sql.fetchall())
