"""Verbs of the command, each in a process of its own that is forked from one which has loaded everything.

What a verb does is the same; it begins in a tenth of the time, and a run of tests asks for hundreds.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

from django.urls import get_resolver

from harken.cli import perform
from harken.cli.main import main

_WORK = ("agents", "mail", "tokens", "workspaces")


class Verbs:
    """Runs verbs in one environment, one at a time. What loads them is started with the first, and ends with `stop`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._loaded: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a verb; its exit code, standard output and standard error."""
        with tempfile.TemporaryDirectory(prefix="harken-verb-") as folder, self._turn:
            told = {"arguments": arguments, "folder": folder, "environment": self._environment}
            code = self._ask(json.dumps(told))
            out, err = (Path(folder, name).read_text(errors="replace") for name in ("out", "err"))
        return code, out, err

    def stop(self) -> None:
        if self._loaded is not None:
            self._loaded.communicate()
            self._loaded = None

    def _ask(self, line: str) -> int:
        if self._loaded is None:
            self._loaded = subprocess.Popen(
                [sys.executable, "-m", "tests.servers.verbs"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        self._loaded.stdin.write(f"{line}\n")
        self._loaded.stdin.flush()
        return int(self._loaded.stdout.readline())


def _serve() -> None:
    for work in _WORK:
        perform.load(work)
    # Addresses are what takes longest after that.
    _ = get_resolver().reverse_dict
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _perform(**json.loads(line))
        _pid, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _perform(arguments: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    # What was set since this was loaded holds, too.
    os.environ.update(environment)
    _lead(0, os.devnull, os.O_RDONLY)
    for number, name in ((1, "out"), (2, "err")):
        _lead(number, os.path.join(folder, name), os.O_WRONLY | os.O_CREAT)
    sys.argv = ["harken", *arguments]
    code: Any = 1
    try:
        main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Never back into the loop of whoever forked this.
        os._exit(code or 0)


def _lead(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


if __name__ == "__main__":
    _serve()
