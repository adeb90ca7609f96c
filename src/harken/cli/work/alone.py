"""`harken web`, `worker` and `smtp`: one part each, in this process."""

from harken.cli.work import parts, tables
from harken.config.environment import environment
from harken.config.errors import Refused
from harken.config.serve import bind


def web() -> None:
    """Serve pages. That tables are missing in an outside database is told by /readyz, as long as it lasts."""
    settings = environment()
    listener = bind(settings.host, settings.port)
    if settings.is_embedded:
        tables.make()
    parts.web(listener)


def worker() -> None:
    """Do jobs and fetch mail."""
    tables.need()
    parts.worker()


def smtp() -> None:
    """Take mail. Raises Refused when nobody said where."""
    endpoint = environment().smtp_in
    if endpoint is None:
        raise Refused(
            "HARKEN_SMTP_IN is empty: say where to listen, for example HARKEN_SMTP_IN=127.0.0.1:2525."
        )
    tables.need()
    parts.smtp(endpoint)
