"""`harken up` as it is used: started, stopped, killed."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from harken.config.database.cluster import Cluster
from tests.servers.harken import COMMAND, Harken, NewHarken, until

pytestmark = pytest.mark.timeout(180)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def family_of(harken):
    return {name: pid for pid, name in harken._children()}


def kill_the_parent(harken):
    assert harken._up
    harken._up.kill()
    harken._up.wait()


def postmaster_in(folder):
    try:
        return int((folder / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


@pytest.fixture(scope="module")
def harken():
    with Harken() as running:
        yield running


def test_a_part_that_dies_is_started_again(harken):
    before = family_of(harken)
    harken.kill("worker")

    until(
        lambda: family_of(harken).get("worker", before["worker"]) != before["worker"], what="another worker"
    )

    assert family_of(harken)["web"] == before["web"]


def test_a_database_that_dies_is_started_again(harken):
    folder = Path(harken.environment["HARKEN_DATA"], "postgres")
    before = postmaster_in(folder)
    os.kill(before, signal.SIGKILL)

    until(lambda: postmaster_in(folder) not in (None, before), seconds=30, what="another PostgreSQL")
    harken.wait_until_ready()


def test_start_kill_start_and_stop():
    with NewHarken() as harken:
        assert f"Harken is at {harken.url}" in harken.log
        assert f"{harken.url}/welcome/" in harken.log
        harken.run("workspace", "create", "fennel", "--owner", "olga@fennel.example")
        family = family_of(harken)
        kill_the_parent(harken)

        # The children see that they are orphans; the database is taken over by the next start.
        until(lambda: not any(is_alive(pid) for pid in family.values()), what="the children end")
        harken.start()
        assert "fennel" in harken.run("workspace", "list")

        family = family_of(harken)
        assert harken.stop() < 5
        assert set(family) == {"web", "worker"}
        assert not any(is_alive(pid) for pid in family.values())
        assert not Cluster(Path(harken.environment["HARKEN_DATA"])).is_running()


def refusal(**settings):
    environ = os.environ | settings
    environ.pop("DATABASE_URL", None)
    done = subprocess.run(
        [*COMMAND, "up"], env=environ | settings, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr


def test_a_taken_port_is_told_in_one_sentence_and_nothing_is_left(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, words = refusal(HARKEN_DATA=str(tmp_path / "data"), HARKEN_PORT=str(port))

    assert code == 1
    assert words.startswith(f"harken: Port {port} on 127.0.0.1 is taken")
    assert words.count("\n") == 1
    assert not Cluster(tmp_path / "data").is_running()


def test_a_taken_mail_port_is_told_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        code, words = refusal(HARKEN_DATA=str(tmp_path / "data"), HARKEN_SMTP_IN=place, HARKEN_PORT="18999")

    assert code == 1
    assert words.startswith(f"harken: HARKEN_SMTP_IN={place} cannot be listened on")


def test_a_database_url_that_leads_nowhere_is_told_in_one_sentence(tmp_path):
    url = "postgresql://olga:hush@127.0.0.1:9/desk"
    code, words = refusal(HARKEN_DATA=str(tmp_path), DATABASE_URL=url, HARKEN_SECRET_KEY="k" * 40)

    assert code == 1
    assert words.startswith("harken: DATABASE_URL does not lead to a database at 127.0.0.1:9")
    assert "hush" not in words


def test_mistakes_in_the_settings_are_misuse(tmp_path):
    code, words = refusal(HARKEN_DATA=str(tmp_path), HARKEN_PROT="1", HARKEN_LOG="xml")

    assert code == 2
    assert words.startswith("harken: 2 settings are wrong:")


def test_help_needs_no_settings_and_no_database(tmp_path):
    environ = os.environ | {"HARKEN_DATA": str(tmp_path / "data"), "HARKEN_NONSENSE": "1"}
    done = subprocess.run([*COMMAND, "up", "--help"], env=environ, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0
    assert "Example: harken up --port 8080" in done.stdout
    assert not (tmp_path / "data").exists()
    assert sys.executable == COMMAND[0]
