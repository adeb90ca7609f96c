"""Who follows which mailbox, and what one broken mailbox may do to the others: nothing."""

import threading

import pytest
from django.db import connection

from harken.channels.arriving import fetching
from harken.channels.arriving.fetching import (
    Fetchers,
    LockLost,
    MailboxGone,
    MailboxLedger,
    fetched_mailboxes,
)
from harken.channels.email.accounts import PasswordUnreadable, account_of
from harken.channels.factories import make_channel
from harken.channels.models import Arrival, Channel, Mailbox, Trouble
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace


@pytest.fixture
def followed(monkeypatch):
    """The mailboxes that were followed, and a server that answers nothing until it is told to stop."""
    hosts: list[str] = []

    class Silent:
        def __init__(self, account, ledger):
            hosts.append(account.host)

        def run(self, stop):
            stop.wait(5)

    monkeypatch.setattr(fetching, "Fetcher", Silent)
    return hosts


@pytest.fixture
def fetchers():
    fetchers = Fetchers()
    yield fetchers
    fetchers.stop()
    for running in fetchers._running.values():
        running.thread.join(5)


def make_mailbox(address, **fields):
    return make_channel(make_workspace(), address=address, imap_host="imap.example", **fields).mailbox


def until(condition):
    """Wait for another thread, three seconds at most."""
    moment = threading.Event()
    for _ in range(300):
        if condition():
            return True
        moment.wait(0.01)
    return False


def test_mailboxes_of_all_workspaces_are_followed_and_inactive_ones_are_not(transactional_db):
    first, second = make_mailbox("help@fennel.example"), make_mailbox("help@acme.example")
    Channel.objects.filter(pk=second.channel_id).update(is_active=False)
    wall.leave()

    assert set(fetched_mailboxes()) == {first.pk}


def test_a_password_that_cannot_be_read_is_its_channels_problem_alone(
    transactional_db, settings, followed, fetchers
):
    key = settings.SECRET_KEY
    settings.SECRET_KEY = "another installation"
    broken = make_mailbox("help@fennel.example", imap_password="correct horse")
    settings.SECRET_KEY = key
    make_mailbox("help@acme.example", imap_password="battery staple")
    wall.leave()

    fetchers._follow(fetched_mailboxes())

    assert until(lambda: followed == ["imap.example"])
    wall.enter(broken.workspace_id)
    assert "secret key" in Trouble.objects.get(channel=broken.channel_id).sentence
    with pytest.raises(PasswordUnreadable):
        account_of(Mailbox.objects.get(pk=broken.pk))


def test_changed_settings_start_the_mailbox_anew_and_its_lock_passes_on(
    transactional_db, followed, fetchers, monkeypatch
):
    monkeypatch.setattr(fetching, "LOOK_FOR_CHANGES_SECONDS", 0.05)
    mailbox = make_mailbox("help@fennel.example")
    fetchers._follow({mailbox.pk: mailbox})
    assert until(lambda: len(followed) == 1)
    mailbox.imap_host = "moved.example"

    fetchers._follow({mailbox.pk: mailbox})

    assert until(lambda: followed == ["imap.example", "moved.example"])


def test_a_mailbox_that_is_followed_elsewhere_is_waited_for(
    transactional_db, followed, fetchers, monkeypatch
):
    monkeypatch.setattr(fetching, "LOOK_FOR_CHANGES_SECONDS", 0.05)
    mailbox = make_mailbox("help@fennel.example")
    assert fetching._take_lock(mailbox)

    fetchers._follow({mailbox.pk: mailbox})
    assert not until(lambda: followed)
    connection.close()

    assert until(lambda: followed == ["imap.example"])


def test_a_thread_whose_connection_is_gone_stops_rather_than_fetch_without_its_lock(transactional_db):
    mailbox, stop = make_mailbox("help@fennel.example"), threading.Event()
    connection.ensure_connection()
    ledger = MailboxLedger(mailbox, stop)
    assert ledger.highest_uid(7) is None
    connection.close()

    with pytest.raises(LockLost):
        ledger.highest_uid(7)

    assert stop.is_set()


def test_a_mailbox_removed_while_its_mail_is_read_ends_its_thread_and_keeps_what_came(transactional_db):
    mailbox, stop = make_mailbox("help@fennel.example"), threading.Event()
    connection.ensure_connection()
    ledger = MailboxLedger(mailbox, stop)
    ledger.store(1, 1, b"Subject: came before\r\n\r\n")
    Channel.objects.get(pk=mailbox.channel_id).delete()

    with pytest.raises(MailboxGone):
        ledger.store(1, 2, b"Subject: comes after\r\n\r\n")

    assert stop.is_set()
    assert Arrival.objects.count() == 1
