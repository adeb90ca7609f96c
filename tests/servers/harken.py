"""A whole Harken in processes of its own, for tests that want the running product.

    with Harken(HARKEN_SMTP_URL=sink.url) as harken:
        harken.run("workspace", "create", "acme", "--owner", "maya@acme.example")
        harken.url, harken.sign_in_link("maya@acme.example")
        harken.kill("worker")                 # kill -9 of one part; "up" takes everything with it
        harken.start()                        # and up again, on the same data

Its data lie in a folder of their own, which goes with the context. To make a database takes six times as long as to
start one: in a run of tests each begins with a copy of one that was made once; `NewHarken` makes its own.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.servers.ports import free_port
from tests.servers.verbs import Verbs

START_SECONDS = 120
STOP_SECONDS = 10
COMMAND = [sys.executable, "-m", "harken.cli"]


class Harken:
    """A running installation; a context manager. Keywords are settings by their environment names."""

    def __init__(self, *arguments: str, **settings: str) -> None:
        self._arguments = arguments
        self._data = Path(tempfile.mkdtemp(prefix="harken-run-"))
        self._port = free_port()
        self._log = self._data.with_suffix(".log")
        self._up: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HARKEN_")}
        for gone in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            kept.pop(gone, None)
        own = {"HARKEN_DATA": str(self._data), "HARKEN_PORT": str(self._port), "HARKEN_DNS": "off"}
        own["HARKEN_UNDO_SECONDS"] = "0"
        self.environment = kept | own | settings
        self._verbs = Verbs(self.environment)

    def __enter__(self) -> Self:
        if made := self._made():
            _copy(made, self._data)
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._verbs.stop()
        self.stop()
        shutil.rmtree(self._data, ignore_errors=True)
        self._log.unlink(missing_ok=True)

    @property
    def url(self) -> str:
        """The address of the desk, without a slash at the end."""
        return f"http://localhost:{self._port}"

    @property
    def log(self) -> str:
        """What the processes have said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self, **settings: str) -> None:
        """Start everything and wait until it answers; `settings` for this start alone."""
        with self._log.open("ab") as log:
            self._up = subprocess.Popen(
                [*COMMAND, "up", *self._arguments],
                env=self.environment | settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()

    def stop(self) -> float:
        """Ask everything to end; return the seconds it took."""
        if self._up is None:
            return 0.0
        begun = time.monotonic()
        self._up.send_signal(signal.SIGTERM)
        try:
            self._up.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill("up")
        self._up = None
        return time.monotonic() - begun

    def kill(self, part: str) -> None:
        """End one part as by kill -9: "web", "worker", "smtp", or "up" for all of them at once."""
        assert self._up is not None
        if part == "up":
            os.killpg(self._up.pid, signal.SIGKILL)
            self._up.wait()
            self._up = None
        else:
            os.kill(self.child(part), signal.SIGKILL)

    def wait_until_ready(self) -> None:
        """Return when pages are served; fail with the log when that does not come."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._up is not None and self._up.poll() is not None:
                raise AssertionError(f"harken up ended:\n{self.log}")
            if self._is_ready():
                return
            time.sleep(0.1)
        raise AssertionError(f"harken up did not get ready:\n{self.log}")

    def run(self, *arguments: str) -> str:
        """Run a verb beside the running processes; its standard output."""
        code, out, err = self._verbs.run(*arguments)
        assert code == 0, err
        return out

    def sign_in_link(self, address: str) -> str:
        """A one-time link that signs this agent in."""
        return str(json.loads(self.run("agent", "link", address, "--json"))["link"])

    def token(self, workspace: str) -> str:
        """An API token of the workspace's owner."""
        return str(json.loads(self.run("token", "create", "--workspace", workspace, "--json"))["token"])

    def get(self, token: str, path: str) -> Any:
        """GET from the API."""
        return self._ask(urllib.request.Request(f"{self.url}/api/v1{path}"), token)

    def send(self, token: str, method: str, path: str, told: dict[str, Any]) -> Any:
        """POST or PATCH to the API; what it answers."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            json.dumps(told).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        return self._ask(request, token)

    def _ask(self, request: urllib.request.Request, token: str) -> Any:
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def _made(self) -> Path | None:
        """Return the data that every start with these arguments makes; `None` outside a run of tests."""
        return _made_by(*self._arguments)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @property
    def pid(self) -> int:
        """The process that cares for all others but PostgreSQL."""
        assert self._up is not None
        return self._up.pid

    def switch_on(self, workspace: str, capability: str) -> None:
        """Switch a capability of a workspace on, as its owner does on the settings page."""
        switch = f"Workspace.objects.get(slug={workspace!r}).switch({capability!r}, on=True)"
        self.run("manage", "shell", "-c", f"from harken.workspaces.models import Workspace; {switch}")

    def child(self, part: str) -> int:
        """The process of one part."""
        for pid, name in self._children():
            if name == part:
                return pid
        raise AssertionError(f"no {part} is running:\n{self.log}")

    def is_running(self, part: str) -> bool:
        """Say whether a part has been started and has its name."""
        return any(name == part for _, name in self._children())

    def _children(self) -> Iterator[tuple[int, str]]:
        assert self._up is not None
        text = Path(f"/proc/{self._up.pid}/task/{self._up.pid}/children").read_text()
        for pid in map(int, text.split()):
            # One that has ended since the list was read runs no part.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                yield pid, Path(f"/proc/{pid}/comm").read_text().strip().removeprefix("harken-")


class NewHarken(Harken):
    """An installation that makes its database itself."""

    def _made(self) -> None:
        return None


class _FurnishedHarken(Harken):
    """An installation that finds the tables made, and makes what its arguments ask for."""

    def _made(self) -> Path | None:
        return _made_by()


def _made_by(*arguments: str) -> Path | None:
    run = os.environ.get("HARKEN_DATA")
    if run is None or "PYTEST_VERSION" not in os.environ:
        return None
    made = Path(run, "-".join(["made", *arguments]))
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with _FurnishedHarken(*arguments) if arguments else NewHarken() as first:
                first.stop()
                _copy(first._data, made.with_suffix(".new"))
            made.with_suffix(".new").rename(made)
    return made


def until(question: Any, seconds: float = 10, what: str = "") -> Any:
    """Ask until the answer is true, and return it; fail when it never is."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what or question}")
        time.sleep(0.05)


def _copy(data: Path, to: Path) -> None:
    # With its owners: PostgreSQL serves nobody whose files are another's.
    subprocess.run(["cp", "-a", f"{data}/.", to], check=True)
