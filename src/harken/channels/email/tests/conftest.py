"""Real mail servers for the tests of this folder."""

import socket
from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for the whole run: give every test a user of its own."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A server without encryption or password, that takes everything."""
    with SmtpSink() as server:
        yield server


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where the connection is taken and nobody ever speaks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
