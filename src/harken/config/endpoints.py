"""Outside servers and listeners as they are written in a setting."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

RELAY_FORM = "must look like smtp://user:password@host:port (or smtps://…)"
_DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Relay:
    """The server that takes outgoing mail; `smtps` speaks TLS from the first byte, `smtp` upgrades by STARTTLS."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str) -> "Relay":
        """Read a relay address; raise ValueError with the expected form."""
        parts = urlsplit(text)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(RELAY_FORM)
        port = _port(parts) or _DEFAULT_PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port, user, password)


@dataclass(frozen=True)
class Endpoint:
    """Where a listener of ours waits for connections."""

    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> "Endpoint":
        """Read `host:port`; raise ValueError with the expected form. An empty host means every address."""
        parts = urlsplit(f"//{text}")
        port = _port(parts)
        if not port or parts.path or parts.query or parts.username:
            raise ValueError("must look like host:port, for example 127.0.0.1:2525")
        return cls(parts.hostname or "0.0.0.0", port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("has a port that is not a number from 1 to 65535") from None
