"""What the ledger and the sending keep of words that are taken away: nothing."""

import pytest

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.models import Delivery
from harken.channels.send_again import send_again
from harken.channels.tests.letters import arrive, letter
from harken.files.errors import FileMissing
from harken.tickets.models import Words
from harken.tickets.redact import redact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path):
    settings.HARKEN_FILES_URL = tmp_path.as_uri()


@pytest.fixture
def olga():
    agent = make_agent()
    make_channel(agent.workspace)
    return agent


def message_of(arrival):
    return arrival.message


def test_the_letter_itself_is_gone_and_does_not_come_back_by_a_second_copy(olga):
    raw = letter("The password is Zwieback42.")
    arrival = arrive(raw)

    redact(message_of(arrival), by=olga, why="A password")
    again = arrive(raw)

    arrival.raw.refresh_from_db()
    again.raw.refresh_from_db()
    assert (again.state, again.original_id) == ("duplicate", arrival.pk)
    for each in (arrival.raw, again.raw):
        assert (each.kept_days, each.removed_at is not None) == (None, True)
        with pytest.raises(FileMissing):
            each.read()


def test_another_route_of_the_same_letter_is_gone_too(olga):
    raw = letter("The password is Zwieback42.")
    arrival, other = arrive(raw), arrive(b"Received: from elsewhere\r\n" + raw)

    redact(message_of(arrival), by=olga, why="A password")

    other.raw.refresh_from_db()
    assert other.state == "duplicate"
    assert other.raw.removed_at


def test_an_answer_that_waits_is_not_sent_any_more(olga):
    ticket = arrive(letter("Hello")).ticket
    answer = ticket.reply(Words("The password is Zwieback42."), by=olga, seen_up_to=1)

    redact(answer, by=olga, why="A password")

    delivery = Delivery.objects.get(message=answer)
    assert (delivery.state, delivery.words) == ("failed", "The words were removed before they were sent.")
    assert send_again(answer, by=olga) == 0
