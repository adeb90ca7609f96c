"""Two robots never write each other more than five mails, and a busy person is none."""

import re
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from harken.channels.models import Arrival, Mailbox, Tally
from harken.channels.tests.letters import letter
from harken.events.models import Event
from harken.tickets.models import Message, Ticket
from tests.robots import Desk, Robot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

THANKS = "Thank you for writing to Robot Ltd. We have your message and will answer within two working days."
# Two robots that are not stopped would write for ever.
ENOUGH_MAILS = 30
TELLS = re.compile(
    rb"^(auto-submitted|x-auto-response-suppress|precedence|x-harken-loop|in-reply-to|references|reply-to):",
    re.I,
)


@pytest.fixture
def desk(sink: SmtpSink, settings: Any) -> Desk:
    settings.HARKEN_RELAY = sink.relay()
    return Desk(sink)


def exchange(desk: Desk, robot: Robot, first: bytes) -> int:
    """Let them write to each other until one is silent; how many mails there were."""
    waiting, mails = [first], 0
    while waiting and mails < ENOUGH_MAILS:
        mails += 1
        desk.gets(waiting.pop(0))
        sent = desk.sends()
        mails += len(sent)
        waiting += [robot.writes(desk.address, answering=each) for each in sent]
    return mails


def stopped(desk: Desk) -> list[Ticket]:
    """The tickets that say so."""
    told = Event.objects.filter(workspace_id=desk.workspace.pk, type="ticket.loop_stopped")
    return list(Ticket.objects.filter(pk__in=told.values("ticket_id")))


def let_ten_minutes_pass(desk: Desk) -> None:
    Tally.objects.filter(workspace=desk.workspace).update(since="2026-01-01T00:00:00Z")


def test_a_robot_without_any_sign_is_stopped_within_five_mails(desk: Desk):
    robot = Robot("robot@robot.example", lambda _number: THANKS)

    mails = exchange(desk, robot, robot.writes(desk.address))

    assert mails <= 5
    assert len(stopped(desk)) == 1


def test_a_robot_that_keeps_the_thread_is_stopped_too(desk: Desk):
    robot = Robot("robot@robot.example", lambda _number: THANKS, keeps_thread=True)

    assert exchange(desk, robot, robot.writes(desk.address)) <= 5


def test_a_robot_that_numbers_its_answers_is_stopped_too(desk: Desk):
    robot = Robot("robot@robot.example", lambda number: f"{THANKS} Your number is RT-{4000 + number}.")

    assert exchange(desk, robot, robot.writes(desk.address)) <= 5
    assert len(stopped(desk)) == 1


def test_a_robot_that_a_person_woke_is_stopped_too(desk: Desk):
    robot = Robot("robot@robot.example", lambda _number: THANKS)

    assert exchange(desk, robot, letter(sender="robot@robot.example")) <= 5


def test_a_robot_that_answers_slowly_is_stopped_too(desk: Desk):
    robot = Robot("robot@robot.example", lambda number: f"It is {number} o'clock. {THANKS}")
    waiting, mails = [robot.writes(desk.address)], 0

    while waiting and mails < 30:
        mails += 1
        desk.gets(waiting.pop(0))
        waiting += [robot.writes(desk.address) for _sent in desk.sends()]
        mails += len(waiting)
        # An hour, a day: whatever was counted of late is forgotten, and nothing looks like an answer.
        let_ten_minutes_pass(desk)
        Message.objects.update(created_at="2026-01-01T00:00:00Z")

    assert mails <= 5


def test_what_a_stopped_robot_wrote_is_kept(desk: Desk):
    robot = Robot("robot@robot.example", lambda number: f"{THANKS} It is letter {number}.")

    exchange(desk, robot, robot.writes(desk.address))

    looped = Arrival.objects.get(state="loop")
    assert "It is letter 2." in looped.message.text
    assert looped.ticket in stopped(desk)
    assert "robot@robot.example" in looped.reason


def test_a_stopped_robot_gets_nothing_automatic_for_a_day(desk: Desk):
    robot = Robot("robot@robot.example", lambda _number: THANKS)
    exchange(desk, robot, robot.writes(desk.address))
    let_ten_minutes_pass(desk)

    desk.gets(letter("Something quite different.", sender="robot@robot.example"))

    assert desk.sends() == []


def test_a_person_behind_a_stopped_robot_gets_through(desk: Desk):
    robot = Robot("robot@robot.example", lambda _number: THANKS)
    exchange(desk, robot, robot.writes(desk.address))

    arrival = desk.gets(letter("I am Bob, and I would like some bread.", sender="Bob <robot@robot.example>"))

    assert arrival.state == "opened"
    assert arrival.ticket.is_our_turn


def test_sixty_tickets_a_minute_of_one_robot_become_few(desk: Desk):
    robot = Robot(
        "robot@robot.example", lambda number: f"Disk of host web-{number} is at {number} percent. Act now!"
    )

    for _number in range(60):
        desk.gets(robot.writes(desk.address))

    assert Ticket.objects.count() <= 12
    assert len(stopped(desk)) == 1
    assert sum(ticket.message_count for ticket in Ticket.objects.all()) == 60 + len(desk.sends())
    assert Event.objects.filter(type="ticket.loop_stopped").count() == 1


def test_many_matters_whose_subjects_say_it_all_are_no_flood(desk: Desk):
    Mailbox.objects.update(acknowledges=False)
    fruits = "apples pears plums cherries figs dates grapes lemons limes melons oranges quinces berries"

    for fruit in fruits.split():
        arrival = desk.gets(letter("See the subject.", subject=f"Order of {fruit}"))
        assert arrival.state == "opened"

    assert not stopped(desk)


def test_sixty_tickets_a_minute_are_hardly_acknowledged(desk: Desk):
    robot = Robot(
        "robot@robot.example", lambda number: f"Disk of host web-{number} is at {number} percent. Act now!"
    )

    for _number in range(60):
        desk.gets(robot.writes(desk.address))

    assert len(desk.sends()) <= 20


def test_an_alarm_after_the_flood_was_closed_is_seen(desk: Desk):
    robot = Robot(
        "robot@robot.example", lambda number: f"Disk of host web-{number} is at {number} percent. Act now!"
    )
    for _number in range(15):
        desk.gets(robot.writes(desk.address))
    for ticket in Ticket.objects.all():
        ticket.close(by=desk.olga)

    arrival = desk.gets(robot.writes(desk.address))

    assert arrival.state == "opened"
    assert arrival.ticket.is_our_turn


def test_a_form_that_writes_for_many_customers_is_no_robot(desk: Desk):
    arrivals = [
        desk.hears(
            "A message was sent by the form on your site. It says: where is my order?",
            sender="form@fennel.example",
            Reply_To=f"customer{number}@crumb.example",
        )
        for number in range(15)
    ]

    assert {arrival.state for arrival in arrivals} == {"opened"}


BUSY = (
    "Where is my bread? It was promised for eight.",
    "Another thing: the rolls of yesterday were stale.",
    "Could you send the invoice for October again?",
    "I forgot: we need two cakes for Saturday, one without nuts.",
    "Sorry, three cakes. My colleague's birthday is on Saturday too.",
    "Is the van on its way now?",
)
NUMBERED = tuple(f"Question number {number}" for number in range(1, 7))


@pytest.mark.parametrize("texts", [BUSY, NUMBERED])
def test_a_busy_customer_is_no_loop(desk: Desk, texts: tuple[str, ...]):
    arrivals = []
    for text in texts:
        arrivals.append(desk.hears(text, subject=text))
        desk.sends()

    assert [arrival.state for arrival in arrivals] == ["opened"] * 6
    assert stopped(desk) == []


def test_a_busy_customer_who_answers_in_a_hurry_is_no_loop(desk: Desk):
    ticket = desk.asked()
    sent = desk.answers(ticket)

    arrivals = [desk.hears(text, answers=sent["Message-ID"].strip("<>")) for text in BUSY]

    assert {(arrival.state, arrival.ticket) for arrival in arrivals} == {("joined", ticket)}
    assert stopped(desk) == []


def test_who_repeats_a_question_that_was_answered_is_no_loop(desk: Desk):
    asked = "Where is my bread? It was promised for eight."
    desk.answers(desk.asked(asked))

    assert desk.hears(asked).state == "opened"


def test_our_letter_that_comes_back_under_another_id_is_known(desk: Desk):
    ticket = desk.asked()
    desk.answers(ticket)
    raw = re.sub(
        rb"(?im)^message-id:.*\r?\n", b"Message-ID: <new@forwarder.example>\r\n", desk.sink.letters[-1].raw
    )

    arrival = desk.gets(raw)

    assert (arrival.state, arrival.rule) == ("loop", "our-own")


def stripped(raw: bytes) -> bytes:
    """Return a letter without any header that tells of a robot, or of the thread."""
    head, _blank, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = [line for line in re.split(rb"\n(?![ \t])", head) if not TELLS.match(line)]
    return b"\n".join(kept) + b"\n\n" + body


@pytest.mark.parametrize("on_the_way", [bytes, stripped])
@pytest.mark.parametrize("of_one_house", [True, False])
def test_two_desks_do_not_thank_each_other(
    sink: SmtpSink,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    on_the_way: Callable[[bytes], bytes],
    of_one_house: bool,
):
    settings.HARKEN_RELAY = sink.relay()
    if not of_one_house:
        monkeypatch.setattr("harken.channels.robots.acknowledge.is_ours", lambda _address: False)
    desks = cycle([Desk(sink), Desk(sink, address="support@bolt.example")])
    waiting, mails = [letter(sender="support@bolt.example")], 0

    while waiting and mails < 30:
        mails += 1
        desk = next(desks)
        desk.gets(on_the_way(waiting.pop(0)))
        waiting += [each.as_bytes() for each in desk.sends()]

    assert mails <= 5
