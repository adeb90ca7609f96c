"""The verbs that scripts use, run in this process on the test database."""

import json
import sys
from contextlib import nullcontext

import click
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner

from harken.agents.factories import make_agent
from harken.agents.tokens import authenticate
from harken.channels.arriving import receive
from harken.channels.email.mime import MAX_PARTS
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.proof.authenticate import SenderCheck
from harken.cli import perform
from harken.cli.main import harken, main
from harken.cli.verbs.mail import NOT_NOW, deliver
from harken.config import logs
from harken.config.errors import DatabaseRefused
from harken.files import storage
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

OLGA = "olga@fennel.example"
LETTER = b"""From: Ann <ann@example.com>
To: help@fennel.example
Subject: Oven
Message-ID: <1@example.com>

It is cold.
"""


@pytest.fixture(autouse=True)
def database_is_open(monkeypatch):
    monkeypatch.setattr(perform, "open_installation", nullcontext)
    monkeypatch.setattr(logs, "configure", lambda _form: None)


def run(*arguments, stdin=None):
    """Run a verb; its exit code and what it printed."""
    done = CliRunner().invoke(harken, arguments, input=stdin, standalone_mode=False)
    if isinstance(done.exception, click.ClickException):
        return done.exception.exit_code, done.exception.format_message()
    if done.exception:
        raise done.exception
    return done.exit_code, done.stdout


def answer(*arguments, **options):
    code, words = run(*arguments, **options)
    assert code == 0
    return json.loads(words)


def test_a_letter_is_left_with_whoever_brought_it_while_the_disk_is_full(monkeypatch):
    make_workspace()

    def refuse(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harken.files.storage.tempfile.mkstemp", refuse)

    code, words = run("deliver", stdin=LETTER)

    assert code == NOT_NOW
    assert "is not stored" in words
    assert not Arrival.objects.exists()


def test_a_workspace_is_made_and_listed():
    made = answer("workspace", "create", "fennel", "--owner", "Olga@Fennel.example", "--json")

    assert made["owner"] == "olga@fennel.example"
    assert made["url"].endswith("/fennel/")
    assert [row["workspace"] for row in answer("workspace", "list", "--json")] == ["fennel"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("api", "--owner", "olga@fennel.example"), "no word that Harken itself uses"),
        (("fennel", "--owner", "olga"), "olga is not a mail address."),
        (("fennel", "--owner", "olga@fennel.example", "--time-zone", "Mars"), "for --time-zone: There is no"),
        (
            ("fennel", "--owner", "olga@fennel.example", "--language", "xx"),
            "for --language: Harken speaks en,",
        ),
    ],
)
def test_a_workspace_that_cannot_be_is_misuse(arguments, words):
    code, sentence = run("workspace", "create", *arguments)

    assert code == 2
    assert words in sentence
    assert not Workspace.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fennel",), "There is a workspace fennel already."),
        (("fern", "--mail", "Help@fennel.example"), "help@fennel.example leads to a workspace of this"),
    ],
)
def test_what_another_workspace_has_is_not_given_twice(arguments, words):
    answer("workspace", "create", "fennel", "--owner", OLGA, "--mail", "help@fennel.example", "--json")

    code, sentence = run("workspace", "create", *arguments, "--owner", OLGA)

    assert code == 2
    assert words in sentence
    assert Workspace.objects.count() == 1


def test_a_colleague_is_added_and_let_in_by_link():
    make_workspace(slug="fennel")

    answer("agent", "create", "--workspace", "fennel", "ann@fennel.example", "--name", "Ann", "--json")

    (row,) = answer("agent", "list", "--workspace", "fennel", "--json")
    assert (row["email"], row["name"], row["role"]) == ("ann@fennel.example", "Ann", "agent")
    assert "/accounts/" in answer("agent", "link", "ann@fennel.example", "--json")["link"]


def test_a_link_for_a_stranger_is_misuse():
    assert run("agent", "link", "mallory@example.com") == (
        2,
        "Nobody here has the address mallory@example.com.",
    )


def test_a_token_acts_as_the_owner_unless_somebody_is_named():
    workspace = make_workspace(slug="fennel")
    make_agent(workspace, "ann@fennel.example")
    make_agent(workspace, "olga@fennel.example", role="owner")
    wall.leave()

    owners = answer("token", "create", "--workspace", "fennel")["token"]
    anns = answer("token", "create", "--workspace", "fennel", "--agent", "Ann@fennel.example")["token"]

    assert [authenticate(text).email for text in (owners, anns)] == [
        "olga@fennel.example",
        "ann@fennel.example",
    ]
    shown = answer("token", "list", "--workspace", "fennel", "--json")
    assert [row["agent"] for row in shown] == ["olga@fennel.example", "ann@fennel.example"]


def test_a_workspace_that_is_not_there_is_misuse():
    make_workspace(slug="fennel")
    wall.leave()

    code, sentence = run("token", "create", "--workspace", "funnel")

    assert (code, sentence) == (2, "There is no workspace funnel here; there is: fennel.")


def test_letters_are_told_in_the_order_given(tmp_path):
    make_workspace(slug="fennel")
    wall.leave()
    first, second = tmp_path / "1.eml", tmp_path / "2.eml"
    first.write_bytes(LETTER)
    second.write_bytes(
        LETTER.replace(b"<1@", b"<2@").replace(b"Oven", "Печь".encode()).replace(b"cold", b"hot")
    )

    code, words = run("deliver", "--json", str(first), str(second), str(first))

    told = [json.loads(line) for line in words.splitlines()]
    assert code == 0
    assert [letter["state"] for letter in told] == ["opened", "opened", "duplicate"]
    assert [letter["text"].strip() for letter in told] == ["It is cold.", "It is hot.", "It is cold."]
    assert [letter["subject"] for letter in told] == ["Oven", "Печь", "Oven"]
    assert told[0]["ticket"] == told[2]["ticket"] != told[1]["ticket"]
    assert (told[0]["from"], told[0]["message_id"]) == ("ann@example.com", "1@example.com")


def test_a_colleagues_letter_that_waits_as_a_draft_is_told_with_its_ticket():
    make_agent(make_workspace(slug="fennel"), OLGA)
    wall.leave()
    number = answer("deliver", "--json", stdin=LETTER)["ticket"]
    hers = LETTER.replace(b"Ann <ann@example.com>", OLGA.encode()).replace(b"<1@", b"<2@")

    told = answer("deliver", "--json", stdin=b"In-Reply-To: <1@example.com>\n" + hers)

    assert (told["state"], told["ticket"]) == ("joined", number)


def test_a_colleagues_answer_is_told_with_their_address(monkeypatch):
    known = SenderCheck("verified")
    monkeypatch.setattr("harken.channels.arriving.receive.check_sender", lambda *_letter: known)
    make_agent(make_workspace(slug="fennel"), OLGA)
    wall.leave()
    answer("deliver", "--json", stdin=LETTER)
    hers = LETTER.replace(b"Ann <ann@example.com>", OLGA.encode()).replace(b"<1@", b"<2@")

    told = answer("deliver", "--json", stdin=b"In-Reply-To: <1@example.com>\n" + hers)

    assert (told["state"], told["from"]) == ("joined", OLGA)


def test_a_letter_on_standard_input_is_taken_in():
    make_workspace(slug="fennel")
    wall.leave()

    assert answer("deliver", "--json", stdin=LETTER)["state"] == "opened"


def test_a_dash_stands_for_standard_input(tmp_path):
    make_workspace(slug="fennel")
    wall.leave()
    other = tmp_path / "1.eml"
    other.write_bytes(LETTER.replace(b"<1@", b"<2@").replace(b"Oven", b"Door"))

    code, words = run("deliver", "--json", str(other), "-", stdin=LETTER)

    assert code == 0
    assert [json.loads(line)["subject"] for line in words.splitlines()] == ["Door", "Oven"]


@pytest.mark.parametrize("named", [(), ("-",)])
def test_empty_standard_input_is_no_letter(named):
    make_workspace(slug="fennel")
    wall.leave()

    code, sentence = run("deliver", *named, stdin=b"\n")

    assert code == 2
    assert "Standard input is empty" in sentence
    assert not Arrival.objects.exists()


def test_closed_standard_input_is_empty(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(click.UsageError, match="Standard input is empty"):
        deliver.main([], standalone_mode=False)


def test_a_letter_that_cannot_be_read_is_told_with_its_sender_and_subject():
    make_workspace(slug="fennel")
    wall.leave()
    parts = b"".join(b"--b\n\n\n" for _ in range(MAX_PARTS + 1))
    raw = LETTER.replace(b"Message-ID", b"Content-Type: multipart/mixed; boundary=b\nMessage-ID") + parts

    told = answer("deliver", "--json", stdin=raw)

    assert (told["state"], told["from"], told["subject"]) == ("held", "ann@example.com", "Oven")


def test_a_letter_that_breaks_its_settling_is_held_and_the_next_is_taken_in(tmp_path, monkeypatch):
    make_workspace(slug="fennel")
    wall.leave()
    (tmp_path / "1.eml").write_bytes(LETTER.replace(b"cold", b"poison"))
    (tmp_path / "2.eml").write_bytes(LETTER.replace(b"<1@", b"<2@"))
    judge = receive._judge

    def stumble(arrival, letter, checked):
        if "poison" in letter.text:
            raise ZeroDivisionError
        return judge(arrival, letter, checked)

    monkeypatch.setattr(receive, "_judge", stumble)
    code, words = run("deliver", "--json", str(tmp_path / "1.eml"), str(tmp_path / "2.eml"))

    assert code == 0
    assert [json.loads(line)["state"] for line in words.splitlines()] == ["held", "opened"]


def test_a_letter_for_nobody_here_is_held_and_told_all_the_same():
    make_workspace(slug="fennel")
    make_workspace(slug="fern")
    wall.leave()

    told = answer("deliver", "--json", "--to", "nobody@elsewhere.example", stdin=LETTER)

    assert (told["state"], told["ticket"], told["subject"]) == ("held", None, "Oven")


def test_a_letter_that_cannot_be_kept_is_not_now(monkeypatch):
    make_workspace(slug="fennel")
    wall.leave()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "pack", full)
    code, sentence = run("deliver", stdin=LETTER)

    assert code == NOT_NOW
    assert "is not stored" in sentence
    assert not Arrival.objects.exists()


def test_a_database_that_is_not_there_is_not_now(monkeypatch):
    def gone():
        raise DatabaseRefused("It is gone.")

    monkeypatch.setattr(perform, "open_installation", gone)

    assert run("deliver", stdin=LETTER) == (NOT_NOW, "It is gone.")


def test_a_file_that_is_not_there_is_misuse():
    code, sentence = run("deliver", "/nowhere/letter.eml")

    assert code == 2
    assert "does not exist" in sentence


def test_the_version_is_told_with_what_it_runs_on():
    assert set(answer("version", "--json")) == {"harken", "python", "postgresql"}


def every_verb(group=harken, path=()):
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from every_verb(command, (*path, name))


@pytest.mark.parametrize("path", list(every_verb()), ids=" ".join)
def test_every_verb_has_help_with_an_example(path):
    code, words = run(*path, "--help")

    assert code == 0
    assert "Example" in words
    assert f"harken {' '.join(path)}" in words


def test_misuse_is_one_sentence_and_code_two(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["harken", "upp"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("harken: No such command 'upp'.")


@pytest.fixture
def homeless():
    """A letter for an address that neither of two workspaces has."""
    for slug in ("fennel", "acme"):
        make_channel(make_workspace(slug=slug), address=f"sales@{slug}.example")
    wall.leave()
    told = answer("deliver", "--json", stdin=LETTER)
    assert told["state"] == "held"
    return answer("held", "list", "--json")[0]


def test_a_letter_that_nobody_owns_is_listed(homeless):
    assert (homeless["from"], homeless["subject"]) == ("ann@example.com", "Oven")
    assert "No mailbox of this installation" in homeless["reason"]


def test_a_letter_that_nobody_owns_is_given_to_a_workspace(homeless):
    code, _words = run("held", "give", str(homeless["id"]), "acme")

    assert code == 0
    assert answer("held", "list", "--json") == []
    with wall.inside(Workspace.objects.named("acme").get().pk):
        assert b"Oven" in Arrival.objects.get().raw.read()


def test_a_letter_that_nobody_owns_is_called_spam_once(homeless):
    assert run("held", "spam", str(homeless["id"]))[0] == 0

    code, words = run("held", "spam", str(homeless["id"]))

    assert (code, "No letter" in words) == (2, True)
    assert run("held", "list")[1] == "Every letter has its workspace.\n"


def test_a_second_factor_is_taken_back_and_a_strangers_is_not():
    user = make_agent(email=OLGA).user
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    assert answer("agent", "reset-second-factor", "Olga@Fennel.example", "--json") == {"email": OLGA}

    assert not Authenticator.objects.exists()
    code, words = run("agent", "reset-second-factor", "ann@fennel.example")
    assert code == 2
    assert "Nobody here" in words
