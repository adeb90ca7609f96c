"""What lies on a real server and not in the ledger is told, and exactly that is taken."""

import threading
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from harken.agents.factories import make_agent
from harken.channels.arriving.fetching import MailboxLedger
from harken.channels.email.fetch import Fetcher
from harken.channels.factories import make_channel
from harken.channels.ledger.comparing import compare, fetch_missing
from harken.channels.ledger.vitals import ledger_findings, ledger_warnings
from harken.channels.models import Arrival, FolderState
from harken.channels.tests.letters import letter
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.mail_servers]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


@pytest.fixture
def mailbox(server, request, monkeypatch):
    """A mailbox of a user of its own, from which everything is fetched."""
    user = request.node.name.replace("_", "-")[:60]
    account = server.account(user, take_from=date(2000, 1, 1))
    for module in ("comparing", "vitals"):
        monkeypatch.setattr(
            f"harken.channels.ledger.{module}.account_of", lambda mailbox: account, raising=False
        )
    channel = make_channel(make_workspace(slug="fennel"), imap_host="localhost", imap_user=user)
    return channel.mailbox


def put(server, mailbox, *subjects):
    return [server.append(mailbox.imap_user, letter(subject=subject)) for subject in subjects]


def fetch(server, mailbox, **changes):
    connection.ensure_connection()
    account = server.account(mailbox.imap_user, **{"take_from": date(2000, 1, 1)} | changes)
    Fetcher(account, MailboxLedger(mailbox, threading.Event())).once()


def forget(uid):
    """Take an arrival out of the ledger, as a disaster would."""
    Arrival.objects.filter(uid=uid).delete()


def test_nothing_is_missing_after_everything_was_fetched(server, mailbox):
    put(server, mailbox, "One", "Two")
    fetch(server, mailbox)

    assert compare(mailbox).missing == []


def test_before_the_first_reading_nothing_is_compared(server, mailbox):
    put(server, mailbox, "One")

    assert compare(mailbox) is None


def test_a_letter_that_is_on_the_server_and_not_here_is_named_by_its_uid(server, mailbox):
    _one, two, _three = put(server, mailbox, "One", "Two", "Three")
    fetch(server, mailbox)
    forget(two)

    assert compare(mailbox).missing == [two]


def test_exactly_what_is_missing_is_taken_and_marked(server, mailbox):
    _one, two, _three = put(server, mailbox, "One", "Two", "Three")
    fetch(server, mailbox)
    forget(two)
    before = Arrival.objects.count()

    still_missing = fetch_missing(mailbox)

    assert still_missing == 0
    assert Arrival.objects.count() == before + 1
    assert b"Subject: Two" in Arrival.objects.get(uid=two).raw.read()
    assert FolderState.objects.get().missing == []


def test_what_was_there_before_the_first_reading_is_not_missing(server, mailbox):
    put(server, mailbox, "Years ago")
    fetch(server, mailbox, take_from=None)
    put(server, mailbox, "New")
    fetch(server, mailbox)

    assert compare(mailbox).missing == []


def test_what_has_not_been_read_yet_is_on_its_way_and_not_missing(server, mailbox):
    put(server, mailbox, "One")
    fetch(server, mailbox)
    put(server, mailbox, "Two")

    assert compare(mailbox).missing == []


def test_a_folder_read_before_its_beginning_was_noted_is_compared_from_its_first_letter(server, mailbox):
    put(server, mailbox, "Years ago")
    fetch(server, mailbox, take_from=None)
    _one, two, _three = put(server, mailbox, "One", "Two", "Three")
    fetch(server, mailbox)
    FolderState.objects.update(began_above=None)
    forget(two)

    assert compare(mailbox).missing == [two]


def test_what_is_missing_is_said_on_the_pages_and_by_the_doctor(server, mailbox):
    _one, two = put(server, mailbox, "One", "Two")
    fetch(server, mailbox)
    forget(two)
    compare(mailbox)
    owner = make_agent(mailbox.workspace, role="owner")
    client = Client()
    client.force_login(owner.user)
    wall.leave()

    for page in ("/fennel/settings/channels/", "/fennel/ledger/"):
        text = client.get(page).text
        assert "1 letter lies in the mailbox of help@fennel.example and is not here." in text
        assert "Fetch them now" in text
    assert any("Letters at mail servers" in sentence for sentence in ledger_warnings())
    assert any(f"(UID {two})" in finding.sentence for finding in ledger_findings())
