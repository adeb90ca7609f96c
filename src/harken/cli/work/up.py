"""`harken up`: everything, until Ctrl-C or SIGTERM."""

import socket
from functools import partial

import click
from django.db import connections

from harken.agents.links import owner_link
from harken.cli.processes import Family
from harken.cli.work import parts, tables
from harken.config.database import Lease
from harken.config.environment import environment
from harken.demo.furnish import furnish, sign_in_links


def up(lease: Lease, listener: socket.socket, *, demo: bool) -> None:
    """Make the tables, start every part and care for them."""
    settings = environment()
    tables.make()
    greeting = _greeting(demo)
    # A connection cannot be shared by two processes: each child makes its own.
    connections.close_all()
    family = Family()
    family.add("web", partial(parts.web, listener))
    family.add("worker", parts.worker)
    if settings.smtp_in:
        family.add("smtp", partial(parts.smtp, settings.smtp_in))
    family.run(when_ready=partial(click.echo, greeting), care=lease.revive)


def _greeting(demo: bool) -> str:
    lines = [f"Harken is at {environment().url}", *(_demo() if demo else [])]
    if link := owner_link():
        lines.append(f"Nobody is here yet. Open this link once to begin: {link}")
    return "\n".join(lines)


def _demo() -> list[str]:
    click.echo("Making the demo workspace, if it is not there yet.", err=True)
    workspace = furnish()
    people = [f"  {person.name}, {person.role}, {person.email}: {person.link}" for person in sign_in_links()]
    return [f"The demo is at {workspace.url_for()}. These links sign in once, within 15 minutes:", *people]
