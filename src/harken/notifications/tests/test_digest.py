"""The digest: once a day, at the hour somebody chose, by their own clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.factories import make_channel
from harken.notifications.digest import is_due, write_digests
from harken.notifications.factories import make_preference
from harken.notifications.mail import tell_by_mail
from harken.notifications.models import Preference, Telling
from harken.tickets.factories import make_ticket
from harken.workspaces.models import Workspace
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        settings.HARKEN_RELAY = sink.relay()
        yield sink


@pytest.fixture
def olga(sink: SmtpSink) -> Agent:
    agent = make_agent(email="olga@fennel.example")
    make_channel(agent.workspace)
    return agent


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "is_time"),
    [
        ("2026-11-20 07:29", False),
        ("2026-11-20 07:30", True),
        ("2026-11-20 13:29", True),
        ("2026-11-20 13:31", False),
        # Saturday is quiet.
        ("2026-11-21 07:30", False),
        # In summer the same hour of the wall comes earlier.
        ("2026-07-20 06:29", False),
        ("2026-07-20 06:30", True),
    ],
)
def test_it_is_due_by_the_clock_on_the_wall(now: str, is_time: bool):
    preference = Preference(
        workspace=Workspace(), time_zone="Europe/Berlin", digest_at=time(8, 30), quiet_weekdays=0b1100000
    )

    assert is_due(preference, utc(now)) is is_time


def test_it_is_due_too_on_the_day_that_has_no_such_hour():
    preference = Preference(workspace=Workspace(), time_zone="Europe/Berlin", digest_at=time(2, 30))

    assert not is_due(preference, utc("2026-03-29 00:59"))
    assert is_due(preference, utc("2026-03-29 01:00"))


def test_it_tells_who_waits_the_longest_first_and_once(sink: SmtpSink, olga: Agent):
    make_preference(olga, digest_at=time(8), time_zone="UTC", mail="nothing")
    make_ticket(olga.workspace, "ann@crumb.example", "Bread")
    make_ticket(olga.workspace, "bob@crumb.example", "Jam").assign_to(olga, by=olga)
    tomorrow = datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(9), tzinfo=UTC)

    with time_machine.travel(tomorrow, tick=False):
        for _twice in range(2):
            write_digests(olga.workspace, tomorrow)
            Telling.objects.update(not_before=tomorrow)
            tell_by_mail(olga)

    [letter] = sink.letters
    words = letter.message.get_payload(0).get_payload(decode=True).decode()
    assert "2 requests wait" in words or "2_requests_wait" in letter.message["Subject"]
    assert words.index("Bread") < words.index("Jam")
    assert "1 of them is yours." in words
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message["Reply-To"] is None


def test_a_day_on_which_nobody_waits_has_none(sink: SmtpSink, olga: Agent):
    make_preference(olga, digest_at=time(8), time_zone="UTC")

    assert write_digests(olga.workspace, utc("2026-11-20 09:00")) == []


def test_who_wants_none_has_none(sink: SmtpSink, olga: Agent):
    make_ticket(olga.workspace)

    assert write_digests(olga.workspace, utc("2026-11-20 09:00")) == []
