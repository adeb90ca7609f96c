"""`harken up`: everything, until Ctrl-C or SIGTERM."""

import click
from django.db import connections

from harken.agents.links import owner_link
from harken.cli.processes import Family
from harken.cli.work import parts, tables
from harken.config.database import Lease
from harken.config.environment import environment
from harken.config.serve import bind


def up(lease: Lease, *, demo: bool) -> None:
    """Make the tables, start every part and care for them."""
    settings = environment()
    listener = bind(settings.host, settings.port)
    tables.make()
    greeting = _greeting()
    family = Family()
    family.add("web", lambda: parts.web(listener))
    family.add("worker", parts.worker)
    if settings.smtp_in:
        endpoint = settings.smtp_in
        parts.refuse_taken(endpoint)
        family.add("smtp", lambda: parts.smtp(endpoint))
    # A connection cannot be shared by two processes: each child makes its own.
    connections.close_all()
    family.run(when_ready=lambda: click.echo(greeting), care=lease.revive)


def _greeting() -> str:
    lines = [f"Harken is at {environment().url}"]
    if link := owner_link():
        lines.append(f"Nobody is here yet. Open this link once to begin: {link}")
    return "\n".join(lines)
