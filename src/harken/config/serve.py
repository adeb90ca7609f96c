"""Web pages and live updates on one port, in this process, until SIGTERM or Ctrl-C."""

import errno
import gc
import signal
import socket
from ipaddress import IPv4Network, IPv6Network

import uvicorn

from harken.config.asgi import application
from harken.config.errors import Refused
from harken.realtime.hub import hub

# Requests under way get this long to finish; with it everything is gone within the five seconds of `harken up`.
SECONDS_TO_FINISH = 2
BACKLOG = 2048


class AddressRefused(Refused):
    """The web server cannot listen where it should."""


class PortTaken(AddressRefused):
    """Another program listens there."""


def bind(host: str, port: int) -> socket.socket:
    """Take the address before anything is started; whoever connects from now on waits for `run_web`.

    Raises PortTaken, or AddressRefused for any other reason.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise AddressRefused(
            f"“{host}” is not an address of this machine. Choose another with HARKEN_HOST."
        ) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Not left to the server: two programs may bind one port as long as neither listens.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port) from None
    return listener


def run_web(listener: socket.socket, trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()) -> None:
    """Serve until SIGTERM or SIGINT; then open streams end at once and everything is over within three seconds.

    A request that still runs in a thread after that is not waited for: leave the process by `os._exit`.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it is done, which would end this process by it.
        signal.signal(number, lambda *_: None)
    _collect_garbage_rarely()
    _Server(_settings(trusted_proxies)).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An open stream would be waited for until the patience ends.
        hub.end_all()
        await super().shutdown(sockets)


def _collect_garbage_rarely() -> None:
    # With thousands of open streams each full collection stops everything for a third of a second.
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _settings(trusted_proxies: tuple[IPv4Network | IPv6Network, ...]) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[str(network) for network in trusted_proxies],
        timeout_keep_alive=65,  # longer than proxies keep theirs, so that none sends into a closing connection
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


def _refusal(error: OSError, host: str, port: int) -> AddressRefused:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} on {host} is taken by another program. Stop it, or choose another with --port or HARKEN_PORT."
        )
    if error.errno == errno.EACCES:
        return AddressRefused(
            f"Port {port} is kept for root. Choose one from 1024 on with --port or HARKEN_PORT."
        )
    return AddressRefused(
        f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with HARKEN_HOST."
    )
