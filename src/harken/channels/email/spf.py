"""SPF (RFC 7208): may the server at this address send for this domain?

By hand, as the libraries for it are no longer kept up; the limits are the RFC's own.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from harken.channels.email.dns import CouldNotAsk, Questions
from harken.channels.email.domains import wire_domain

MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_HOSTS = 10

PASS, FAIL, SOFTFAIL, NEUTRAL, NONE = "pass", "fail", "softfail", "neutral", "none"
TEMPERROR, PERMERROR = "temperror", "permerror"

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_RESULTS = {"": PASS, "+": PASS, "-": FAIL, "~": SOFTFAIL, "?": NEUTRAL}
_TERM = re.compile(r"([+\-~?]?)([a-z0-9]+)(?:[:]([^\s]*?))?((?:/\d{1,3})?(?://\d{1,3})?)", re.I)
_IP_TERM = re.compile(r"([+\-~?]?)(ip[46]):(\S+)", re.I)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(\S*)", re.I)
_MACRO = re.compile(r"%(?:\{([slodipvh])(\d{0,3})(r?)([-.+,/_=]*)\}|([%_-]))", re.I)
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}


class _Wrong(Exception):
    """The record cannot be followed."""


@dataclass(frozen=True)
class _Term:
    """One mechanism: what to answer when it fits, its name, its domain or network, its prefix lengths."""

    result: str
    name: str
    value: str = ""
    lengths: str = ""


def check_host(address: str, sender: str, ask: Questions) -> str:
    """Return the result for a letter that `address` handed over from envelope sender `sender`; it never raises."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    domain = wire_domain(sender.rpartition("@")[2])
    if not domain:
        return NONE
    try:
        return _Check(ip, sender, ask).result_of(domain)
    except _Wrong:
        return PERMERROR
    except CouldNotAsk:
        return TEMPERROR


def record_among(texts: list[bytes]) -> str | None:
    """Return the SPF record among TXT records, None when there is none. Raises ValueError when there are several."""
    records = [text.decode("ascii", "replace") for text in texts if re.match(rb"v=spf1(\s|$)", text, re.I)]
    if len(records) > 1:
        raise ValueError("several SPF records")
    return records[0] if records else None


class _Check:
    """One evaluation with its limits, across includes and redirects."""

    def __init__(self, ip: IP, sender: str, ask: Questions) -> None:
        self._ip = ip
        self._sender = sender
        self._ask = ask
        self._lookups = self._voids = 0
        self._mechanisms: dict[str, Callable[[_Term, str], bool]] = {
            "all": lambda _term, _domain: True,
            "ip4": self._is_in_network,
            "ip6": self._is_in_network,
            "a": self._is_host,
            "mx": self._is_exchange,
            "include": self._is_included,
            "exists": self._exists,
            "ptr": self._claims_name,
        }

    def result_of(self, domain: str) -> str:
        try:
            record = record_among(self._ask.texts(domain))
        except ValueError as error:
            raise _Wrong from error
        if record is None:
            return NONE
        terms, redirect = _terms(record)
        for term in terms:
            if self._mechanism(term)(term, domain):
                return term.result
        return self._redirected(redirect, domain) if redirect else NEUTRAL

    def _mechanism(self, term: _Term) -> Callable[[_Term, str], bool]:
        if term.name not in self._mechanisms:
            raise _Wrong(f"unknown mechanism {term.name}")
        return self._mechanisms[term.name]

    def _redirected(self, redirect: str, domain: str) -> str:
        self._count_lookup()
        result = self.result_of(self._expanded(redirect, domain))
        if result == NONE:
            raise _Wrong("redirected to nothing")
        return result

    def _is_in_network(self, term: _Term, _domain: str) -> bool:
        try:
            network = ipaddress.ip_network(term.value, strict=False)
        except ValueError as error:
            raise _Wrong from error
        if network.version != int(term.name[-1]):
            raise _Wrong("a network of the other family")
        return self._ip in network

    def _is_host(self, term: _Term, domain: str) -> bool:
        self._count_lookup()
        found = self._heard(self._addresses(self._expanded(term.value, domain)))
        return self._is_among(found, term.lengths)

    def _is_exchange(self, term: _Term, domain: str) -> bool:
        self._count_lookup()
        hosts = self._heard(self._ask.exchanges(self._expanded(term.value, domain)))
        if len(hosts) > MOST_HOSTS:
            raise _Wrong("too many mail servers")
        return any(self._is_among(self._addresses(host), term.lengths) for host in hosts)

    def _is_included(self, term: _Term, domain: str) -> bool:
        self._count_lookup()
        result = self.result_of(self._expanded(term.value or "-", domain))
        if result == NONE:
            raise _Wrong("includes nothing")
        return result == PASS

    def _exists(self, term: _Term, domain: str) -> bool:
        self._count_lookup()
        return bool(self._heard(self._ask.addresses(self._expanded(term.value or "-", domain), 4)))

    def _claims_name(self, _term: _Term, _domain: str) -> bool:
        # "Do not use" (RFC 7208, 5.5): slow, and it proves nothing that the others do not.
        self._count_lookup()
        return False

    def _addresses(self, host: str) -> list[str]:
        return self._ask.addresses(host, self._ip.version)

    def _is_among(self, addresses: list[str], lengths: str) -> bool:
        length = _length(lengths, self._ip.version)
        return any(
            self._ip in ipaddress.ip_network(f"{address}/{length}", strict=False) for address in addresses
        )

    def _count_lookup(self) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _Wrong("too many lookups")

    def _heard(self, answer: list[str]) -> list[str]:
        self._voids += not answer
        if self._voids > MOST_VOID:
            raise _Wrong("too many lookups without an answer")
        return answer

    def _expanded(self, spec: str, domain: str) -> str:
        """The domain a term names, its macros filled in (RFC 7208, 7); the one in question where it names none."""
        if not spec:
            return domain
        local, _at, of_sender = self._sender.rpartition("@")
        nibbles = self._ip.exploded.replace(":", "")
        values = {
            "s": f"{local or 'postmaster'}@{of_sender}",
            "l": local or "postmaster",
            "o": of_sender,
            "d": domain,
            "i": ".".join(nibbles) if self._ip.version == 6 else str(self._ip),
            "p": "unknown",
            "v": "ip6" if self._ip.version == 6 else "in-addr",
            "h": "unknown",
        }
        name = _MACRO.sub(lambda match: _macro(match, values), spec)
        if "%" in name:
            raise _Wrong("a broken macro")
        return name[-253:].rstrip(".").lower()


def _terms(record: str) -> tuple[list[_Term], str]:
    """The mechanisms of a record in their order, and where it redirects to. Raises _Wrong on what is none."""
    terms, redirect = [], ""
    for word in record.split()[1:]:
        modifier = _MODIFIER.fullmatch(word)
        if modifier:
            redirect = modifier[2] if modifier[1].lower() == "redirect" else redirect
        else:
            terms.append(_term(word))
    return terms, redirect


def _term(word: str) -> _Term:
    network = _IP_TERM.fullmatch(word)
    if network:
        return _Term(_RESULTS[network[1]], network[2].lower(), network[3])
    match = _TERM.fullmatch(word)
    if match is None:
        raise _Wrong(f"not a term: {word}")
    return _Term(_RESULTS[match[1]], match[2].lower(), match[3] or "", match[4])


def _length(lengths: str, version: int) -> int:
    """The prefix length of a term for one family: `/24//64` is 24 for IPv4, 64 for IPv6."""
    four, _slashes, six = lengths.partition("//")
    given, longest = (six, 128) if version == 6 else (four.strip("/"), 32)
    length = int(given) if given else longest
    if length > longest:
        raise _Wrong("a prefix too long")
    return length


def _macro(match: re.Match[str], values: dict[str, str]) -> str:
    letter, digits, reverse, delimiters, escape = match.groups()
    if escape:
        return _ESCAPES[escape]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values[letter.lower()])
    if reverse:
        parts.reverse()
    return ".".join(parts[-int(digits) :] if digits and int(digits) else parts)
