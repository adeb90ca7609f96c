"""Listeners of ours as they are written in a setting."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


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
