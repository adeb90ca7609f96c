"""What some tests need of the machine: they are left out by name and reason where it lacks that."""

import os
import shutil
from collections.abc import Callable

import pytest

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SYSTEM = os.defpath + ":/usr/sbin:/sbin:/usr/local/bin:/usr/local/sbin"


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next((path for name in _CHROMIUM if (path := _program(name))), None)


def dovecot() -> str | None:
    """Return the path of Dovecot's server, or None."""
    return _program("dovecot")


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=_SYSTEM)


_NEEDS: dict[str, tuple[Callable[[], str | None], str]] = {
    "browser": (chromium, "Chromium is not installed (Debian: apt-get install chromium)"),
    "mail_servers": (dovecot, "Dovecot is not installed (Debian: apt-get install dovecot-imapd)"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long."""
    parser.addoption("--long", action="store_true", help="run the tests that take minutes as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out long tests unless asked for, and skip what this machine cannot run."""
    if not config.getoption("--long"):
        long = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)
    for marker, (find, reason) in _NEEDS.items():
        if find() is None:
            _skip([item for item in items if item.get_closest_marker(marker)], reason)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Count what could not run as a failure where somebody relies on the whole suite."""
    if (
        os.environ.get("CI") == "true"
        and _left_out(session.config)
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name in the last lines what could not run, and why."""
    for reason, names in _left_out(config).items():
        terminalreporter.section(f"could not run: {reason}", yellow=True)
        for name in names:
            terminalreporter.line(name)


def _skip(items: list[pytest.Item], reason: str) -> None:
    for item in items:
        item.add_marker(pytest.mark.skip(reason=reason))


def _left_out(config: pytest.Config) -> dict[str, list[str]]:
    # Read from the reports: with pytest-xdist the tests were collected in other processes.
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    reasons = [reason for _, reason in _NEEDS.values()]
    found = {
        reason: [report.nodeid for report in skipped if reason in str(report.longrepr)] for reason in reasons
    }
    return {reason: names for reason, names in found.items() if names}
