import pytest

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.leaving.outgoing import outgoing_for
from harken.contacts.recognise import recognise
from harken.tickets.models import Words
from harken.tickets.start import start

pytestmark = pytest.mark.django_db


def test_the_first_letter_is_no_answer_and_the_second_is_one():
    olga = make_agent()
    channel = make_channel(olga.workspace)
    ann = recognise(olga.workspace, "ann@crumb.example")
    ticket = start(ann, "Your new shop", Words("When do you open?"), by=olga)
    ticket.reply(Words("And where?"), by=olga, seen_up_to=1)

    subjects = [outgoing_for(each, channel, each.to).subject for each in ticket.messages.all()]

    assert subjects == ["Your new shop", "Re: Your new shop"]


def test_a_letter_to_somebody_new_is_queued_for_each_recipient():
    olga = make_agent()
    ann = recognise(olga.workspace, "ann@crumb.example")

    ticket = start(ann, "Your new shop", Words("When do you open?"), by=olga, cc=["dan@crumb.example"])

    assert ticket.messages.get().deliveries.count() == 2
