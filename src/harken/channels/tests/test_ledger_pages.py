from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.arriving import intake
from harken.channels.arriving.receive import settle
from harken.channels.arriving.rejudge import try_again
from harken.channels.email.signatures import reply_address
from harken.channels.factories import make_channel
from harken.channels.ledger.retention import remove_old
from harken.channels.models import Arrival, LedgerCheck, Retention
from harken.channels.tests.letters import arrive, letter
from harken.files import storage
from harken.tickets.models import Ticket
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = make_workspace(slug="fennel")
    make_channel(workspace)
    return workspace


@pytest.fixture
def olga(workspace):
    return make_agent(workspace, email="olga@fennel.example", role="owner")


@pytest.fixture
def desk(olga):
    client = Client()
    client.force_login(olga.user)
    return client


@pytest.fixture
def unreadable(monkeypatch):
    """No letter can be read until the fixture is told otherwise."""
    with monkeypatch.context() as patch:
        patch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
        yield patch


def state_of(arrival):
    wall.enter(arrival.workspace_id)
    return Arrival.objects.get(pk=arrival.pk).state


def judge(desk, arrival, verdict):
    return desk.post(f"/fennel/ledger/{arrival.pk}/judgement/", {"verdict": verdict})


def test_the_ledger_lists_what_arrived_with_its_state_place_and_reason(desk):
    arrival = arrive(letter(sender="Ann <ann@crumb.example>", subject="Broken jars"))
    ticket = arrival.ticket

    page = desk.get("/fennel/ledger/").text

    for words in ("ann@crumb.example", "Broken jars", "opened a request", ticket.short_number):
        assert words in page
    assert f"/fennel/tickets/{ticket.number}/#message-{arrival.message_id}" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=opened", True),
        ("state=held", False),
        ("source=deliver", True),
        ("source=imap", False),
        ("q=broken+jar", True),
        ("q=ann%40CRUMB", True),
        ("q=nobody", False),
        ("since=2020-01-01", True),
        ("since=2099-01-01", False),
        ("since=0001-01-01&until=9999-12-31", True),
        ("until=2020-01-01", False),
        ("until=2099-01-01", True),
        ("ticket=%231", True),
        ("ticket=77", False),
    ],
)
def test_every_filter_narrows_the_ledger(desk, query, shown):
    arrive(letter(subject="Broken jars"))

    page = desk.get(f"/fennel/ledger/?{query}").text

    assert ("Broken jars" in page) == shown


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("ticket=jam", "Request number", "made of digits"),
        ("since=yesterday", "From day", "A day is written like"),
        ("state=eaten", "What became of it", "“eaten” is not among these"),
        ("source=pigeon", "Came by", "“pigeon” is not among these"),
        ("channel=99999999999999999999", "Channel", "is not among these"),
    ],
)
def test_a_filter_that_nobody_understands_is_named_and_nothing_is_shown(desk, query, name, reason):
    arrive(letter(subject="Broken jars"))

    page = desk.get(f"/fennel/ledger/?{query}")
    rows = desk.get(f"/fennel/ledger/?{query}", headers={"HX-Request": "true"})

    assert page.status_code == 422
    assert f"Nothing is shown, because this is not understood: “{name}”." in page.text
    assert reason in page.text
    assert "Broken jars" not in page.text + rows.text


def test_the_ledger_goes_on_where_a_page_ended(desk, monkeypatch):
    monkeypatch.setattr("harken.channels.ledger.lists.page_of.__kwdefaults__", {"before": None, "limit": 2})
    letters = [arrive(letter(subject=f"Letter {number}")) for number in range(3)]

    first = desk.get("/fennel/ledger/").text
    second = desk.get(f"/fennel/ledger/?before={letters[1].pk}").text

    assert "Letter 2" in first
    assert "Letter 0" not in first
    assert f"before={letters[1].pk}" in first
    assert "Letter 0" in second


def test_a_search_looks_through_a_stretch_and_says_how_far_it_came(desk, monkeypatch):
    monkeypatch.setattr("harken.channels.ledger.lists.SEARCHED_AT_ONCE", 2)
    letters = [arrive(letter(subject=f"Letter {number}")) for number in range(3)]

    page = desk.get("/fennel/ledger/?q=letter+0").text

    assert "Letter 0" not in page
    assert "Searched back to" in page
    assert f"before={letters[1].pk}" in page
    assert "Letter 0" in desk.get(f"/fennel/ledger/?q=letter+0&before={letters[1].pk}").text


def test_an_arrival_tells_its_evidence_its_way_and_its_header(desk, workspace):
    ticket = arrive(letter()).ticket
    address = reply_address(workspace, "help@fennel.example", ticket.pk)
    answer = arrive(letter(to=address, X_Marker="seen"), to=[address], envelope_from="bounce@crumb.example")
    sha256 = answer.raw.sha256

    page = desk.get(f"/fennel/ledger/{answer.pk}/").text

    for words in (
        "joined a request",
        "Signed reply address",
        address,
        "bounce@crumb.example",
        "X-Marker: seen",
    ):
        assert words in page
    assert sha256 in page


def test_two_routes_of_one_letter_point_at_each_other(desk):
    raw = letter()
    first = arrive(b"Received: from a by b\r\n" + raw)
    second = arrive(b"Received: from c by d\r\n" + raw)

    assert state_of(second) == "duplicate"
    assert f"/fennel/ledger/{first.pk}/" in desk.get(f"/fennel/ledger/{second.pk}/").text
    assert f"/fennel/ledger/{second.pk}/" in desk.get(f"/fennel/ledger/{first.pk}/").text


def test_held_mail_is_work_in_the_inbox(desk, unreadable):
    held = arrive(letter(subject="Broken jars"))

    page = desk.get("/fennel/inbox/").text

    assert "1 letter waits for a decision" in page
    assert "Broken jars" in page
    assert held.reason in page
    assert f"/fennel/ledger/{held.pk}/judgement/" in page


def test_without_held_mail_the_inbox_says_nothing_of_it(desk):
    assert "Held mail" not in desk.get("/fennel/inbox/").text


def test_a_held_letter_is_opened_as_a_request_from_what_can_be_read(desk, unreadable):
    held = arrive(letter("Two jars were broken.", subject="Broken jars"))

    answer = judge(desk, held, "open")

    wall.enter(held.workspace_id or 0)
    ticket = Ticket.objects.get()
    assert answer.url == f"/fennel/tickets/{ticket.number}/#message-{ticket.messages.get().pk}"
    assert (ticket.subject, ticket.messages.get().text.strip()) == ("Broken jars", "Two jars were broken.")
    assert "opened it" in desk.get(f"/fennel/ledger/{held.pk}/").text


def test_what_cannot_be_read_is_opened_with_the_letter_attached(desk, unreadable):
    raw = letter(sender="Ann <ann@crumb.example>", subject="Broken jars")
    held = arrive(raw)
    unreadable.setattr("harken.channels.arriving.rejudge.read", lambda raw: None)

    judge(desk, held, "open")

    wall.enter(held.workspace_id or 0)
    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert (ticket.subject, message.author_address) == ("Broken jars", "ann@crumb.example")
    assert "could not read this letter" in message.text
    assert message.attachments.get().file.content() == raw


def test_trying_again_puts_it_back_into_the_queue_and_keeps_what_it_was(desk, unreadable):
    held = arrive(letter(subject="Broken jars"))

    judge(desk, held, "again")
    assert state_of(held) == "received"
    unreadable.undo()
    settle(held)

    assert state_of(held) == "opened"
    page = desk.get(f"/fennel/ledger/{held.pk}/").text
    assert "What it was judged to be before" in page
    assert "held for a person" in page


def test_spam_leaves_the_inbox_and_can_be_opened_later(desk, unreadable):
    held = arrive(letter(subject="Broken jars"))

    judge(desk, held, "spam")

    assert state_of(held) == "spam"
    assert "Broken jars" not in desk.get("/fennel/inbox/").text
    judge(desk, held, "open")
    assert state_of(held) == "opened"


def test_two_unread_letters_may_both_be_spam(desk, unreadable):
    first, second = arrive(letter("One")), arrive(letter("Two"))

    judge(desk, first, "spam")
    judge(desk, second, "spam")

    assert [state_of(first), state_of(second)] == ["spam", "spam"]


def test_a_letter_left_lying_stays_held_and_is_no_work(desk, unreadable):
    held = arrive(letter(subject="Broken jars"))

    judge(desk, held, "lie")

    assert state_of(held) == "held"
    assert "Broken jars" not in desk.get("/fennel/inbox/").text
    assert "lets it lie" in desk.get(f"/fennel/ledger/{held.pk}/").text


def test_the_second_of_two_who_decide_at_once_is_told(desk, unreadable):
    held = arrive(letter())
    judge(desk, held, "open")

    answer = judge(desk, held, "spam")

    assert answer.status_code == 409
    assert "Somebody else decided" in answer.text
    assert state_of(held) == "opened"


def test_an_unknown_verdict_is_refused_and_changes_nothing(desk, unreadable):
    held = arrive(letter())

    answer = judge(desk, held, "eat")

    assert answer.status_code == 422
    assert state_of(held) == "held"


def test_a_message_says_why_it_is_here(desk):
    arrival = arrive(letter())

    page = desk.get(f"/fennel/tickets/{arrival.ticket.number}/").text

    assert f"/fennel/ledger/{arrival.pk}/" in page


def test_a_removed_letter_says_so_instead_of_being_downloaded(desk, workspace):
    arrival = arrive(letter())
    Arrival.objects.update(received_at=timezone.now() - timedelta(days=31))
    remove_old(Retention.objects.create(workspace=workspace, days=30))

    answer = desk.get(f"/fennel/ledger/{arrival.pk}/letter.eml")

    assert answer.status_code == 410
    assert "removed after 30 days" in answer.text


def test_a_letter_the_disk_lost_is_told(desk, workspace):
    arrival = arrive(letter())
    storage.remove_packed(workspace.pk, arrival.raw.sha256)

    answer = desk.get(f"/fennel/ledger/{arrival.pk}/letter.eml")

    assert answer.status_code == 410
    assert "missing" in answer.text


def test_faults_of_the_last_check_stand_on_the_ledger(desk, workspace):
    arrival = arrive(letter())
    fault = {"code": "raw-missing", "count": 1, "rows": [arrival.pk]}
    LedgerCheck.objects.create(workspace=workspace, counts={"opened": 1}, faults=[fault])

    page = desk.get("/fennel/ledger/").text

    assert "Letters whose bytes are missing on the disk: 1." in page
    assert "1 letter arrived, and each is in exactly one state." in page


@pytest.mark.parametrize(("given", "days"), [("30", 30), ("", None)])
def test_the_owner_says_how_long_letters_are_kept(desk, workspace, given, days):
    Retention.objects.create(workspace=workspace, days=7)

    desk.post("/fennel/settings/kept-letters/", {"days": given})

    wall.enter(workspace.pk)
    assert Retention.objects.values_list("days", flat=True).first() == days


@pytest.mark.parametrize("given", ["0", "-3", "many", "99999999"])
def test_nonsense_days_are_refused(desk, workspace, given):
    answer = desk.post("/fennel/settings/kept-letters/", {"days": given})

    assert answer.status_code == 422
    wall.enter(workspace.pk)
    assert not Retention.objects.exists()


def test_how_long_letters_are_kept_is_not_there_for_other_colleagues(workspace):
    client = Client()
    client.force_login(make_agent(workspace, email="tom@fennel.example").user)

    assert client.get("/fennel/settings/kept-letters/").status_code == 404


def test_a_letter_that_comes_again_while_it_is_tried_is_no_second_request(desk, unreadable):
    raw = letter()
    held = arrive(raw)
    unreadable.undo()
    arrive(raw)

    settle(try_again(held))

    assert state_of(held) == "duplicate"
    assert Ticket.objects.count() == 1


def test_a_letter_is_listed_before_it_is_judged(desk):
    intake.store(letter(), source="deliver")

    assert "received" in desk.get("/fennel/ledger/?state=received").text
