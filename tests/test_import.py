"""`harken import` as its operator runs it: on a running installation, from a real IMAP server, killed in the middle."""

import json
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.harken import COMMAND, Harken
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.mail_servers, pytest.mark.timeout(300)]

CONVERSATIONS = 12
KILLS = 4
LONG_AGO = datetime(2014, 3, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def harken(sink: SmtpSink) -> Iterator[Harken]:
    with Harken(HARKEN_SMTP_URL=sink.url) as harken:
        yield harken


def archive(folder: Path) -> Path:
    """A mailbox of questions, answers and thanks, in no order at all."""
    letters = [letter for number in range(CONVERSATIONS) for letter in conversation(number)]
    random.Random(7).shuffle(letters)
    path = folder / "past.mbox"
    path.write_bytes(b"".join(b"From somebody Sat Mar  1 08:00:00 2014\n" + each + b"\n" for each in letters))
    return path


def conversation(number: int) -> list[bytes]:
    customer, at = f"ann{number}@crumb.example", LONG_AGO + timedelta(days=number)
    return [
        old_letter(f"q{number}", customer, "help@fennel.example", at),
        old_letter(f"a{number}", "help@fennel.example", customer, at + timedelta(hours=1), f"q{number}"),
        old_letter(f"t{number}", customer, "help@fennel.example", at + timedelta(hours=2), f"a{number}"),
    ]


def old_letter(name: str, sender: str, to: str, at: datetime, answers: str = "") -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, to, f"Bread {name[1:]}"
    letter["Date"], letter["Message-ID"] = format_datetime(at), f"<{name}@past.example>"
    if answers:
        letter["In-Reply-To"] = f"<{answers}@past.example>"
    letter.set_content(f"This is {name}.\n")
    letter.add_attachment(f"file of {name}".encode(), "text", "plain", filename=f"{name}.txt")
    return letter.as_bytes()


def run_import(harken: Harken, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(harken.run("import", *arguments, "--json"))
    return told


def tickets(harken: Harken, workspace: str) -> dict[str, tuple[str, list[tuple[str, str, str, list[str]]]]]:
    """Every ticket by its subject: its state, and kind, text, moment and files of its messages."""
    token = harken.token(workspace)
    found, path = {}, "/tickets?limit=100"
    while path:
        page = harken.get(token, path)
        for ticket in page["results"]:
            messages = harken.get(token, f"/tickets/{ticket['number']}/messages?limit=100")["results"]
            told = [
                (
                    each["kind"],
                    each["text"].strip(),
                    each["created_at"],
                    [file["name"] for file in each["attachments"]],
                )
                for each in messages
            ]
            assert ticket["subject"] not in found
            found[ticket["subject"]] = (ticket["state"], told)
        path = f"/tickets?limit=100&cursor={page['next']}" if page["next"] else ""
    return found


def begin_import(harken: Harken, *arguments: str) -> subprocess.Popen[bytes]:
    """An import in a process of its own, from its first line on: what is killed takes as long as what is not."""
    return subprocess.Popen(
        [*COMMAND, "import", *arguments, "--json"],
        env=harken.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def kill_in_the_middle(harken: Harken, arguments: list[str], after_seconds: float) -> None:
    running = begin_import(harken, *arguments)
    time.sleep(after_seconds)
    running.kill()
    running.communicate()


def test_an_import_killed_again_and_again_ends_like_one_that_ran_through(harken: Harken, tmp_path: Path):
    for workspace in ("whole", "killed"):
        harken.run("workspace", "create", workspace, "--owner", f"olga@{workspace}.example")
    past = str(archive(tmp_path))
    ours = ["--ours", "help@fennel.example"]
    began = time.monotonic()
    told, _err = begin_import(harken, "mbox", past, "--workspace", "whole", *ours).communicate()
    whole_seconds, report = time.monotonic() - began, json.loads(told)

    for kill in range(KILLS):
        patience = whole_seconds * random.Random(kill).uniform(0.3, 0.95)
        kill_in_the_middle(harken, ["mbox", past, "--workspace", "killed", *ours], patience)
    again = run_import(harken, "mbox", past, "--workspace", "killed", *ours)

    assert (report["letters"], report["opened"], report["joined"]) == (
        3 * CONVERSATIONS,
        CONVERSATIONS,
        2 * CONVERSATIONS,
    )
    assert again["letters"] == 3 * CONVERSATIONS
    assert 0 < again["here_before"] <= 3 * CONVERSATIONS
    assert tickets(harken, "killed") == tickets(harken, "whole")


def test_what_was_imported_is_as_it_was_and_nobody_got_a_letter(
    harken: Harken, sink: SmtpSink, tmp_path: Path
):
    harken.run("workspace", "create", "told", "--owner", "olga@told.example")

    run_import(harken, "mbox", str(archive(tmp_path)), "--workspace", "told", "--ours", "help@fennel.example")

    state, messages = tickets(harken, "told")["Bread 3"]
    assert state == "closed"
    assert messages == [
        ("contact", "This is q3.", "2014-03-04T08:00:00Z", ["q3.txt"]),
        ("reply", "This is a3.", "2014-03-04T09:00:00Z", ["a3.txt"]),
        ("contact", "This is t3.", "2014-03-04T10:00:00Z", ["t3.txt"]),
    ]
    assert not sink.letters


def test_imap_folders_are_read_and_left_as_they_are(harken: Harken, tmp_path: Path):
    harken.run("workspace", "create", "imap", "--owner", "olga@imap.example")
    password = tmp_path / "password"
    password.write_text(f"{Dovecot.password}\n")
    question, answer, thanks = conversation(1)
    with Dovecot() as mail:
        mail.append("ann", thanks)
        mail.append("ann", question)
        with mail.client("ann") as client:
            client.create_folder("Sent")
            client.append("Sent", answer)
        harken.environment["SSL_CERT_FILE"] = mail.ca_file
        server = ["--host", "localhost", "--port", str(mail.port), "--security", "starttls"]
        sign_in = ["--user", "ann", "--password-file", str(password)]
        folders = ["--folder", "INBOX", "--folder", "Sent"]

        options = [*server, *sign_in, *folders, "--workspace", "imap", "--ours", "help@fennel.example"]
        report = run_import(harken, "imap", *options)

        assert (report["opened"], report["joined"]) == (1, 2)
        assert [text for _, text, _, _ in tickets(harken, "imap")["Bread 1"][1]] == [
            "This is q1.",
            "This is a1.",
            "This is t1.",
        ]
        assert all("\\Seen" not in flags for flags in mail.flags("ann").values())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["mbox", "{pdf}"], "is no mbox file"),
        (["mbox", "missing.mbox"], "does not exist"),
        (["maildir", "{folder}"], "is no Maildir"),
        (["imap", "--user", "ann"], "name it with --host"),
        (["imap", "--workspace", "clean"], "not fetched by IMAP"),
        (["mbox", "{pdf}", "--workspace", "nowhere"], "There is no workspace nowhere"),
        (["mbox", "{pdf}", "--workspace", "clean", "--mailbox", "x@y.example"], "has no mailbox x@y.example"),
    ],
)
def test_bad_input_is_told_in_one_sentence(
    harken: Harken, tmp_path: Path, arguments: list[str], sentence: str
):
    if "clean" not in harken.run("workspace", "list"):
        harken.run("workspace", "create", "clean", "--owner", "olga@clean.example")
    pdf = tmp_path / "bill.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    named = [each.format(pdf=pdf, folder=tmp_path) for each in arguments]
    if "--workspace" not in named:
        named += ["--workspace", "clean"]

    told = subprocess.run(
        [*COMMAND, "import", *named], env=harken.environment, capture_output=True, text=True, check=False
    )

    assert told.returncode in (1, 2)
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
