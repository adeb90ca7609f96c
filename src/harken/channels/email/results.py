"""Authentication-Results: what a mail server found out about a letter's sender, and whose word counts (RFC 8601).

Anybody can write such a header. Only the results of servers that the mailbox trusts are read, and of those only what
stands above the first hop that is not theirs: whatever the sender wrote lies below it. A trusted server has to
take out what came in its own name, as RFC 8601 wants it; that is what trusting it means.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harken.channels.email.domains import is_within, wire_domain
from harken.channels.email.head import fields_of

LONGEST_VALUE = 16_384
MOST_RESULTS = 50

_RESULT = re.compile(r"([a-z0-9_-]{1,40})(?:/\d+)?\s*=\s*([a-z]{1,40})", re.I)
_PROPERTY = re.compile(r'([a-z]{1,40}\.[a-z0-9_-]{1,40})\s*=\s*("[^"]*"|\S+)', re.I)
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.I)
_SUFFIX = re.compile(r"[a-z]{2,3}\.[a-z]{2}")
_OWN_ID = re.compile(r"[a-z0-9._-]{1,255}", re.I)


@dataclass(frozen=True)
class Result:
    """One method and what came of it: dkim, pass, header.d=acme.example."""

    method: str
    value: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties that has one, whether an address or a domain stands there."""
        given = (self.properties.get(name, "") for name in names)
        return next(
            (domain for domain in (wire_domain(each.rpartition("@")[2]) for each in given) if domain), ""
        )


@dataclass(frozen=True)
class Results:
    """What one server says."""

    server: str
    results: tuple[Result, ...] = ()

    def of(self, method: str) -> list[Result]:
        return [result for result in self.results if result.method == method]


def trusted_results(letter: bytes, servers: Iterable[str]) -> Results | None:
    """Return what the nearest trusted server says, None when none of them says anything."""
    trusted = {server.strip().lower() for server in servers if server.strip()}
    if not trusted:
        return None
    found: list[Results] = []
    for name, value in _above_strangers(letter, trusted):
        if name == "received" and found:
            break
        if name == "authentication-results":
            said = read_results(value)
            if said and said.server in trusted and (not found or found[0].server == said.server):
                found.append(said)
    return Results(found[0].server, tuple(each for said in found for each in said.results)) if found else None


def naming_servers(letter: bytes) -> list[str]:
    """Return the servers in whose names results stand in a letter, the nearest first: to suggest, not to trust."""
    values = [value for name, value in fields_of(letter) if name == "authentication-results"]
    named = (read_results(value) for value in values[:MOST_RESULTS])
    return list(dict.fromkeys(said.server for said in named if said))


def read_results(value: bytes) -> Results | None:
    """Read one header; None when it names no server."""
    words = _without_comments(value[:LONGEST_VALUE].decode("utf-8", "replace"))
    first, *rest = words.split(";")
    server = first.split()[0] if first.split() else ""
    if not _OWN_ID.fullmatch(server):
        return None
    return Results(server.lower(), tuple(_results(rest)))


def _results(pieces: list[str]) -> Iterator[Result]:
    for piece in pieces[:MOST_RESULTS]:
        match = _RESULT.match(piece.strip())
        if match:
            properties = {
                name.lower(): given.strip('"') for name, given in reversed(_PROPERTY.findall(piece))
            }
            yield Result(match[1].lower(), match[2].lower(), properties)


def _without_comments(text: str) -> str:
    kept, depth, is_quoted = [], 0, False
    for at, sign in enumerate(text):
        if sign == '"' and depth == 0 and text[at - 1 : at] != "\\":
            is_quoted = not is_quoted
        if sign == "(" and not is_quoted:
            depth += 1
        if depth == 0:
            kept.append(" " if sign in ";" and is_quoted else sign)
        if sign == ")" and depth and not is_quoted:
            depth -= 1
    return "".join(kept)


def _above_strangers(letter: bytes, trusted: set[str]) -> Iterator[tuple[str, bytes]]:
    """The header fields down to the first hop that was not the trusted servers' own."""
    homes = [_home(server) for server in trusted]
    for name, value in fields_of(letter):
        if name == "received" and not _is_at_home(value, homes):
            return
        yield name, value


def _home(server: str) -> str:
    """The part of a server's name that its fellows share: google.com for mx.google.com, but not co.uk."""
    parent = server.partition(".")[2]
    return server if parent.count(".") == 0 or _SUFFIX.fullmatch(parent) else parent


def _is_at_home(received: bytes, homes: list[str]) -> bool:
    match = _BY.search(received[:LONGEST_VALUE].decode("ascii", "replace"))
    host = match[1].lower().rstrip(".") if match else ""
    # A bare name or an address is how servers of one house write to each other; strangers come with a domain.
    return "." not in host or ":" in host or any(is_within(host, home) for home in homes)
