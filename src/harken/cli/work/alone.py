"""`harken web`, `worker` and `smtp`: one part each, in this process."""

import socket

from harken.cli.work import parts, tables
from harken.config.endpoints import Endpoint
from harken.config.environment import environment


def web(listener: socket.socket) -> None:
    """Serve pages. That tables are missing in an outside database is told by /readyz, as long as it lasts."""
    if environment().is_embedded:
        tables.make()
    parts.web(listener)


def worker() -> None:
    """Do jobs and fetch mail."""
    tables.need()
    parts.worker()


def smtp(endpoint: Endpoint) -> None:
    """Take mail."""
    tables.need()
    parts.smtp(endpoint)
