"""The embedded PostgreSQL, run for real: who starts it, who stops it, and what a kill -9 leaves behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from harken.config.database import connection_settings, open_database
from harken.config.database.cluster import Cluster
from harken.config.database.preparation import superuser_connection
from harken.config.environment import Environment
from harken.config.errors import DatabaseRefused

HOLD = "from harken.config.database import open_database; from harken.config.environment import environment\n"
HOLD += "with open_database(environment()): print('open', flush=True); input()"
# In memory where there is room: a disk that many tests share takes seconds for a first start.
MEMORY = Path("/dev/shm")
FOLDER = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2_000_000_000 else None


@pytest.fixture(scope="module")
def made_before():
    """A data folder that has been used and left in good order; making one takes most of a start's time."""
    with (
        tempfile.TemporaryDirectory(prefix="hk", dir=FOLDER) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("HARKEN_DATA", f"{folder}/data")
        open_database(Environment()).close()
        yield Path(folder, "data")


@pytest.fixture
def new_settings(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with tempfile.TemporaryDirectory(prefix="hk", dir=FOLDER) as folder:
        monkeypatch.setenv("HARKEN_DATA", f"{folder}/data")
        yield Environment()
        Cluster(Path(folder, "data")).stop()


@pytest.fixture
def settings(new_settings, made_before):
    subprocess.run(["cp", "-a", made_before, new_settings.data], check=True)
    return new_settings


@pytest.fixture
def cluster(settings):
    return Cluster(settings.data)


def connected(settings):
    place = connection_settings(settings)
    return psycopg.connect(
        host=place["HOST"], port=place["PORT"], user=place["USER"], dbname=place["NAME"], autocommit=True
    )


def one(connection, query):
    return connection.execute(query).fetchone()[0]


def holder(settings):
    """Another process that holds the database open."""
    environ = os.environ | {"HARKEN_DATA": str(settings.data)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first_line(process) == "open\n"
    return process


def first_line(process):
    assert process.stdout
    return process.stdout.readline()


def end(process):
    process.communicate("\n")


def postmaster(cluster):
    return int((cluster.folder / "postmaster.pid").read_text().split()[0])


def test_the_first_start_makes_what_harken_needs(new_settings):
    with open_database(new_settings), connected(new_settings) as connection:
        assert one(connection, "SELECT current_user") == "harken"
        assert not one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = 'harken'")
        assert one(connection, "SELECT cardinality(show_trgm('я'))") > 0
        assert one(connection, "SELECT lower('ÀЯΣ')") == "àяσ"
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
        assert {("pg_trgm",), ("unaccent",), ("btree_gin",)} <= set(extensions)
        assert one(connection, "SHOW fsync") == "on"
        assert one(connection, "SHOW listen_addresses") == ""


def test_only_the_owner_comes_near_the_data(settings, cluster):
    with open_database(settings):
        assert settings.data.stat().st_mode & 0o777 == 0o700
        assert cluster.folder.stat().st_mode & 0o777 == 0o700
        assert (cluster.folder / "pg_hba.conf").read_text() == "local all all peer map=harken\n"
        assert postmaster(cluster)
        assert Path(f"/proc/{postmaster(cluster)}").stat().st_uid != 0


def test_the_last_to_leave_stops_it(settings, cluster):
    first, second = open_database(settings), open_database(settings)

    first.close()
    was_running = cluster.is_running()
    second.close()

    assert was_running
    assert not cluster.is_running()


def test_another_process_joins_and_leaves_it_running(settings, cluster):
    with open_database(settings):
        end(holder(settings))

        assert cluster.is_running()
    assert not cluster.is_running()


def test_a_killed_harken_leaves_a_server_that_the_next_start_takes_over(settings, cluster):
    process = holder(settings)
    orphan = postmaster(cluster)
    process.kill()
    process.communicate()

    with open_database(settings), connected(settings) as connection:
        assert one(connection, "SELECT 1") == 1
        assert postmaster(cluster) == orphan
    assert not cluster.is_running()


def test_a_killed_server_is_recovered_with_all_that_was_committed(settings, cluster):
    lease = open_database(settings)
    with connected(settings) as connection:
        connection.execute("CREATE TABLE letter AS SELECT 'Hello' AS text")
    os.kill(postmaster(cluster), signal.SIGKILL)

    assert eventually(lease.revive)

    with connected(settings) as connection:
        assert one(connection, "SELECT text FROM letter") == "Hello"
    lease.close()


def test_a_number_in_postmaster_pid_that_is_somebody_elses_now_does_not_stop_the_start(settings, cluster):
    lines = [str(os.getpid()), str(cluster.folder), "0", "5432", "", "", "0 0", "ready"]
    (cluster.folder / "postmaster.pid").write_text("\n".join(lines) + "\n")

    with open_database(settings), connected(settings) as connection:
        assert one(connection, "SELECT 1") == 1


def test_a_first_start_that_was_killed_half_way_begins_anew(new_settings):
    draft = new_settings.data / "postgres.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")

    with open_database(new_settings):
        assert Cluster(new_settings.data).is_running()
        assert not draft.exists()


def test_starting_together_makes_one_server(new_settings):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    assert [first_line(process) for process in processes] == ["open\n"] * 3
    for process in processes:
        end(process)
    assert not Cluster(new_settings.data).is_running()


def test_data_of_another_major_version_are_refused_with_the_way_out(settings, cluster):
    (cluster.folder / "PG_VERSION").write_text("17\n")

    with pytest.raises(DatabaseRefused, match=r"made by PostgreSQL 17, .* brings PostgreSQL 18: dump it"):
        open_database(settings)


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(settings, monkeypatch):
    monkeypatch.setenv("HARKEN_DATA", str(settings.data / ("long" * 25)))
    settings = Environment()
    cluster = Cluster(settings.data)

    with open_database(settings), connected(settings) as connection:
        assert one(connection, "SELECT 1") == 1
        assert cluster.sockets != cluster.folder
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    assert not cluster.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody to keep out")
def test_a_home_that_postgresql_may_not_enter_is_no_hindrance(settings, cluster):
    closed = settings.data.parent
    closed.chmod(0o700)

    with open_database(settings), connected(settings) as connection:
        assert one(connection, "SELECT 1") == 1
        owner = Path(f"/proc/{postmaster(cluster)}").stat().st_uid
        assert owner == cluster.folder.stat().st_uid != 0


def test_the_log_holds_no_words_of_customers(settings, cluster):
    with open_database(settings), connected(settings) as connection:
        connection.execute("CREATE TABLE address (email text UNIQUE)")
        connection.execute("INSERT INTO address VALUES ('ann@example.com')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO address VALUES ('ann@example.com')")

    log = (settings.data / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "ann@example.com" not in log


def test_the_superuser_is_for_the_care_of_the_server(settings, cluster):
    with open_database(settings), superuser_connection(cluster) as connection:
        assert one(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")


def eventually(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found
