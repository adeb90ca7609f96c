"""Every letter is stored once and then marked, wherever the loop dies and whatever the server does."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial

import pytest

from harken.channels.email import errors
from harken.channels.email.fetch import Fetcher
from harken.channels.email.imap import ImapAccount
from tests.servers.dovecot import Dovecot
from tests.servers.scripted import DROP_IN_LITERAL, HANG_UP, SILENCE, ScriptedImap

DONE = {"\\Seen", "$HarkenDone"}
EVERYTHING = date(2000, 1, 1)


class Killed(BaseException):
    """The process died here; nothing of ours may catch it."""


class MemoryLedger:
    """A ledger as durable as the test: it survives every Killed, and dies where it is told to."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], bytes] = {}
        self.heads: dict[tuple[int, int], tuple[bytes, int]] = {}
        self.highest: dict[int, int] = {}
        self.problems: list[str] = []
        self.was_healthy = threading.Event()
        self.was_troubled = threading.Event()
        self.store_fails: Exception | None = None
        self.steps_to_live: int | None = None

    def has_stored(self, count: int) -> bool:
        return len(self.rows) == count

    def highest_uid(self, uidvalidity: int) -> int | None:
        self._step()
        return self.highest.get(uidvalidity)

    def store(self, uidvalidity: int, uid: int, raw: bytes) -> None:
        self._step()
        if self.store_fails:
            raise self.store_fails
        known = self.rows.setdefault((uidvalidity, uid), raw)
        assert known == raw
        self._step()

    def store_head(self, uidvalidity: int, uid: int, head: bytes, size: int) -> None:
        self.heads[uidvalidity, uid] = (head, size)

    def advance(self, uidvalidity: int, uid: int) -> None:
        self._step()
        assert uid >= self.highest.get(uidvalidity, 0)
        self.highest[uidvalidity] = uid
        self._step()

    def healthy(self) -> None:
        self.was_healthy.set()

    def problem(self, problem: errors.MailServerProblem) -> None:
        self.problems.append(problem.sentence)
        self.was_troubled.set()

    def _step(self) -> None:
        if self.steps_to_live is not None:
            self.steps_to_live -= 1
            if self.steps_to_live < 0:
                raise Killed


def letters(count: int) -> dict[int, bytes]:
    return {uid: b"Subject: token-%d\r\n\r\nHi\r\n" % uid for uid in range(1, count + 1)}


@contextmanager
def running(account: ImapAccount, ledger: MemoryLedger) -> Iterator[None]:
    stop = threading.Event()
    fetcher = Fetcher(account, ledger, poll_seconds=0.05, pauses_seconds=(0.05,))
    thread = threading.Thread(target=fetcher.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def eventually(is_true: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def taken_subjects(ledger: MemoryLedger) -> list[bytes]:
    return [raw.partition(b"\r\n")[0] for raw in ledger.rows.values()]


def everything(server: ScriptedImap, **changes: object) -> ImapAccount:
    return server.account(take_from=EVERYTHING, **changes)


def test_a_death_at_any_step_loses_nothing_and_doubles_nothing():
    for steps in itertools.count():
        ledger = MemoryLedger()
        with ScriptedImap(letters(3)) as server:
            ledger.steps_to_live = steps
            with suppress(Killed):
                Fetcher(everything(server), ledger).once()
            survived = ledger.steps_to_live >= 0
            flagged_early = [uid for uid in server.flags if (1, uid) not in ledger.rows]
            ledger.steps_to_live = None
            Fetcher(everything(server), ledger).once()

            assert flagged_early == []
            assert {uid: raw for (_validity, uid), raw in ledger.rows.items()} == letters(3)
            assert server.flags == dict.fromkeys((1, 2, 3), DONE)
            assert ledger.highest == {1: 3}
        if survived:
            return


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("FETCH", DROP_IN_LITERAL),
        ("FETCH", "NO [SERVERBUG] Not now"),
        ("FETCH", "BYE Restarting"),
        ("FETCH", SILENCE),
        ("STORE", "NO [NOPERM] Read-only"),
        ("STORE", HANG_UP),
        ("STORE", "BYE Restarting"),
        ("SELECT", "NO Not now"),
        ("SEARCH", HANG_UP),
        ("LOGIN", "NO [UNAVAILABLE] Later"),
        ("CONNECT", "BYE Full"),
        ("IDLE", HANG_UP),
        ("IDLE", "BAD What?"),
    ],
)
def test_the_loop_outlives_the_fault_and_says_what_it_was(step: str, fault: str):
    ledger = MemoryLedger()
    with ScriptedImap(letters(3)) as server:
        server.fail(step, fault, times=2)
        patience = 0.4 if fault == SILENCE else 10
        with running(everything(server, timeout_seconds=patience), ledger):
            assert ledger.was_troubled.wait(10)
            eventually(lambda: ledger.highest == {1: 3} and len(server.flags) == 3)
            eventually(lambda: server.flags == dict.fromkeys((1, 2, 3), DONE))
            ledger.was_healthy.clear()
            assert ledger.was_healthy.wait(10)

    assert {uid: raw for (_validity, uid), raw in ledger.rows.items()} == letters(3)
    assert "127.0.0.1" in ledger.problems[0]


def test_a_letter_the_server_withholds_does_not_hold_up_the_others():
    ledger = MemoryLedger()
    with ScriptedImap(letters(3)) as server:
        server.fail("FETCH", "NO [SERVERBUG] Broken", times=2)
        fetcher = Fetcher(everything(server), ledger)
        fetcher.once()
        taken_first, highest_first = set(ledger.rows), dict(ledger.highest)
        fetcher.once()

        assert taken_first == {(1, 3)}
        assert highest_first == {1: 0}
        assert set(ledger.rows) == {(1, 1), (1, 2), (1, 3)}
        assert ledger.highest == {1: 3}
        assert server.seen.count("FETCH") == 5
        assert "does not hand over" in ledger.problems[0]


def test_what_cannot_be_stored_is_neither_marked_nor_passed_over():
    ledger = MemoryLedger()
    ledger.store_fails = OSError(28, "No space left on device")
    with ScriptedImap(letters(2)) as server, running(everything(server), ledger):
        assert ledger.was_troubled.wait(10)
        marked = dict(server.flags)
        ledger.store_fails = None
        eventually(lambda: ledger.highest == {1: 2})

    assert marked == {}
    assert "could not be stored" in ledger.problems[0]
    assert "waits in the mailbox" in ledger.problems[0]
    assert len(ledger.rows) == 2


def test_the_loop_lives_on_when_not_even_the_problem_can_be_noted():
    class Deaf(MemoryLedger):
        def problem(self, problem: errors.MailServerProblem) -> None:
            super().problem(problem)
            raise ConnectionError("the database is away")

    ledger = Deaf()
    ledger.store_fails = ConnectionError("the database is away")
    with ScriptedImap(letters(1)) as server, running(everything(server), ledger):
        assert ledger.was_troubled.wait(10)
        ledger.store_fails = None
        eventually(lambda: ledger.highest == {1: 1})


def test_a_folder_numbered_anew_is_read_again_under_its_new_number():
    ledger = MemoryLedger()
    with ScriptedImap(letters(2)) as server:
        Fetcher(everything(server), ledger).once()
        server.uidvalidity = 9
        Fetcher(everything(server), ledger).once()

    assert ledger.highest == {1: 2, 9: 2}
    assert set(ledger.rows) == {(1, 1), (1, 2), (9, 1), (9, 2)}


def test_a_wrong_password_is_not_tried_again_at_once():
    ledger = MemoryLedger()
    with ScriptedImap() as server:
        server.fail("LOGIN", "NO [AUTHENTICATIONFAILED] Wrong", times=100)
        with running(server.account(), ledger):
            assert ledger.was_troubled.wait(10)
            time.sleep(0.3)

        assert server.seen.count("LOGIN") == 1
    assert "password" in ledger.problems[0]


def test_one_look_raises_what_stands_in_the_way():
    with ScriptedImap() as server:
        server.fail("LOGIN", "NO [AUTHENTICATIONFAILED] Wrong")

        with pytest.raises(errors.WrongPassword):
            Fetcher(server.account(), MemoryLedger()).once()


@pytest.mark.mail_servers
def test_the_first_connection_takes_only_the_chosen_day_and_what_follows(dovecot: Dovecot):
    ledger = MemoryLedger()
    for _old in range(3):
        dovecot.append("fresh", b"Subject: old\r\n\r\n", arrived_at=datetime(2020, 1, 1, tzinfo=UTC))
    today = dovecot.append("fresh", b"Subject: today\r\n\r\n")

    account = dovecot.account("fresh", take_from=datetime.now(UTC).date())
    Fetcher(account, ledger).once()

    assert [uid for _validity, uid in ledger.rows] == [today]
    assert [uid for uid, flags in dovecot.flags("fresh").items() if flags] == [today]


@pytest.mark.mail_servers
def test_a_letter_is_stored_when_it_arrives_and_not_at_the_next_poll(dovecot: Dovecot):
    ledger = MemoryLedger()
    stop = threading.Event()
    thread = threading.Thread(target=Fetcher(dovecot.account("quick"), ledger).run, args=(stop,))
    thread.start()
    assert ledger.was_healthy.wait(10)

    for number in range(3):
        dovecot.append("quick", b"Subject: %d\r\n\r\n" % number)
        eventually(partial(ledger.has_stored, number + 1), seconds=20)
    stop.set()
    thread.join(20)

    assert not thread.is_alive()
    assert list(dovecot.flags("quick").values()) == [DONE] * 3


@pytest.mark.mail_servers
def test_moved_mail_leaves_an_empty_inbox_and_a_full_folder(dovecot: Dovecot):
    ledger = MemoryLedger()
    for number in range(5):
        dovecot.append("mover", b"Subject: %d\r\n\r\n" % number)

    for _again in range(2):
        Fetcher(dovecot.account("mover", handled="move", take_from=EVERYTHING), ledger).once()

    assert len(ledger.rows) == 5
    assert dovecot.flags("mover") == {}
    assert len(dovecot.flags("mover", "Harken/done")) == 5


@pytest.mark.mail_servers
def test_a_mail_of_fifty_megabytes_is_fetched_whole(dovecot: Dovecot):
    ledger = MemoryLedger()
    raw = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 670_000
    dovecot.append("big", raw)

    Fetcher(dovecot.account("big", take_from=EVERYTHING, timeout_seconds=30), ledger).once()

    assert list(ledger.rows.values()) == [raw]


@pytest.mark.mail_servers
def test_a_letter_beyond_the_limit_is_kept_by_its_head_and_stays_in_the_mailbox_unmarked(dovecot: Dovecot):
    ledger = MemoryLedger()
    head = b"Subject: too much\r\n\r\n"
    large = dovecot.append("large", head + b"x" * 5000)
    small = dovecot.append("large", b"Subject: small\r\n\r\n")

    account = dovecot.account("large", take_from=EVERYTHING)
    for _again in range(2):
        Fetcher(account, ledger, most_bytes=4000).once()

    assert [uid for _validity, uid in ledger.rows] == [small]
    assert list(ledger.heads.values()) == [(head, 5000 + len(head))]
    assert dovecot.flags("large") == {large: set(), small: DONE}


@pytest.mark.mail_servers
def test_mail_that_another_program_marked_as_read_is_taken_all_the_same(dovecot: Dovecot):
    ledger = MemoryLedger()
    uid = dovecot.append("shared", b"Subject: read elsewhere\r\n\r\n")
    with dovecot.client("shared") as other:
        other.select_folder("INBOX")
        other.add_flags([uid], ["\\Seen", "\\Answered"])

    Fetcher(dovecot.account("shared", take_from=EVERYTHING), ledger).once()

    assert len(ledger.rows) == 1


@pytest.mark.mail_servers
def test_of_two_desks_on_one_mailbox_each_letter_reaches_at_least_one(dovecot: Dovecot):
    ledgers = MemoryLedger(), MemoryLedger()
    sent = [b"Subject: token-%d" % number for number in range(30)]
    account = dovecot.account("two", handled="move", take_from=EVERYTHING)
    with running(account, ledgers[0]), running(account, ledgers[1]):
        for subject in sent:
            dovecot.append("two", subject + b"\r\n\r\n")
        eventually(lambda: not dovecot.flags("two"), seconds=20)

    taken = [subject for ledger in ledgers for subject in taken_subjects(ledger)]
    assert set(taken) == set(sent)
    assert [problem for ledger in ledgers for problem in ledger.problems] == []


@pytest.mark.mail_servers
def test_a_folder_that_goes_away_is_named_and_read_again_when_it_is_back(dovecot: Dovecot):
    ledger = MemoryLedger()
    with dovecot.client("folders") as owner:
        owner.create_folder("Help")
        account = dovecot.account("folders", folder="Help", take_from=EVERYTHING)
        with running(account, ledger):
            assert ledger.was_healthy.wait(10)
            owner.delete_folder("Help")
            eventually(lambda: any("folder" in problem for problem in ledger.problems), seconds=20)
            owner.create_folder("Help")
            dovecot.append("folders", b"Subject: back\r\n\r\n", folder="Help")
            eventually(partial(ledger.has_stored, 1), seconds=20)


@pytest.mark.mail_servers
def test_a_password_changed_at_the_server_shows_though_the_line_holds():
    with ScriptedImap() as server:
        ledger, stop = MemoryLedger(), threading.Event()
        fetcher = Fetcher(server.account(), ledger, poll_seconds=60, renew_seconds=0.3)
        thread = threading.Thread(target=fetcher.run, args=(stop,))
        thread.start()
        assert ledger.was_healthy.wait(10)
        server.fail("LOGIN", "NO [AUTHENTICATIONFAILED] Wrong", times=100)

        assert ledger.was_troubled.wait(20)
        stop.set()
        thread.join(10)

    assert "password" in ledger.problems[0]
