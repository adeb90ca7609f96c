"""How letters leave: paced by what the server takes, with large files behind links, in plain text where wanted."""

import inspect
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.email.relay import Relay
from harken.channels.factories import make_channel
from harken.channels.leaving.outgoing import outgoing_for
from harken.channels.leaving.pacing import turn_of
from harken.channels.models import Channel
from harken.channels.tasks import deliver_message
from harken.files.factories import make_file
from harken.tickets.factories import make_ticket
from harken.tickets.models import Enclosure, Message, Words
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

ANN = "ann@crumb.example"
SERVER = "mail.fennel.example"


def make_reply(channel: Channel, *files: Enclosure, html: str = "") -> Message:
    olga: Agent = make_agent(channel.workspace)
    ticket = make_ticket(channel.workspace, channel_id=channel.pk)
    return ticket.reply(
        Words("In the oven.", html=html, files=files), by=olga, seen_up_to=ticket.last_position
    )


def test_a_server_that_takes_all_is_not_waited_for():
    channel = make_channel(smtp_host=SERVER)

    assert [turn_of(make_reply(channel)) for _ in range(3)] == [None] * 3


def test_letters_beyond_the_pace_wait_for_their_turn():
    channel = make_channel(smtp_host=SERVER, smtp_per_minute=6)

    turns = [turn_of(make_reply(channel)) for _ in range(4)]

    assert turns[0] is None
    waits = [turn - timezone.now() for turn in turns[1:] if turn]
    assert [round(wait / timedelta(seconds=10)) for wait in waits] == [1, 2, 3]


def test_the_installations_server_is_shared_by_all_workspaces(settings):
    settings.HARKEN_RELAY = Relay("mail.host.example", 25, per_minute=6)
    turns = []
    for slug in ("fennel", "fern"):
        workspace = make_workspace(slug=slug)
        turns.append(turn_of(make_reply(make_channel(workspace, f"help@{slug}.example"))))
        wall.leave()

    assert turns[0] is None
    assert turns[1] is not None


def test_a_letter_whose_turn_has_come_does_not_wait_again(monkeypatch):
    channel = make_channel(smtp_host=SERVER, smtp_per_minute=1)
    first, second = make_reply(channel), make_reply(channel)
    sent: list[int] = []
    monkeypatch.setattr("harken.channels.tasks.deliver", lambda message: sent.append(message.pk))

    for message in (first, second):
        inspect.unwrap(deliver_message.func)(channel.workspace_id, message.pk)
    waiting = ProcrastinateJob.objects.filter(args__is_its_turn=True).get()
    inspect.unwrap(deliver_message.func)(**waiting.args)

    assert sent == [first.pk, second.pk]
    assert waiting.scheduled_at > timezone.now() + timedelta(seconds=30)


def test_files_beyond_the_limit_wait_behind_links_and_the_rest_travels(client: Client):
    channel = make_channel(most_megabytes=1)
    large = make_file(channel.workspace, name="oven.mov", content=b"x" * 1_000_001)
    small = make_file(channel.workspace, name="list.txt", content=b"rye")
    message = make_reply(channel, Enclosure(large), Enclosure(small))

    letter = outgoing_for(message, channel, [ANN])

    assert [file.name for file in letter.files] == ["list.txt"]
    assert "oven.mov (976.6\xa0KB):" in letter.text
    address = next(word for word in letter.text.split() if word.startswith("http"))
    assert address in letter.html
    assert b"".join(client.get(urlsplit(address).path)) == b"x" * 1_000_001


def test_a_retry_on_another_day_is_the_same_letter():
    channel = make_channel(most_megabytes=0)
    message = make_reply(
        channel, Enclosure(make_file(channel.workspace, name="oven.mov", content=b"rolling"))
    )

    first = outgoing_for(message, channel, [ANN])
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        again = outgoing_for(message, channel, [ANN])

    assert again == first
    assert "Files to fetch until" in first.text


def test_a_picture_in_the_text_travels_with_it():
    channel = make_channel(most_megabytes=0)
    picture = Enclosure(
        make_file(channel.workspace, name="oven.png", content=b"PNG"), content_id="oven", is_inline=True
    )

    letter = outgoing_for(make_reply(channel, picture, html='<img src="cid:oven">'), channel, [ANN])

    assert [file.content_id for file in letter.files] == ["oven"]


def test_a_mailbox_may_send_plain_text_alone():
    channel = make_channel(is_plain_text=True)

    letter = outgoing_for(make_reply(channel, html="<b>In the oven.</b>"), channel, [ANN])

    assert letter.html == ""
    assert letter.text == "In the oven.\n"
