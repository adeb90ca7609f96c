"""The addresses on which we listen, tried before anything is loaded or started."""

import errno
import socket

from harken.config.endpoints import Endpoint
from harken.config.errors import Refused

BACKLOG = 2048


class AddressRefused(Refused):
    """We cannot listen where we should."""


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


def refuse_taken(endpoint: Endpoint) -> None:
    """Raise AddressRefused when mail could not be taken there."""
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    try:
        socket.create_server((endpoint.host, endpoint.port), family=family).close()
    except OSError as error:
        raise AddressRefused(
            f"HARKEN_SMTP_IN={endpoint} cannot be listened on ({error.strerror}): choose another address or port."
        ) from None


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
