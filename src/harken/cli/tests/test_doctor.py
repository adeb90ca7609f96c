import json
import shutil

import pytest
from click.testing import CliRunner

from harken.channels.factories import make_channel
from harken.channels.models import Mailbox
from harken.cli.findings import findings_of_the_machine
from harken.cli.main import harken
from harken.cli.verbs import doctor
from harken.cli.work import doctor as inside
from harken.config.environment import read_environment
from harken.config.errors import DatabaseRefused
from harken.workspaces import wall
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HARKEN_DATA", str(folder))
    return folder


@pytest.fixture
def inside_with(monkeypatch):
    """What is found with the database open, under changed settings."""

    def look(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(inside, "environment", read_environment)
        return list(inside.findings())

    return look


def wrong(findings):
    return [finding.sentence for finding in findings if finding.state == "wrong"]


def about(findings, what):
    (finding,) = [finding for finding in findings if finding.about == what]
    return finding


def test_a_sound_machine_has_nothing_wrong(data):
    assert wrong(findings_of_the_machine(read_environment())) == []


def test_a_folder_and_a_key_open_to_others_are_named_with_the_command_that_closes_them(data):
    (data / "secret_key").touch(mode=0o644)
    data.chmod(0o755)

    sentences = " ".join(wrong(findings_of_the_machine(read_environment())))

    assert f"chmod 700 {data}" in sentences
    assert f"chmod 600 {data}/secret_key" in sentences


def test_a_short_key_is_named(data, monkeypatch):
    monkeypatch.setenv("HARKEN_SECRET_KEY", "short")

    assert "HARKEN_SECRET_KEY is short" in " ".join(wrong(findings_of_the_machine(read_environment())))


def test_a_nearly_full_disk_is_named(data, monkeypatch):
    usage = shutil.disk_usage(data)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=50_000_000))

    assert "Make room now" in " ".join(wrong(findings_of_the_machine(read_environment())))


def test_a_public_address_without_encryption_is_advised_against(data, monkeypatch):
    monkeypatch.setenv("HARKEN_URL", "http://desk.example.com")

    finding = about(findings_of_the_machine(read_environment()), "address")

    assert finding.state == "advice"
    assert "HARKEN_URL=https://" in finding.sentence


def test_a_sound_installation_has_nothing_wrong(db, inside_with):
    with SmtpSink() as sink:
        findings = inside_with(HARKEN_SMTP_URL=sink.url)

    assert wrong(findings) == []
    assert about(findings, "mail out").state == "well"
    assert about(findings, "clock").state == "well"


def test_a_relay_that_does_not_answer_is_told_in_words(db, inside_with):
    findings = inside_with(HARKEN_SMTP_URL=f"smtp://127.0.0.1:{free_port()}")

    assert about(findings, "mail out").state == "wrong"


def test_a_mail_listener_that_does_not_run_is_told(db, inside_with):
    findings = inside_with(HARKEN_SMTP_IN=f"127.0.0.1:{free_port()}")

    assert "start `harken up` or `harken smtp`" in about(findings, "mail in").sentence


def test_a_mailbox_that_cannot_be_reached_is_told_by_name(db, inside_with):
    channel = make_channel()
    Mailbox.objects.filter(channel=channel).update(
        imap_host="127.0.0.1", imap_port=free_port(), imap_user="help"
    )
    wall.leave()

    finding = about(inside_with(), "mail in")

    assert finding.state == "wrong"
    assert finding.sentence.startswith(channel.address)


def test_the_server_that_a_single_mailbox_sends_by_is_signed_in_to(db, inside_with):
    channel = make_channel()
    Mailbox.objects.filter(channel=channel).update(
        smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none"
    )
    wall.leave()

    sentences = wrong(inside_with())

    assert [each for each in sentences if each.startswith(f"{channel.address}: ")]


def test_what_rooms_find_is_told_too(db, inside_with, settings):
    settings.HARKEN_DNS = "off"

    assert "HARKEN_DNS=off" in about(inside_with(), "sending").sentence


def gone():
    raise DatabaseRefused("It is gone: look for it.")


def test_a_database_that_cannot_be_opened_is_a_finding_like_others(data, monkeypatch):
    monkeypatch.setattr(doctor, "environment", read_environment)
    monkeypatch.setattr(doctor, "open_installation", gone)

    done = CliRunner().invoke(harken, ["doctor", "--json"])

    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert not told["ok"]
    assert told["findings"][-1] == {
        "about": "database",
        "state": "wrong",
        "sentence": "It is gone: look for it.",
    }
