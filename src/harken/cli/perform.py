"""From a verb to its work: the database opened, Django set up, and everything closed again."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any

import django

from harken.config.database import Lease, open_database
from harken.config.environment import environment


def perform(work: str, **arguments: Any) -> None:
    """Call a function of a module in `work/`, which may import any room: `workspaces.create`."""
    module, _, function = work.partition(".")
    with open_installation():
        getattr(load(module), function)(**arguments)


@contextmanager
def open_installation() -> Iterator[Lease]:
    """Read the settings and hold the database open; what was started for this is stopped at the end."""
    settings = environment()
    # Without this a SIGTERM would end the process before it could stop the database that it started.
    signal.signal(signal.SIGTERM, _leave)
    with open_database(settings) as lease:
        yield lease


def load(work: str) -> Any:
    """Set Django up and return a module of `work/`. By name, so that `--help` need not wait for every room."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "harken.config.settings"
    django.setup()
    import_module("harken.config.logs").configure(environment().log)
    return import_module(f"harken.cli.work.{work}")


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
