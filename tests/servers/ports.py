"""Free ports on loopback."""

import socket
import time


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for_port(port: int, seconds: float = 10) -> None:
    """Return when somebody listens on the port; raise TimeoutError when nobody does in time."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(f"nobody listens on port {port}") from None
            time.sleep(0.02)
        else:
            return
