"""Troubles reach the owners by another path than the broken one: once that they began, once that they are over."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels import tasks
from harken.channels.email.errors import ConnectionLost, WrongPassword
from harken.channels.email.smtp import send
from harken.channels.factories import make_channel
from harken.channels.mailboxes import tell_owners
from harken.channels.mailboxes.tell_owners import due, tell
from harken.channels.models import Channel, Part, Trouble
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

HELP = "help@fennel.example"


@pytest.fixture
def relay(settings) -> Iterator[SmtpSink]:
    """The installation's own relay."""
    with SmtpSink() as server:
        settings.HARKEN_RELAY = server.relay()
        yield server


@pytest.fixture
def channel() -> Channel:
    workspace = make_workspace(slug="fennel")
    make_agent(workspace, role="owner", email="olga@fennel.example")
    make_agent(workspace, email="tim@fennel.example")
    return make_channel(workspace, HELP, imap_host="imap.example", smtp_host="smtp.example")


def trouble_of(channel: Channel, part: str = Part.FETCHING) -> Trouble:
    channel.report_trouble(part, WrongPassword("imap.example:993", safe="in"))
    Trouble.objects.standing().update(since=timezone.now() - timedelta(minutes=2))
    return Trouble.objects.standing().get(part=part)


def tell_what_is_due() -> None:
    for trouble in due().select_related("channel__workspace", "channel__mailbox"):
        tell(trouble)


def recipients(sink: SmtpSink) -> list[str]:
    return [address for letter in sink.letters for address in letter.recipients]


def text_of(letter) -> str:
    return letter.message.get_payload(0).get_payload(decode=True).decode()


def test_owners_are_told_once_what_happened_what_is_safe_and_where_to_look(channel, relay):
    trouble_of(channel)

    for _twice in range(2):
        tell_what_is_due()

    [letter] = relay.letters
    assert letter.recipients == ("olga@fennel.example",)
    assert HELP in letter.message["Subject"]
    assert "did not accept the user name or the password" in text_of(letter)
    assert "Nothing is lost" in text_of(letter)
    assert f"/fennel/settings/channels/#channel-{channel.pk}" in text_of(letter)
    assert letter.message["Auto-Submitted"] == "auto-generated"


def test_owners_are_told_once_that_it_is_over(channel, relay):
    trouble_of(channel)
    tell_what_is_due()
    channel.report_well(Part.FETCHING)

    for _twice in range(2):
        tell_what_is_due()

    assert len(relay.letters) == 2
    assert "works again" in relay.letters[1].message["Subject"]


def test_what_lasted_a_moment_is_in_nobodys_mail(channel, relay):
    channel.report_trouble(Part.FETCHING, ConnectionLost("imap.example:993"))
    tell_what_is_due()
    channel.report_well(Part.FETCHING)
    tell_what_is_due()

    assert relay.letters == []


def test_what_fails_again_and_again_is_told_once_an_hour(channel, relay):
    for _time in range(3):
        trouble_of(channel)
        tell_what_is_due()
        channel.report_well(Part.FETCHING)
        tell_what_is_due()

    assert len(relay.letters) == 2


def test_two_parts_are_two_troubles_and_each_is_cleared_by_its_own_success(channel, relay):
    trouble_of(channel, Part.FETCHING)
    trouble_of(channel, Part.SENDING)
    channel.report_well(Part.SENDING)

    assert [trouble.part for trouble in Trouble.objects.standing()] == ["fetching"]


def test_a_broken_relay_is_never_asked_to_tell_of_itself(channel, relay):
    channel.mailbox.smtp_host = ""
    channel.mailbox.save()
    trouble_of(channel, Part.SENDING)
    with SmtpSink() as other:
        make_channel(
            channel.workspace,
            "sales@fennel.example",
            smtp_host="localhost",
            smtp_port=other.port,
            smtp_security="none",
        )
        tell_what_is_due()

        assert recipients(other) == ["olga@fennel.example"]
        assert other.letters[0].envelope_from == "sales@fennel.example"
    assert relay.letters == []


@pytest.mark.parametrize("part", [Part.HEARTBEAT, Part.SIGN_IN])
def test_the_only_relay_tells_of_what_is_not_its_own_fault(channel, relay, part):
    channel.mailbox.smtp_host = ""
    channel.mailbox.save()
    trouble_of(channel, part)

    tell_what_is_due()

    assert recipients(relay) == ["olga@fennel.example"]


def test_a_lost_test_letter_is_told_of_by_another_relay_where_there_is_one(channel, relay):
    channel.mailbox.smtp_host = ""
    channel.mailbox.save()
    trouble_of(channel, Part.HEARTBEAT)
    with SmtpSink() as other:
        own = {"smtp_host": "localhost", "smtp_port": other.port, "smtp_security": "none"}
        make_channel(channel.workspace, "sales@fennel.example", **own)
        tell_what_is_due()

        assert (recipients(other), relay.letters) == (["olga@fennel.example"], [])


def test_without_any_other_path_it_is_tried_again_until_there_is_one(channel, settings):
    settings.HARKEN_RELAY = None
    trouble_of(channel)
    tell_what_is_due()
    assert due().exists()
    with SmtpSink() as relay:
        settings.HARKEN_RELAY = relay.relay()

        tell_what_is_due()

        assert recipients(relay) == ["olga@fennel.example"]
    assert not due().exists()


def test_a_letter_is_in_its_readers_language(channel, relay):
    owner = make_agent(channel.workspace, role="owner", email="rita@fennel.example")
    owner.user.language = "ru"
    owner.user.save()
    trouble_of(channel)

    tell_what_is_due()

    assert set(recipients(relay)) == {"olga@fennel.example", "rita@fennel.example"}


def test_two_workers_tell_an_owner_once(transactional_db, channel, relay):
    trouble, barrier = trouble_of(channel), threading.Barrier(2)

    def work() -> None:
        barrier.wait(10)
        try:
            with wall.inside(channel.workspace_id):
                tell(
                    Trouble.objects.select_related("channel__workspace", "channel__mailbox").get(
                        pk=trouble.pk
                    )
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        for future in [workers.submit(work) for _each in range(2)]:
            future.result()

    assert len(relay.letters) == 1


def test_no_transaction_waits_for_a_mail_server(transactional_db, channel, relay, monkeypatch):
    trouble = trouble_of(channel)
    in_transaction = []

    def send_and_look(*letter):
        in_transaction.append(connection.in_atomic_block)
        return send(*letter)

    monkeypatch.setattr(tell_owners, "send", send_and_look)
    tell(trouble)

    assert in_transaction == [False]


def test_the_clock_finds_troubles_of_all_workspaces(transactional_db, channel):
    trouble_of(channel)
    wall.leave()

    tasks.tell_of_troubles.func(None, 0)

    with connection.cursor() as sql:
        sql.execute(
            "SELECT args->>'workspace_id' FROM procrastinate_jobs WHERE task_name LIKE '%tell_of_trouble'"
        )
        assert [int(each) for (each,) in sql.fetchall()] == [channel.workspace_id]


def test_a_mailbox_that_is_not_used_troubles_nobody(channel, relay):
    trouble_of(channel)
    Channel.objects.update(is_active=False)

    tell_what_is_due()

    assert relay.letters == []
