"""The test letter of a mailbox: round through real servers, never a ticket, and missed when it does not come back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels import tasks
from harken.channels.arriving import fetching
from harken.channels.arriving.fetching import MailboxLedger
from harken.channels.arriving.receive import settle
from harken.channels.email.accounts import account_of
from harken.channels.email.fetch import Fetcher
from harken.channels.factories import make_channel
from harken.channels.ledger.forms import LedgerForm
from harken.channels.ledger.lists import Asked, page_of
from harken.channels.mailboxes.look_after import look_after
from harken.channels.models import Arrival, Channel, Heartbeat, Mailbox, Trouble
from harken.channels.tests.letters import arrive, letter
from harken.tickets.models import Ticket
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

HELP = "help@fennel.example"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def channel(sink) -> Channel:
    """A mailbox that letters come to by forwarding."""
    channel = make_channel(
        make_workspace(slug="fennel"), HELP, smtp_host="localhost", smtp_port=sink.port, smtp_security="none"
    )
    channel.note_received(timezone.now())
    return channel


def mailbox_of(channel: Channel) -> Mailbox:
    return Mailbox.objects.select_related("channel__workspace", "grant").get(channel=channel)


def look(channel: Channel) -> None:
    look_after(mailbox_of(channel))


def minutes_pass(minutes: int) -> None:
    for heartbeat in Heartbeat.objects.all():
        heartbeat.sent_at = heartbeat.sent_at and heartbeat.sent_at - timedelta(minutes=minutes)
        heartbeat.returned_at = heartbeat.returned_at and heartbeat.returned_at - timedelta(minutes=minutes)
        heartbeat.save()


def standing() -> list[tuple[str, str]]:
    return [(each.part, each.code) for each in Trouble.objects.standing().order_by("part")]


def test_a_test_letter_leaves_as_a_robots_and_comes_back_as_nobodys_request(channel, sink):
    look(channel)
    [sent] = sink.wait_for(1)

    arrival = arrive(sent.raw, to=[HELP], envelope_from=HELP)

    assert (sent.envelope_from, sent.recipients) == (HELP, (HELP,))
    assert sent.message["Auto-Submitted"] == "auto-generated"
    assert (arrival.state, arrival.rule) == ("loop", "heartbeat")
    assert "the mailbox works" in arrival.reason
    assert not Ticket.objects.exists()
    assert not Heartbeat.objects.get().is_under_way


@pytest.mark.mail_servers
def test_the_round_goes_through_the_real_servers(transactional_db, channel, sink):
    with Dovecot() as server:
        Mailbox.objects.update(
            imap_host="localhost", imap_port=server.tls_port, imap_user="help", imap_password=server.password
        )
        look(channel)
        [sent] = sink.wait_for(1)
        server.append("help", sent.raw)
        connection.ensure_connection()
        account = replace(account_of(mailbox_of(channel)), ca_file=server.ca_file)
        Fetcher(account, MailboxLedger(mailbox_of(channel), fetching.threading.Event())).once()

    wall.enter(channel.workspace_id)
    arrival = settle(Arrival.objects.get())
    assert (arrival.state, arrival.rule) == ("loop", "heartbeat")
    assert Heartbeat.objects.get().returned_at


def test_the_next_letter_leaves_when_its_time_has_come_and_not_before(channel, sink):
    look(channel)
    arrive(sink.wait_for(1)[0].raw, to=[HELP])
    minutes_pass(29)
    look(channel)
    assert len(sink.letters) == 1

    minutes_pass(2)
    look(channel)

    assert len(sink.wait_for(2)) == 2


def test_a_mailbox_that_wants_none_gets_none(channel, sink):
    Mailbox.objects.update(heartbeat_minutes=0)

    look(channel)

    assert sink.letters == []


def test_a_mailbox_that_never_got_a_letter_by_forwarding_is_not_tested(channel, sink):
    Channel.objects.update(last_received_at=None)

    look(channel)

    assert sink.letters == []


def test_a_letter_that_does_not_come_back_is_a_trouble_until_one_does(channel, sink):
    look(channel)
    minutes_pass(6)
    look(channel)
    assert standing() == [("heartbeat", "NotReturned")]

    arrive(sink.wait_for(2)[1].raw, to=[HELP])

    assert standing() == []
    assert not Ticket.objects.exists()


def test_a_letter_that_comes_late_is_no_proof_for_the_one_after_it(channel, sink):
    look(channel)
    minutes_pass(6)
    look(channel)

    arrive(sink.wait_for(2)[0].raw, to=[HELP])

    assert standing() == [("heartbeat", "NotReturned")]


def test_a_relay_that_refuses_the_mailbox_is_a_trouble_of_sending_until_it_takes_it(channel, sink):
    sink.refuse_sender = "550 5.7.1 Not you"
    look(channel)
    assert standing() == [("sending", "RefusedByServer")]
    assert "Not you" in Trouble.objects.get().sentence

    sink.refuse_sender = ""
    look(channel)

    assert standing() == []


def test_a_relay_that_refuses_the_letter_itself_is_quoted(channel, sink):
    sink.refuse[HELP] = "550 5.1.1 No such user"

    look(channel)

    assert standing() == [("heartbeat", "NotTaken")]
    assert "No such user" in Trouble.objects.get().sentence
    assert not Heartbeat.objects.get().is_under_way


def test_a_failure_report_about_a_test_letter_is_no_riddle_for_a_person(channel, sink):
    look(channel)
    reference = sink.wait_for(1)[0].message["Message-ID"]
    report = (
        b"From: MAILER-DAEMON@relay.example\r\nTo: help@fennel.example\r\nSubject: Undelivered\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nMailbox full\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        b"Final-Recipient: rfc822; help@fennel.example\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: "
        + reference.encode()
        + b"\r\n\r\n--b--\r\n"
    )

    arrival = arrive(report, to=[HELP])

    assert (arrival.state, arrival.rule) == ("loop", "heartbeat-bounce")
    assert standing() == [("heartbeat", "NotDelivered")]


@pytest.mark.parametrize("token", ["1.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x", "1."])
def test_a_header_that_we_did_not_sign_hides_no_letter(channel, token):
    forged = letter(sender=f"Mallory <{HELP}>", X_Harken_Heartbeat=token)

    assert arrive(forged, to=[HELP]).state == "opened"


def test_a_strangers_letter_with_a_true_token_is_still_a_request(channel, sink):
    look(channel)
    token = sink.wait_for(1)[0].message["X-Harken-Heartbeat"]

    assert arrive(letter(X_Harken_Heartbeat=token), to=[HELP]).state == "opened"


def test_a_clock_set_back_does_not_stop_the_heart(channel, sink):
    look(channel)
    arrive(sink.wait_for(1)[0].raw, to=[HELP])
    minutes_pass(-24 * 60)

    look(channel)

    assert len(sink.wait_for(2)) == 2


def test_the_clock_asks_for_every_mailbox_in_use_of_all_workspaces(transactional_db, channel):
    make_channel(make_workspace(), "help@acme.example")
    idle = make_channel(make_workspace(), "idle@acme.example")
    Channel.objects.filter(pk=idle.pk).update(is_active=False)
    wall.leave()

    for _twice in range(2):
        tasks.look_after_mailboxes.func(None, 0)

    with connection.cursor() as sql:
        sql.execute("SELECT queueing_lock FROM procrastinate_jobs WHERE task_name LIKE '%look_after_mailbox'")
        assert len(sql.fetchall()) == 2


def letters_came(channel: Channel, *, days: int, hours: tuple[int, ...]) -> None:
    """Let letters have come in these hours of each of the last days, this one excepted."""
    first = arrive(letter(), to=[HELP])
    now = timezone.now()
    for day in range(1, days + 1):
        for hour in hours:
            first.pk, first._state.adding = None, True
            first.content_sha256 = ""
            first.state, first.received_at = "held", now - timedelta(days=day, hours=hour)
            first.save()
    Arrival.objects.filter(state="opened").update(received_at=now - timedelta(days=days, hours=23))


def test_a_mailbox_silent_in_its_busy_hours_is_noticed_until_a_letter_comes(channel):
    letters_came(channel, days=60, hours=(0, 1, 2, 3, 4, 5))
    Mailbox.objects.update(heartbeat_minutes=0)
    Channel.objects.update(last_received_at=timezone.now() - timedelta(hours=7))
    look(channel)
    assert standing() == [("silence", "UnusuallySilent")]
    assert "about 6 came" in Trouble.objects.get().sentence

    arrive(letter(), to=[HELP])
    look(channel)

    assert standing() == []


def test_a_quiet_night_is_quiet_in_every_week(channel):
    letters_came(channel, days=60, hours=(8, 9, 10, 11, 12, 13))
    Mailbox.objects.update(heartbeat_minutes=0)
    Channel.objects.update(last_received_at=timezone.now() - timedelta(hours=7))

    look(channel)

    assert standing() == []


def test_a_young_mailbox_has_no_habits(channel):
    letters_came(channel, days=14, hours=(0, 1, 2, 3, 4, 5))
    Mailbox.objects.update(heartbeat_minutes=0)
    Channel.objects.update(last_received_at=timezone.now() - timedelta(hours=7))

    look(channel)

    assert standing() == []


def test_a_test_letter_that_came_back_proves_that_silence_is_only_silence(channel, sink):
    letters_came(channel, days=60, hours=(0, 1, 2, 3, 4, 5))
    Channel.objects.update(last_received_at=timezone.now() - timedelta(hours=7))
    look(channel)
    assert standing() == [("silence", "UnusuallySilent")]

    arrive(sink.wait_for(1)[0].raw, to=[HELP])

    assert standing() == []


def test_test_letters_do_not_flood_the_ledger_and_are_there_for_whoever_asks(channel, sink):
    look(channel)
    arrive(sink.wait_for(1)[0].raw, to=[HELP])
    olga = make_agent(channel.workspace)

    assert LedgerForm({}, agent=olga).asked.without_heartbeats
    assert page_of(olga, LedgerForm({}, agent=olga).asked).rows == []
    assert len(page_of(olga, LedgerForm({"state": "loop"}, agent=olga).asked).rows) == 1
    assert len(page_of(olga, Asked()).rows) == 1


def test_the_channel_page_says_when_the_test_letter_was_back(channel, sink, client):
    owner = make_agent(channel.workspace, role="owner")
    look(channel)
    arrive(sink.wait_for(1)[0].raw, to=[HELP])
    client.force_login(owner.user)

    assert "Test letter back" in client.get("/fennel/settings/channels/").text
