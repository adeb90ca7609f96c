from datetime import timedelta

import pytest
from django.utils import timezone

from harken.channels.arriving import intake
from harken.channels.factories import make_channel
from harken.channels.models import Channel, Part
from harken.channels.problems import ToldBefore
from harken.channels.vitals import arrival_figures, mailbox_warnings
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def make_fetched(address: str, minutes_ago: int, problem: str = "") -> Channel:
    channel = make_channel(address=address, imap_host="mail.fennel.example")
    channel.last_checked_at = timezone.now() - timedelta(minutes=minutes_ago)
    channel.save()
    if problem:
        channel.report_trouble(Part.FETCHING, ToldBefore(words=problem))
    return channel


def test_mailboxes_that_are_not_fetched_are_counted_in_all_workspaces_without_naming_them():
    make_fetched("refused@fennel.example", minutes_ago=1, problem="The password is wrong.")
    make_fetched("silent@fennel.example", minutes_ago=60)
    make_fetched("well@fennel.example", minutes_ago=1)
    wall.leave()

    troubled, silent = mailbox_warnings()

    assert troubled.startswith("Mailboxes that are not fetched: 1.")
    assert silent.startswith("Mailboxes that nobody has looked at for a quarter of an hour: 1.")
    assert "@" not in troubled + silent


def test_a_desk_whose_mailboxes_are_fetched_has_nothing_to_say():
    make_fetched("well@fennel.example", minutes_ago=1)
    make_channel(address="delivered@fennel.example")

    assert list(mailbox_warnings()) == []


def test_letters_that_wait_are_counted_over_all_workspaces():
    make_channel(make_workspace(), "help@fennel.example")
    make_channel(make_workspace(), "help@other.example")
    wall.leave()
    for address in ("help@fennel.example", "help@other.example", "nobody@nowhere.example"):
        intake.store(b"Subject: Hello\n\nBread?", source="deliver", to=[address])

    counts = {figure.labels["state"]: figure.value for figure in arrival_figures()}

    assert counts == {"received": 3, "held": 0}
