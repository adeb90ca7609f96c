"""Web pages and live updates on one port, in this process, until SIGTERM or Ctrl-C."""

import signal
import socket
from ipaddress import IPv4Network, IPv6Network

import uvicorn

from harken.config.asgi import application
from harken.config.garbage import collect_rarely
from harken.config.listener import BACKLOG
from harken.realtime.hub import hub

# Requests under way get this long to finish; with it everything is gone within the five seconds of `harken up`.
SECONDS_TO_FINISH = 2


def run_web(listener: socket.socket, trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()) -> None:
    """Serve until SIGTERM or SIGINT; then open streams end at once and everything is over within three seconds.

    A request that still runs in a thread after that is not waited for: leave the process by `os._exit`.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it is done, which would end this process by it.
        signal.signal(number, lambda *_: None)
    collect_rarely()
    _Server(_settings(trusted_proxies)).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An open stream would be waited for until the patience ends.
        hub.end_all()
        await super().shutdown(sockets)


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
