"""`harken up`, `web`, `worker` and `smtp`."""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from harken.cli.perform import load, open_installation, perform
from harken.config.environment import environment
from harken.config.listener import bind, refuse_taken


def _address(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --host and --port, which win over HARKEN_HOST and HARKEN_PORT."""
    host = click.option(
        "--host", metavar="H", callback=_set("HARKEN_HOST"), expose_value=False, help="HARKEN_HOST."
    )
    port = click.option(
        "--port", metavar="N", callback=_set("HARKEN_PORT"), expose_value=False, help="HARKEN_PORT."
    )
    return host(port(command))


def _set(name: str) -> Callable[[click.Context, click.Parameter, str | None], None]:
    def set_environment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            os.environ[name] = value

    return set_environment


@click.command()
@_address
@click.option("--demo", is_flag=True, help="Add a believable workspace to look around in.")
def up(demo: bool) -> None:
    """Start everything: database, pages, jobs, mail in. Ctrl-C stops all of it.

    Example: harken up --port 8080
    """
    settings = environment()
    listener = bind(settings.host, settings.port)
    if settings.smtp_in:
        refuse_taken(settings.smtp_in)
    with open_installation() as lease:
        load("up").up(lease, listener, demo=demo)


@click.command()
@_address
def web() -> None:
    """Serve pages, API and live updates alone, beside other processes.

    Example: harken web --host 0.0.0.0 --port 8001
    """
    settings = environment()
    perform("alone.web", listener=bind(settings.host, settings.port))
    _leave_now()


@click.command()
def worker() -> None:
    """Do jobs and fetch mail alone; run as many as needed.

    Example: harken worker
    """
    perform("alone.worker")
    _leave_now()


@click.command()
def smtp() -> None:
    """Take mail by SMTP or LMTP at HARKEN_SMTP_IN alone.

    Example: HARKEN_SMTP_IN=127.0.0.1:2525 harken smtp
    """
    endpoint = environment().smtp_in
    if endpoint is None:
        raise click.UsageError("Say where to listen, for example HARKEN_SMTP_IN=127.0.0.1:2525.")
    refuse_taken(endpoint)
    perform("alone.smtp", endpoint=endpoint)
    _leave_now()


def _leave_now() -> NoReturn:
    # Threads may still wait for a silent far side; what they do may be cut off at any time.
    sys.stdout.flush()
    os._exit(0)
