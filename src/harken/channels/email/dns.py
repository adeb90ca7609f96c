"""The Domain Name System: asked with short patience, remembered, and left alone for a while when nobody answers.

Mail must never wait for a name server: one question waits two seconds, all questions about one letter four, and
after two questions in a row without any answer none is asked for a minute.
"""

import threading
import time
from collections import OrderedDict
from functools import lru_cache

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings

OFF = "off"
QUESTION_SECONDS, TRY_SECONDS = 2.0, 0.4
LETTER_SECONDS = 4.0
PAUSE_SECONDS = 60.0
SILENCES_BEFORE_PAUSE = 2
SHORTEST_MEMORY_SECONDS, LONGEST_MEMORY_SECONDS = 30, 3600
# How long "there is no such name" and "the server failed" are remembered.
NOTHING_SECONDS, FAILURE_SECONDS = 300, 60
MOST_REMEMBERED = 5_000
MOST_RECORDS = 100
LONGEST_TEXT = 8_192

Records = tuple[bytes, ...]


class CouldNotAsk(Exception):
    """No name server answered, or the answer was a failure: nothing is known, neither yes nor no."""


class NameServers:
    """Whoever answers for us: `""` the system's name servers, `host:port` one of our own, `off` nobody."""

    def __init__(self, server: str = "") -> None:
        self._server = server
        self._resolver: dns.resolver.Resolver | None = None
        self._known: OrderedDict[tuple[str, str], tuple[float, Records | None]] = OrderedDict()
        self._silences = 0
        self._silent_until = 0.0
        self._lock = threading.Lock()

    def ask(self, name: str, kind: str, seconds: float = QUESTION_SECONDS) -> Records:
        """Return the records of a name as text; none when there are none. Raises CouldNotAsk."""
        if self._server == OFF:
            raise CouldNotAsk("HARKEN_DNS=off")
        key = (name.rstrip(".").lower(), kind)
        remembered = self._remembered(key)
        if remembered:
            return _or_failure(remembered[1])
        if seconds <= 0 or time.monotonic() < self._silent_until:
            raise CouldNotAsk("no time left" if seconds <= 0 else "name servers are silent")
        records, memory_seconds = self._asked(*key, seconds)
        self._remember(key, records, memory_seconds)
        return _or_failure(records)

    def forget(self) -> None:
        """Ask anew from now on: somebody has just changed a record and looks whether it is there."""
        with self._lock:
            self._known.clear()
            self._silences, self._silent_until = 0, 0.0

    def _remembered(self, key: tuple[str, str]) -> tuple[float, Records | None] | None:
        with self._lock:
            found = self._known.get(key)
            return found if found and found[0] > time.monotonic() else None

    def _remember(self, key: tuple[str, str], records: Records | None, seconds: float) -> None:
        with self._lock:
            self._known[key] = (time.monotonic() + seconds, records)
            self._known.move_to_end(key)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)

    def _asked(self, name: str, kind: str, seconds: float) -> tuple[Records | None, float]:
        """Return the records (None: a failure) and for how many seconds they hold."""
        try:
            answer = self._resolve(name, kind, min(seconds, QUESTION_SECONDS))
        except dns.resolver.NXDOMAIN:
            self._heard()
            return (), NOTHING_SECONDS
        except dns.resolver.NoNameservers:
            self._heard()
            return None, FAILURE_SECONDS
        except (dns.exception.Timeout, dns.resolver.NoResolverConfiguration, OSError) as error:
            self._heard_nothing()
            raise CouldNotAsk("name servers are silent") from error
        except (dns.exception.DNSException, UnicodeError, ValueError):
            # A name that cannot exist, such as one with a label of a hundred letters.
            return (), NOTHING_SECONDS
        self._heard()
        lasts = answer.rrset.ttl if answer.rrset else NOTHING_SECONDS
        return _records(answer), min(max(lasts, SHORTEST_MEMORY_SECONDS), LONGEST_MEMORY_SECONDS)

    def _resolve(self, name: str, kind: str, seconds: float) -> dns.resolver.Answer:
        if self._resolver is None:
            self._resolver = _resolver(self._server)
        return self._resolver.resolve(
            dns.name.from_text(name), kind, lifetime=seconds, raise_on_no_answer=False, search=False
        )

    def _heard(self) -> None:
        self._silences = 0

    def _heard_nothing(self) -> None:
        self._silences += 1
        if self._silences >= SILENCES_BEFORE_PAUSE:
            self._silent_until = time.monotonic() + PAUSE_SECONDS


class Questions:
    """The questions about one letter, or for one page: they share their patience."""

    def __init__(self, servers: NameServers | None = None, seconds: float = LETTER_SECONDS) -> None:
        self._servers = servers or name_servers()
        self._until = time.monotonic() + seconds

    def texts(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined to one piece. Raises CouldNotAsk, as all of these do."""
        return list(self._ask(name, "TXT"))

    def addresses(self, name: str, version: int = 4) -> list[str]:
        """The addresses of a host, of one family."""
        return [each.decode() for each in self._ask(name, "AAAA" if version == 6 else "A")]

    def exchanges(self, name: str) -> list[str]:
        """The hosts that take mail for a domain, the preferred first."""
        return [each.decode() for each in self._ask(name, "MX")]

    def _ask(self, name: str, kind: str) -> Records:
        return self._servers.ask(name, kind, self._until - time.monotonic())


def name_servers() -> NameServers:
    """The name servers of this installation (HARKEN_DNS), with what they said before."""
    return _name_servers(settings.HARKEN_DNS)


@lru_cache(maxsize=8)
def _name_servers(server: str) -> NameServers:
    return NameServers(server)


def _resolver(server: str) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not server)
    if server:
        host, _colon, port = server.rpartition(":")
        resolver.nameservers, resolver.port = [host.strip("[]")], int(port)
    # A packet that was lost is sent again while there is time.
    resolver.timeout = TRY_SECONDS
    return resolver


def _or_failure(records: Records | None) -> Records:
    if records is None:
        raise CouldNotAsk("the name server reports a failure")
    return records


def _records(answer: dns.resolver.Answer) -> Records:
    found = list(answer.rrset or ())[:MOST_RECORDS]
    if answer.rdtype == dns.rdatatype.MX:
        return tuple(
            each.exchange.to_text(omit_final_dot=True).encode()
            for each in sorted(found, key=lambda each: each.preference)
        )
    if answer.rdtype == dns.rdatatype.TXT:
        texts = (b"".join(each.strings) for each in found)
        return tuple(text for text in texts if len(text) <= LONGEST_TEXT)
    return tuple(each.to_text().rstrip(".").encode() for each in found)
