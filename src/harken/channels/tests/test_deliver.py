from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels import subscribers
from harken.channels.contract import Outcome, OutcomeState
from harken.channels.email.smtp import Outcomes
from harken.channels.factories import make_channel
from harken.channels.leaving import deliver as delivering
from harken.channels.leaving.deliver import deliver, give_up
from harken.channels.models import Channel, Mailbox, Trouble
from harken.channels.problems import ToldBefore
from harken.channels.send_again import send_again
from harken.channels.tasks import defer_delivery
from harken.events.models import Event
from harken.files import storage
from harken.files.factories import make_file
from harken.tickets.factories import make_ticket
from harken.tickets.models import Enclosure, Ticket, Words
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

SENT = Outcome(OutcomeState.SENT, "250 OK")
GREYLISTED = Outcome(OutcomeState.DEFERRED, "451 come back later")
REFUSED = Outcome(OutcomeState.FAILED, "550 5.1.1 no such user")
SILENCE = Outcome(OutcomeState.UNKNOWN, "no answer")


class Relay:
    """Stands for the outside world: gives the answers it was told to, and keeps what it was handed."""

    def __init__(self):
        self.answers = {}
        self.letters = []

    def send(self, channel, letter, *, before_end):
        before_end()
        self.letters.append(letter)
        return Outcomes({address: self.answers.get(address, SENT) for address in letter.recipients})


@pytest.fixture
def relay(monkeypatch):
    relay = Relay()
    monkeypatch.setattr(delivering, "send", relay.send)
    return relay


@pytest.fixture
def olga():
    workspace = make_workspace()
    make_channel(workspace, address="help@fennel.example")
    return make_agent(workspace)


def reply(olga, **recipients):
    ticket = make_ticket(olga.workspace, email="ann@crumb.example")
    return ticket.reply(Words("In the oven."), by=olga, seen_up_to=ticket.last_position, **recipients)


def states(message):
    return {delivery.address: delivery.state for delivery in message.deliveries.all()}


def let_time_pass(message, **time):
    for delivery in message.deliveries.all():
        if delivery.next_try_at:
            delivery.next_try_at -= timedelta(**time)
        delivery.queued_at -= timedelta(**time)
        delivery.save()


def test_a_reply_leaves_once_and_is_sent(relay, olga):
    message = reply(olga)

    assert deliver(message) is None
    assert deliver(message) is None

    assert states(message) == {"ann@crumb.example": "sent"}
    assert len(relay.letters) == 1


def test_who_wakes_up_after_another_attempt_took_over_sends_nothing(relay, olga, monkeypatch):
    message = reply(olga)

    def sleep_until_another_took_over(channel, letter, *, before_end):
        monkeypatch.setattr(delivering, "send", relay.send)
        deliver(message)
        return relay.send(channel, letter, before_end=before_end)

    monkeypatch.setattr(delivering, "send", sleep_until_another_took_over)
    deliver(message)

    assert states(message) == {"ann@crumb.example": "sent"}
    assert len(relay.letters) == 1


def test_a_refused_copy_is_not_sent(relay, olga):
    relay.answers["dan@crumb.example"] = REFUSED
    message = reply(olga, cc=["dan@crumb.example"])

    deliver(message)

    assert states(message) == {"ann@crumb.example": "sent", "dan@crumb.example": "failed"}
    assert message.deliveries.get(address="dan@crumb.example").words == "550 5.1.1 no such user"
    message.ticket.refresh_from_db()
    assert message.ticket.has_problem


def test_later_means_growing_pauses_and_only_for_those_who_wait(relay, olga):
    relay.answers["dan@crumb.example"] = GREYLISTED
    message = reply(olga, cc=["dan@crumb.example"])

    pauses = []
    for _ in range(4):
        next_try_at = deliver(message)
        pauses.append(round((next_try_at - timezone.now()).total_seconds() / 60))
        let_time_pass(message, hours=5)

    assert pauses == [1, 2, 4, 8]
    assert [letter.recipients for letter in relay.letters[1:]] == [("dan@crumb.example",)] * 3
    assert len({letter.reference for letter in relay.letters}) == 1


def test_nothing_is_tried_before_its_time(relay, olga):
    relay.answers["ann@crumb.example"] = GREYLISTED
    message = reply(olga)

    first, second = deliver(message), deliver(message)

    assert first == second
    assert len(relay.letters) == 1


def test_after_four_days_it_is_given_up_with_the_last_words(relay, olga):
    relay.answers["ann@crumb.example"] = GREYLISTED
    message = reply(olga)
    deliver(message)
    let_time_pass(message, days=4)

    assert deliver(message) is None

    delivery = message.deliveries.get()
    assert delivery.state == "failed"
    assert "four days" in delivery.words
    assert "451 come back later" in delivery.words


def test_silence_is_tried_once_more_with_the_same_message_id_and_then_unknown(relay, olga):
    relay.answers["ann@crumb.example"] = SILENCE
    message = reply(olga)

    assert deliver(message) is not None
    assert states(message) == {"ann@crumb.example": "unknown"}
    let_time_pass(message, minutes=6)
    assert deliver(message) is None
    let_time_pass(message, days=1)
    assert deliver(message) is None

    assert states(message) == {"ann@crumb.example": "unknown"}
    assert [letter.reference for letter in relay.letters] == [message.external_id] * 2


def test_an_attempt_cut_off_before_the_end_of_the_text_is_simply_made_again(relay, olga):
    message = reply(olga)
    message.deliveries.update(state="sending", attempts=1)

    assert deliver(message) is None

    assert states(message) == {"ann@crumb.example": "sent"}


def test_an_attempt_cut_off_after_the_end_of_the_text_counts_as_silence(relay, olga):
    message = reply(olga)
    message.deliveries.update(state="sending", attempts=1, is_handed_over=True)

    next_try_at = deliver(message)

    assert next_try_at is not None
    assert relay.letters == []
    let_time_pass(message, minutes=6)
    deliver(message)
    assert states(message) == {"ann@crumb.example": "sent"}


def test_a_worker_that_wakes_up_late_changes_nothing(relay, olga, monkeypatch):
    message = reply(olga)

    def sleep_while_another_delivers(channel, letter, *, before_end):
        message.deliveries.update(state="sent", attempts=2)
        return Outcomes({"ann@crumb.example": REFUSED})

    monkeypatch.setattr(delivering, "send", sleep_while_another_delivers)
    deliver(message)

    assert states(message) == {"ann@crumb.example": "sent"}


def test_send_again_starts_anew_and_pressing_twice_queues_once(relay, olga):
    relay.answers["ann@crumb.example"] = REFUSED
    message = reply(olga)
    deliver(message)
    relay.answers.clear()

    assert (send_again(message, by=olga), send_again(message, by=olga)) == (1, 0)
    deliver(message)

    assert states(message) == {"ann@crumb.example": "sent"}
    message.ticket.refresh_from_db()
    assert not message.ticket.has_problem
    assert relay.letters[0].reference == relay.letters[1].reference


def test_what_was_sent_is_never_sent_again(relay, olga):
    message = reply(olga)
    deliver(message)

    assert send_again(message, by=olga) == 0


def test_without_a_mailbox_the_message_says_what_to_do(relay, olga):
    Channel.objects.all().delete()
    message = reply(olga)

    deliver(message)

    assert states(message) == {"ann@crumb.example": "failed"}
    assert "no mailbox" in message.deliveries.get().words


def test_a_file_that_is_gone_is_said_on_the_message(relay, olga):
    file = make_file(olga.workspace)
    (storage.root() / str(olga.workspace.pk) / file.sha256[:2] / file.sha256).unlink()
    ticket = make_ticket(olga.workspace)
    message = ticket.reply(Words("Here.", files=(Enclosure(file),)), by=olga, seen_up_to=1)

    assert deliver(message) is None

    assert states(message) == {"ann@crumb.example": "failed"}
    assert "missing from the storage" in message.deliveries.get().words
    assert relay.letters == []


def test_a_password_that_cannot_be_read_is_said_and_the_message_waits(olga, settings):
    Mailbox.objects.update(smtp_host="smtp.example", smtp_user="help", smtp_password="correct horse")
    message = reply(olga)
    settings.SECRET_KEY = "another installation"

    assert deliver(message) is not None

    assert states(message) == {"ann@crumb.example": "deferred"}
    assert "secret key" in message.deliveries.get().words
    assert "secret key" in Trouble.objects.get(part="sending").sentence


def test_what_nobody_tries_any_more_is_failed_and_what_may_have_left_unknown(relay, olga):
    message = reply(olga, cc=["dan@crumb.example"])
    message.deliveries.update(state="sending", attempts=20)
    message.deliveries.filter(address="dan@crumb.example").update(is_handed_over=True)

    give_up(message)
    give_up(message)

    assert states(message) == {"ann@crumb.example": "failed", "dan@crumb.example": "unknown"}
    assert Ticket.objects.get(pk=message.ticket_id).has_problem
    assert deliver(message) is None


def test_a_letter_that_leaves_shows_that_sending_is_well_again_and_says_nothing_of_fetching(relay, olga):
    channel = Channel.objects.get()
    for part in ("sending", "fetching"):
        channel.report_trouble(part, ToldBefore(words="It was away."))

    deliver(reply(olga))

    assert [trouble.part for trouble in Trouble.objects.standing()] == ["fetching"]


def test_sending_one_again_hides_no_other_failure(relay, olga):
    relay.answers["ann@crumb.example"] = REFUSED
    first = reply(olga)
    deliver(first)
    second = first.ticket.reply(Words("And rolls."), by=olga, seen_up_to=1)
    deliver(second)

    send_again(second, by=olga)

    assert Ticket.objects.get(pk=first.ticket_id).has_problem


def test_send_again_does_not_wait_for_the_next_try_of_its_own(relay, olga):
    message = reply(olga)
    with connection.cursor() as sql:
        sql.execute("DELETE FROM procrastinate_jobs")
    defer_delivery(message.workspace_id, message.pk, at=timezone.now() + timedelta(hours=4))
    message.deliveries.update(state="deferred", next_try_at=timezone.now() + timedelta(hours=4))

    send_again(message, by=olga)

    with connection.cursor() as sql:
        sql.execute("SELECT (procrastinate_fetch_job_v2(ARRAY['mail-out'], NULL)).task_name")
        assert sql.fetchone() == ("harken.channels.tasks.deliver_message",)


def test_without_a_relay_the_message_waits(olga):
    message = reply(olga)

    assert deliver(message) is not None

    assert states(message) == {"ann@crumb.example": "deferred"}
    assert "HARKEN_SMTP_URL" in message.deliveries.get().words


def test_every_change_is_told_to_open_pages(relay, olga):
    message = reply(olga)

    deliver(message)

    event = Event.objects.filter(type="delivery.changed").get()
    assert event.data["number"] == message.ticket.number


def test_the_reply_and_its_deliveries_are_one_transaction(olga, monkeypatch):
    ticket = make_ticket(olga.workspace)
    monkeypatch.setattr(subscribers, "defer_delivery", _fail)

    with pytest.raises(ZeroDivisionError):
        ticket.reply(Words("In the oven."), by=olga, seen_up_to=ticket.last_position)

    assert ticket.messages.count() == 1


def _fail(*_, **__):
    raise ZeroDivisionError


def test_an_answer_refers_to_all_that_the_letter_referred_to(relay, olga):
    ticket = make_ticket(
        olga.workspace, external_id="c@crumb.example", references=["a@crumb.example", "b@crumb.example"]
    )
    first = ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)
    second = ticket.reply(Words("Out of it."), by=olga, seen_up_to=2)

    deliver(first)
    deliver(second)

    chain = ("a@crumb.example", "b@crumb.example", "c@crumb.example")
    assert [letter.references for letter in relay.letters] == [chain, (*chain, first.external_id)]
    assert [letter.in_reply_to for letter in relay.letters] == ["c@crumb.example", first.external_id]
