"""A running Harken with customers and colleagues around it, who keep count of all they wrote.

Whatever breaks in between, in the end `assert_conserved` finds each letter to us once, and each answer once.
"""

import smtplib
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from json import dumps, loads
from typing import Any

from tests.servers.harken import Harken, until
from tests.servers.ports import free_port
from tests.servers.smtp_sink import SmtpSink

OWNER = "maya@fennel.example"

_CONNECT = """
from harken.workspaces import wall
from harken.channels.models import Mailbox
with wall.across():
    pk, workspace = Mailbox.objects.values_list("pk", "workspace_id").get()
with wall.inside(workspace):
    mailbox = Mailbox.objects.get(pk=pk)
    mailbox.imap_host, mailbox.imap_port, mailbox.imap_security = "localhost", {port}, "{security}"
    mailbox.imap_user, mailbox.imap_password = "help", "{password}"
    mailbox.heartbeat_minutes = 0
    mailbox.save()
"""

_AFTER_SILENCE = """
import json
from harken.channels.models import Delivery
from harken.workspaces import wall
from harken.workspaces.models import Workspace
with wall.inside(Workspace.objects.get().pk):
    silent = Delivery.objects.filter(silences__gt=0)
    print(json.dumps(list(silent.values_list("message__text", flat=True))))
"""
_UNDECIDED = """
import json
from harken.channels.models import Delivery
from harken.workspaces import wall
from harken.workspaces.models import Workspace
with wall.inside(Workspace.objects.get().pk):
    print(json.dumps(Delivery.objects.undecided().count()))
"""


class World:
    """The customers' side: what they sent, and what our colleagues answered, by its words."""

    def __init__(
        self, harken: Harken, post: Callable[[bytes], object], sink: SmtpSink, token: str, smtp_port: int
    ) -> None:
        self.harken, self.sink, self.token = harken, sink, token
        self._post_to_mailbox, self._smtp_port = post, smtp_port
        self.sent: list[str] = []
        self.answered: list[str] = []
        self.refused: list[str] = []

    def write_by_imap(self, words: str) -> None:
        self.sent.append(words)
        self._post_to_mailbox(_letter(words))

    def write_by_smtp(self, words: str) -> None:
        """Hand a letter over as a mail server does: again and again until it is taken."""
        self.sent.append(words)
        until(lambda: self._hand_over(_letter(words)), 60, f"{words} is taken")

    def answer(self, number: int, words: str) -> None:
        """Answer as a program does that lost the connection: again with the same key until it knows."""
        self.answered.append(words)
        until(lambda: self._post(number, words), 60, f"{words} is queued")

    def tickets(self) -> dict[str, int]:
        """Every ticket's number by its subject."""
        found: dict[str, int] = {}
        path = "/tickets?limit=100"
        while path:
            page = self.harken.get(self.token, path)
            for ticket in page["results"]:
                assert ticket["subject"] not in found, f"doubled: {ticket['subject']}"
                found[ticket["subject"]] = ticket["number"]
            path = f"/tickets?limit=100&cursor={page['next']}" if page["next"] else ""
        return found

    def missing(self) -> set[str]:
        """Letters that are neither tickets nor held yet, and answers that have not left yet."""
        taken_in = set(self.tickets()) | self.held()
        return (set(self.sent) - taken_in) | (set(self.answered) - {words for words, _ in self.letters()})

    def is_sending(self) -> bool:
        """Say whether an answer is still on its way, or waits for its next attempt."""
        return bool(loads(self.harken.run("manage", "shell", "--no-imports", "--command", _UNDECIDED)))

    def held(self) -> set[str]:
        """Letters that wait for a person: whoever is killed with one in hand four times leaves it to people."""
        return {each["subject"] for each in self.ledger()["results"]}

    def ledger(self) -> Any:
        """How many arrivals are in which state, and what is held."""
        return self.harken.get(self.token, "/ledger")

    def try_to_answer(self, number: int, words: str) -> bool:
        """Answer once; what was refused is remembered, and answered when everybody is well."""
        if self._post(number, words):
            self.answered.append(words)
            return True
        self.refused.append(words)
        return False

    def letters(self) -> Counter[tuple[str, str]]:
        """How often each answer left, by its words and Message-ID."""
        # The owner is told of servers that fail, which is no answer.
        answers = [letter.message for letter in self.sink.letters if OWNER not in letter.recipients]
        plain = ((message, message.get_payload(0)) for message in answers)
        return Counter(
            (part.get_payload(decode=True).decode().strip(), mail["Message-ID"]) for mail, part in plain
        )

    def _hand_over(self, raw: bytes) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._smtp_port, timeout=20) as smtp:
                smtp.sendmail("priya@crumb.example", ["help@fennel.example"], raw)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def _post(self, number: int, words: str) -> bool:
        request = urllib.request.Request(
            f"{self.harken.url}/api/v1/tickets/{number}/messages",
            data=dumps({"kind": "reply", "text": words, "seen_up_to": 1}).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": words.replace(" ", "-"),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return bool(answer.status == 201)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def open_world(
    post: Callable[[bytes], object], imap_port: int, password: str, *, security: str, **settings: str
) -> Iterator[World]:
    """A Harken that fetches from a mailbox, takes letters by SMTP and sends to a sink; `post` writes to the mailbox."""
    smtp_port = free_port()
    connect = _CONNECT.format(port=imap_port, password=password, security=security)
    with (
        SmtpSink() as sink,
        Harken(HARKEN_SMTP_URL=sink.url, HARKEN_SMTP_IN=f"127.0.0.1:{smtp_port}", **settings) as harken,
    ):
        named = ["workspace", "create", "fennel", "--owner", OWNER]
        harken.run(*named, "--mail", "help@fennel.example")
        harken.run("manage", "shell", "--command", connect)
        yield World(harken, post, sink, harken.token("fennel"), smtp_port)


def wait_for_all(world: World, seconds: float = 150) -> None:
    """Return when every letter is a ticket and every answer has left; fail with what is missing."""
    deadline = time.monotonic() + seconds
    while missing := world.missing():
        assert time.monotonic() < deadline, f"{missing} are missing; {world.ledger()}"
        time.sleep(0.3)


def assert_conserved(world: World) -> None:
    """Every letter is one ticket, every answer left once, or twice as one letter after silence."""
    _assert_the_ledger_balances(world)
    _assert_no_answer_left_twice(world)


def _assert_the_ledger_balances(world: World) -> None:
    states = until(lambda: _settled(world), 60, "the ledger has drained")
    assert states["opened"] == len(world.tickets())
    assert set(world.tickets()) | world.held() == set(world.sent)
    assert set(states) <= {"opened", "duplicate", "held"}


def _settled(world: World) -> dict[str, int]:
    states = world.ledger()["counts"]
    return {} if states.get("received") else {state: count for state, count in states.items() if count}


def _assert_no_answer_left_twice(world: World) -> None:
    letters = world.letters()
    assert Counter(words for words, _ in letters) == Counter(world.answered), "one Message-ID for each answer"
    # Killed between the server's 250 and our mark, nobody can know: then the same letter may come once again.
    doubled = {words for (words, _), count in letters.items() if count > 1}
    after_silence = world.harken.run("manage", "shell", "--no-imports", "--command", _AFTER_SILENCE)
    assert doubled <= set(loads(after_silence))
    assert max(letters.values(), default=0) <= 2


def _letter(words: str) -> bytes:
    mail = EmailMessage()
    name = words.replace(" ", ".").replace(",", "")
    # Everybody writes but once: many letters of one sender within a minute would be a loop.
    mail["From"], mail["To"], mail["Subject"] = f"{name}@crumb.example", "help@fennel.example", words
    mail["Message-ID"] = f"<{name}@crumb.example>"
    mail.set_content(f"This is {words}.")
    return mail.as_bytes()
