"""A mailbox of a real Dovecot: what is new, what marks it, and every way it can refuse."""

import threading
import time
from datetime import UTC, date, datetime

import pytest

from harken.channels.email import errors
from harken.channels.email.imap import ImapAccount, MailboxSession
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_port
from tests.servers.scripted import DROP_IN_LITERAL, HANG_UP, SILENCE, ScriptedImap
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.mail_servers

LETTER = b"From: ann@example.com\r\nSubject: Hi\r\n\r\nHello, \xd0\xb0!\r\n"
NEVER = threading.Event()


def refusal(account: ImapAccount) -> errors.MailServerProblem:
    with pytest.raises(errors.MailServerProblem) as refused, MailboxSession(account):
        pass
    return refused.value


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_letter_is_fetched_byte_for_byte_and_stays_unread(dovecot: Dovecot, security: str):
    user = f"fetched-{security}"
    uid = dovecot.append(user, LETTER)
    port = dovecot.tls_port if security == "tls" else dovecot.port

    with MailboxSession(dovecot.account(user, security=security, port=port)) as session:
        assert session.uidvalidity > 0
        assert session.new_uids(0) == [uid]
        assert session.fetch(uid) == LETTER

    assert dovecot.flags(user) == {uid: set()}


def test_only_what_is_above_the_highest_uid_is_new(dovecot: Dovecot):
    uids = [dovecot.append("above", LETTER) for _each in range(3)]

    with MailboxSession(dovecot.account("above")) as session:
        assert session.new_uids(uids[0]) == uids[1:]
        assert session.new_uids(uids[-1]) == []
        assert session.new_uids(uids[-1] + 100) == []


def test_the_first_reading_begins_with_the_chosen_day(dovecot: Dovecot):
    dovecot.append("first", LETTER, arrived_at=datetime(2020, 1, 1, tzinfo=UTC))
    chosen = dovecot.append("first", LETTER, arrived_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    later = dovecot.append("first", LETTER)

    with MailboxSession(dovecot.account("first")) as session:
        assert session.start_above(date(2026, 11, 20)) == chosen - 1
        assert session.start_above(date(2050, 1, 1)) == later
        assert session.start_above(None) == later


def test_handled_mail_is_flagged_and_nothing_else(dovecot: Dovecot):
    uid, other = dovecot.append("flagged", LETTER), dovecot.append("flagged", LETTER)

    with MailboxSession(dovecot.account("flagged")) as session:
        session.mark_handled(uid)
        session.mark_handled(uid)

    assert dovecot.flags("flagged") == {uid: {"\\Seen", "$HarkenDone"}, other: set()}


def test_handled_mail_is_moved_to_a_folder_made_for_it(dovecot: Dovecot):
    uid, other = dovecot.append("moved", LETTER), dovecot.append("moved", LETTER)

    for _twice in range(2):
        with MailboxSession(dovecot.account("moved", handled="move")) as session:
            session.mark_handled(uid)

    assert list(dovecot.flags("moved")) == [other]
    assert len(dovecot.flags("moved", "Harken/done")) == 1


def test_the_folder_is_named_as_the_server_names_folders():
    with Dovecot(separator=".", prefix="INBOX.") as server:
        uid = server.append("ann", LETTER)

        with MailboxSession(server.account(handled="move")) as session:
            session.mark_handled(uid)

        assert "INBOX.Harken.done" in server.folders("ann")
        assert len(server.flags("ann", "INBOX.Harken.done")) == 1


def test_without_move_the_letter_is_copied_and_never_expunged():
    with ScriptedImap({1: LETTER}) as server:
        with MailboxSession(server.account(handled="move")) as session:
            session.mark_handled(1)

        assert "COPY" in server.seen
        assert not {"MOVE", "EXPUNGE", "CLOSE"} & set(server.seen)
        assert server.flags[1] == {"\\Seen", "$HarkenDone"}


def test_news_ends_the_wait_long_before_its_time(dovecot: Dovecot):
    with MailboxSession(dovecot.account("news")) as session:
        timer = threading.Timer(0.3, dovecot.append, ("news", LETTER))
        timer.start()
        began = time.monotonic()
        session.wait_for_news(60, NEVER)
        waited = time.monotonic() - began
        timer.join()

        assert session.new_uids(0)
    assert waited < 20


def test_waiting_ends_when_told_to_stop(dovecot: Dovecot):
    stop = threading.Event()
    with MailboxSession(dovecot.account("stopped")) as session:
        threading.Timer(0.2, stop.set).start()
        began = time.monotonic()
        session.wait_for_news(60, stop)

    assert time.monotonic() - began < 20


def test_without_idle_the_wait_is_a_plain_pause():
    with ScriptedImap(capabilities="IMAP4rev1") as server:
        with MailboxSession(server.account()) as session:
            session.wait_for_news(0.1, NEVER)

        assert "IDLE" not in server.seen


def test_a_connection_that_dies_while_waiting_is_noticed_at_once():
    with ScriptedImap() as server, MailboxSession(server.account()) as session:
        threading.Timer(0.2, server.hang_up_on_all).start()
        began = time.monotonic()
        with pytest.raises(errors.ConnectionLost):
            session.wait_for_news(60, NEVER)

    assert time.monotonic() - began < 20


@pytest.mark.parametrize("password", ["wrong", "неверно", 'x"\r\nA1 LOGOUT'])
def test_a_wrong_password_is_named_and_never_shown(dovecot: Dovecot, password: str):
    problem = refusal(dovecot.account("ann", password=password))

    assert isinstance(problem, errors.WrongPassword)
    assert "password" in problem.sentence
    assert "new mail waits in the mailbox" in problem.sentence
    assert password not in problem.sentence + repr(dovecot.account("ann", password=password))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_trusts_gets_no_password(dovecot: Dovecot, security: str):
    port = dovecot.tls_port if security == "tls" else dovecot.port

    problem = refusal(dovecot.account("ann", security=security, port=port, ca_file=""))

    assert isinstance(problem, errors.CertificateNotTrusted)
    assert "not trusted" in problem.sentence


def test_a_password_is_not_sent_in_the_open_when_the_server_forbids_it():
    with ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED") as server:
        server.fail("LOGIN", "NO [PRIVACYREQUIRED] Use TLS")

        assert isinstance(refusal(server.account()), errors.EncryptionRequired)


def test_starttls_that_is_not_offered_is_not_done_without():
    with ScriptedImap() as server:
        assert isinstance(refusal(server.account(security="starttls")), errors.EncryptionNotOffered)
        assert "LOGIN" not in server.seen


def test_plain_words_where_tls_was_expected_are_named():
    with ScriptedImap() as server:
        assert isinstance(refusal(server.account(security="tls")), errors.EncryptionNotOffered)


def test_a_server_of_another_kind_is_named(sink: SmtpSink):
    account = ImapAccount("127.0.0.1", "ann", "x", port=sink.port, security="none", timeout_seconds=2)

    assert isinstance(refusal(account), errors.NotAnImapServer)


def test_a_missing_folder_is_named(dovecot: Dovecot):
    problem = refusal(dovecot.account("ann", folder="Поддержка"))

    assert isinstance(problem, errors.FolderMissing)
    assert "folder" in problem.sentence


def test_nobody_listening_is_named():
    account = ImapAccount("127.0.0.1", "ann", "x", port=free_port(), security="none")

    assert isinstance(refusal(account), errors.ServerNotListening)


def test_an_unknown_host_is_named():
    assert isinstance(refusal(ImapAccount("mail.invalid", "ann", "x")), errors.ServerNotFound)


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_a_silent_server_is_given_up_in_time(silent_port: int, security: str):
    account = ImapAccount("127.0.0.1", "ann", "x", port=silent_port, security=security, timeout_seconds=0.3)
    began = time.monotonic()

    assert isinstance(refusal(account), errors.ServerSilent)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("step", "fault", "problem"),
    [
        ("CONNECT", "BYE Too many connections", errors.RefusedByServer),
        ("CONNECT", HANG_UP, errors.ConnectionLost),
        ("LOGIN", "BYE Shutting down", errors.ConnectionLost),
        ("LOGIN", "NO [UNAVAILABLE] Password database is away", errors.RefusedByServer),
        ("LOGIN", SILENCE, errors.ServerSilent),
        ("SELECT", "NO Not now", errors.FolderMissing),
        ("SELECT", SILENCE, errors.ServerSilent),
        ("SELECT", HANG_UP, errors.ConnectionLost),
    ],
)
def test_every_refusal_on_the_way_in_has_its_name(
    step: str, fault: str, problem: type[errors.MailServerProblem]
):
    with ScriptedImap() as server:
        server.fail(step, fault)

        refused = refusal(server.account(timeout_seconds=0.5 if fault == SILENCE else 10))

    assert type(refused) is problem
    assert refused.sentence


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (DROP_IN_LITERAL, errors.ConnectionLost),
        ("BYE Shutting down", errors.ConnectionLost),
        ("NO [SERVERBUG] Broken index", errors.MessageRefused),
        (SILENCE, errors.ServerSilent),
    ],
)
def test_half_a_letter_is_never_taken_for_a_whole_one(fault: str, problem: type[errors.MailServerProblem]):
    with ScriptedImap({1: LETTER}) as server:
        server.fail("FETCH", fault)

        with (
            pytest.raises(errors.MailServerProblem) as refused,
            MailboxSession(server.account(timeout_seconds=0.5 if fault == SILENCE else 10)) as session,
        ):
            session.fetch(1)

        assert type(refused.value) is problem


def test_a_letter_that_went_away_is_none(dovecot: Dovecot):
    with MailboxSession(dovecot.account("gone")) as session:
        assert session.fetch(17) is None


def test_the_servers_words_cannot_break_the_sentence():
    with ScriptedImap() as server:
        server.fail("LOGIN", "NO {server} {0} \x07" + "x" * 1000)

        problem = refusal(server.account())

    assert "{server} {0}" in problem.sentence
    assert "\x07" not in problem.sentence
    assert len(problem.sentence) < 800
