"""The parts of a running Harken, each a function that works until SIGTERM."""

import signal
import socket
import threading

from harken.channels.arriving import listening
from harken.channels.arriving.fetching import Fetchers
from harken.channels.arriving.settling import Settlers
from harken.channels.email.listener import CannotListen, run_listener
from harken.channels.ledger import care
from harken.config.endpoints import Endpoint
from harken.config.environment import environment
from harken.config.errors import Refused
from harken.config.garbage import collect_rarely
from harken.config.serve import run_web
from harken.events.jobs import run_worker


def web(listener: socket.socket) -> None:
    """Pages, API and live updates."""
    run_web(listener, environment().trusted_proxies)


def worker() -> None:
    """Jobs, the mailboxes that are fetched, and the letters to settle."""
    collect_rarely()
    fetchers, settlers = Fetchers(), Settlers()
    fetchers.start()
    settlers.start()
    care.begin()
    try:
        run_worker()
    finally:
        fetchers.stop()
        settlers.stop()


def smtp(endpoint: Endpoint) -> None:
    """Mail that comes by SMTP or LMTP."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run_listener(endpoint.host, endpoint.port, listening.take, listening.knows, stop)
    except CannotListen as error:
        raise Refused(str(error)) from None
