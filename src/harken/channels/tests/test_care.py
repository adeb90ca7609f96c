"""What the clock does for the ledger: it holds or says what does not, old letters go, held ones are tried again."""

from datetime import timedelta
from inspect import unwrap

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.arriving import intake
from harken.channels.arriving.receive import settle
from harken.channels.factories import make_channel
from harken.channels.ledger import care, retention
from harken.channels.ledger.check import Fault, check_ledger, look_at
from harken.channels.ledger.vitals import ledger_findings, ledger_warnings
from harken.channels.models import Arrival, FolderState, LedgerCheck, RawMail, Retention
from harken.channels.tests.letters import arrive, letter
from harken.files import storage
from harken.files.errors import FileMissing
from harken.files.keep import keep
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    workspace = make_workspace(slug="fennel")
    make_channel(workspace)
    return workspace


def codes(workspace):
    return [fault["code"] for fault in look_at(workspace).faults]


def long_ago(days=31):
    Arrival.objects.update(received_at=timezone.now() - timedelta(days=days))


def try_again_in(workspace):
    """The job's own work, in the test's transaction."""
    unwrap(care.try_again_in.func)(workspace.pk)


def test_rows_in_are_the_sum_of_the_states(workspace):
    raw = letter()
    arrive(raw)
    arrive(raw)
    intake.store(letter(), source="deliver")

    found = look_at(workspace)

    assert (found.total, found.faults) == (3, [])
    assert (found.counts["opened"], found.counts["duplicate"], found.counts["received"]) == (1, 1, 1)


def test_a_letter_that_is_not_judged_for_long_is_a_fault(workspace):
    intake.store(letter(), source="deliver")
    long_ago()

    assert codes(workspace) == [Fault.NOT_DRAINED]


def test_a_letter_whose_message_is_gone_is_a_fault(workspace):
    arrival = arrive(letter())
    Arrival.objects.filter(pk=arrival.pk).update(message=None)

    assert Fault.WITHOUT_MESSAGE in codes(workspace)


def test_a_message_by_mail_without_an_arrival_is_a_fault(workspace):
    arrive(letter())
    Arrival.objects.all().delete()

    assert codes(workspace) == [Fault.WITHOUT_ARRIVAL]


def test_what_came_by_no_mail_needs_no_arrival(workspace):
    make_ticket(workspace, "ann@crumb.example")

    assert Message.objects.exists()
    assert codes(workspace) == []


def test_lost_and_altered_bytes_are_faults(workspace):
    lost, altered = arrive(letter("Lost")), arrive(letter("Altered"))
    storage.remove_packed(workspace.pk, lost.raw.sha256)
    [path] = storage.root().rglob(f"{altered.raw.sha256}*")
    path.write_bytes(b"nonsense")

    faults = {fault["code"]: fault["rows"] for fault in look_at(workspace).faults}

    assert faults == {Fault.RAW_MISSING: [lost.pk], Fault.RAW_ALTERED: [altered.pk]}


def test_each_letter_is_read_once_in_a_round_of_days(workspace):
    lost = arrive(letter())
    storage.remove_packed(workspace.pk, lost.raw.sha256)

    days = [day for day in range(30) if look_at(workspace, day=day).faults]

    assert len(days) == 1


def test_the_check_is_kept_and_told_until_it_is_well(workspace):
    lost = arrive(letter())
    raw = lost.raw.read()
    storage.remove_packed(workspace.pk, lost.raw.sha256)

    check_ledger(workspace)
    assert any("Ledgers with faults: 1" in sentence for sentence in ledger_warnings())
    storage.pack(workspace.pk, raw)
    check_ledger(workspace)

    assert not list(ledger_warnings())
    assert LedgerCheck.objects.get().counts["opened"] == 1


def test_the_doctor_counts_the_ledger_and_names_rows(workspace):
    arrive(letter())
    lost = arrive(letter())
    [well] = [each for each in ledger_findings() if each.about == "ledger"]
    storage.remove_packed(workspace.pk, lost.raw.sha256)

    [wrong] = ledger_findings()

    assert (well.state, wrong.state) == ("well", "wrong")
    assert "2 arrived = 2 opened" in well.sentence
    assert f"Rows: {lost.pk}" in wrong.sentence


def test_letters_go_after_their_days_and_their_rows_stay(workspace):
    old = arrive(letter("Old"))
    long_ago()
    new = arrive(letter("New"))

    removed = retention.remove_old(Retention.objects.create(workspace=workspace, days=30))

    assert removed == 1
    with pytest.raises(FileMissing):
        old.raw.read()
    assert new.raw.read()
    old.raw.refresh_from_db()
    assert (old.raw.removed_at is not None, old.raw.kept_days) == (True, 30)
    assert codes(workspace) == []


def test_what_waits_for_somebody_is_never_let_go(workspace, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
        arrive(letter("Held"))
    intake.store(letter("Received"), source="deliver")
    long_ago()

    assert retention.remove_old(Retention.objects.create(workspace=workspace, days=30)) == 0


def test_an_enclosure_with_the_same_bytes_stays(workspace):
    raw = letter()
    old = arrive(raw)
    enclosure = keep(workspace, "letter.eml", "message/rfc822", raw)
    long_ago()

    retention.remove_old(Retention.objects.create(workspace=workspace, days=30))

    assert enclosure.content() == raw
    assert RawMail.objects.get(pk=old.raw_id).removed_at


def test_a_letter_that_comes_again_is_kept_again(workspace):
    raw = letter()
    arrive(raw)
    long_ago()
    retention.remove_old(Retention.objects.create(workspace=workspace, days=30))

    again = arrive(raw)

    assert again.raw.read() == raw
    assert again.raw.removed_at is None


@pytest.mark.parametrize("rule", ["unreadable", "broken-off", "unknown-bounce"])
def test_after_an_upgrade_held_letters_are_tried_again(workspace, rule):
    held = arrive(letter())
    Arrival.objects.filter(pk=held.pk).update(
        state="held", rule=rule, judged_by="0.0.1", content_sha256="", message=None, ticket=None
    )

    try_again_in(workspace)

    assert settle(held).state == "opened"


def test_poison_is_tried_once_for_each_version_and_not_for_ever(workspace, monkeypatch):
    monkeypatch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
    held = arrive(letter())
    Arrival.objects.update(judged_by="0.0.1")

    try_again_in(workspace)
    settle(held)
    try_again_in(workspace)

    held = Arrival.objects.get(pk=held.pk)
    assert held.state == "held"
    assert [each["judged_by"] for each in held.past] == ["0.0.1"]


def test_what_a_person_must_decide_is_not_tried_by_itself(workspace):
    held = arrive(letter())
    Arrival.objects.filter(pk=held.pk).update(state="held", rule="colleague-failed", judged_by="0.0.1")

    try_again_in(workspace)

    assert Arrival.objects.get(pk=held.pk).state == "held"


def test_the_daily_round_asks_for_every_workspace_and_sweeps(workspace, monkeypatch):
    asked = []
    monkeypatch.setattr(
        type(care.look_after_ledger), "defer", lambda _task, **arguments: asked.append(arguments)
    )
    make_agent(workspace)
    wall.leave()

    unwrap(care.look_after_ledgers.func)()

    assert {"workspace_id": workspace.pk} in asked


@pytest.mark.parametrize("rule", ["colleague-unseen", "colleague-unverified"])
def test_a_colleagues_letter_that_became_their_draft_is_no_fault(workspace, rule):
    arrival = arrive(letter())
    Arrival.objects.filter(pk=arrival.pk).update(state="joined", rule=rule, message=None)

    assert Fault.WITHOUT_MESSAGE not in codes(workspace)


def test_a_mailbox_whose_password_cannot_be_read_fails_no_job(workspace, settings):
    key, settings.SECRET_KEY = settings.SECRET_KEY, "another installation"
    channel = make_channel(
        workspace, "sales@fennel.example", imap_host="imap.example", imap_password="secret"
    )
    settings.SECRET_KEY = key

    unwrap(care.compare_mailbox.func)(workspace.pk, channel.mailbox.pk)

    assert not FolderState.objects.exists()
