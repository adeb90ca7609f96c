"""Who really sent a letter: what a trusted server says, or what DKIM, SPF and DMARC say when we look ourselves.

verified: something proves the domain of the sender. failed: the domain asks for such proof, and none is there.
unverified: everything else, and whatever could not be looked up.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harken.channels.email import headers, spf
from harken.channels.email.dkim_check import Signature, check_signatures, claimed_domains
from harken.channels.email.dmarc import Policy, is_aligned, policy_of
from harken.channels.email.dns import CouldNotAsk, Questions
from harken.channels.email.domains import is_within, wire_domain
from harken.channels.email.head import fields_of
from harken.channels.email.results import Result, Results, trusted_results
from harken.lib import addresses
from harken.lib.addresses import normalise

VERIFIED, UNVERIFIED, FAILED = "verified", "unverified", "failed"
MOST_TOLD = 5

# Whoever hands letters over from there is our own mail server, and no sender's.
_INSIDE_4 = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
)
_INSIDE_6 = ("::1/128", "fc00::/7", "fe80::/10")
_INSIDE = tuple(map(ipaddress.ip_network, (*_INSIDE_4, *_INSIDE_6)))


@dataclass(frozen=True)
class Found:
    """The state and what it went by, as JSON takes it; `why` in it is a code of `channels.proof.sender_words`."""

    state: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Handover:
    """How a letter came: by whom it was handed to us by SMTP, and as whose."""

    client_ip: str = ""
    envelope_from: str = ""

    @property
    def is_known(self) -> bool:
        """Is it an outsider who handed it over, so that SPF has a say?"""
        if not self.client_ip:
            return False
        ip = ipaddress.ip_address(self.client_ip)
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return not any(ip in network for network in _INSIDE)


def authenticate(
    letter: bytes, handover: Handover, servers: Sequence[str], ask: Questions, *, shown: str = ""
) -> Found:
    """Return who is known to have sent a letter; `servers` are those whose results count. It never raises.

    `shown` is the sender whom people will see: when the letter is built so that its reader finds another one
    than we do here, nobody is proved.
    """
    senders = senders_of(letter)
    if not senders:
        return Found(UNVERIFIED, {"why": "no-sender"})
    if len({*map(normalise, senders), normalise(shown or senders[0])}) != 1 or len(senders) != 1:
        return Found(UNVERIFIED, {"why": "several-senders"})
    domain = wire_domain(senders[0].rpartition("@")[2])
    if not domain:
        return Found(UNVERIFIED, {"why": "no-sender"})
    results = trusted_results(letter, servers)
    return by_results(domain, results) if results else _by_ourselves(letter, domain, handover, ask)


def senders_of(letter: bytes) -> list[str]:
    """Return the addresses in the From fields, however many there are; of a sound letter exactly one."""
    values = [value for name, value in fields_of(letter) if name == "from"][:MOST_TOLD]
    texts = [headers.unfold(value[:4_096]) for value in values]
    return [entry.email for text in texts for entry in addresses.parse(text)[:MOST_TOLD] if entry.email]


def by_results(domain: str, results: Results) -> Found:
    """Read a trusted server's results for the domain of a sender."""
    evidence = {"by": "results", "server": results.server, "domain": domain}
    dmarc = [each for each in results.of("dmarc") if each.domain("header.from") in ("", domain)]
    if any(each.value in ("pass", "bestguesspass") for each in dmarc):
        return Found(VERIFIED, evidence | {"why": "results-dmarc"})
    if any(each.value == "fail" for each in dmarc):
        return Found(FAILED, evidence | {"why": "results-fail"})
    for method, properties in (("dkim", ("header.d", "header.i")), ("spf", ("smtp.mailfrom",))):
        signer = _passed_for(domain, results.of(method), properties)
        if signer:
            return Found(VERIFIED, evidence | {"why": f"results-{method}", "signer": signer})
    return Found(UNVERIFIED, evidence | {"why": "results-nothing"})


def _passed_for(domain: str, results: list[Result], properties: tuple[str, ...]) -> str:
    """Return the domain of the first pass that speaks for the sender's, `""` when there is none."""
    passed = (each.domain(*properties) for each in results if each.value == "pass")
    return next((signer for signer in passed if signer and is_within(domain, signer)), "")


def _by_ourselves(letter: bytes, domain: str, handover: Handover, ask: Questions) -> Found:
    evidence: dict[str, Any] = {"by": "us", "domain": domain}
    signatures = check_signatures(letter, lambda signer: _may_align(signer, domain), ask)
    evidence["dkim"] = [asdict(each) for each in signatures] or _strangers(letter)
    sent_by = _spf(handover, domain, ask)
    evidence |= sent_by
    try:
        policy = policy_of(domain, ask) if not _is_plain(domain, signatures) else Policy(domain, domain)
        evidence["dmarc"] = policy.wish
        proof = _proof(policy, signatures, sent_by.get("spf", {}), ask)
    except CouldNotAsk:
        return Found(UNVERIFIED, evidence | {"why": "dns"})
    if proof:
        return Found(VERIFIED, evidence | proof)
    return _without_proof(policy, signatures, sent_by, evidence)


def _strangers(letter: bytes) -> list[dict[str, str]]:
    """Signatures of others prove nothing about this sender; they are told and not checked."""
    named = dict.fromkeys(filter(None, claimed_domains(letter)))
    return [
        {"domain": each, "selector": "", "result": "other", "why": ""} for each in list(named)[:MOST_TOLD]
    ]


def _may_align(signer: str, domain: str) -> bool:
    return bool(signer) and signer.split(".")[-2:] == domain.split(".")[-2:]


def _is_plain(domain: str, signatures: list[Signature]) -> bool:
    """Is it signed by the very domain? Then no policy can say otherwise, and none is asked for."""
    return any(each.result == "pass" and each.domain == domain for each in signatures)


def _spf(handover: Handover, domain: str, ask: Questions) -> dict[str, Any]:
    envelope = wire_domain(handover.envelope_from.rpartition("@")[2])
    if not handover.is_known:
        return {}
    if not _may_align(envelope, domain):
        return {"spf": {"result": "other", "domain": envelope, "ip": handover.client_ip}}
    result = spf.check_host(handover.client_ip, handover.envelope_from, ask)
    return {"spf": {"result": result, "domain": envelope, "ip": handover.client_ip}}


def _proof(
    policy: Policy, signatures: list[Signature], sent_by: dict[str, str], ask: Questions
) -> dict[str, str]:
    """Return what proves the sender's domain: an aligned signature, an aligned envelope; nothing when nothing does."""
    for each in signatures:
        if each.result == "pass" and is_aligned(each.domain, policy, ask, about="adkim"):
            return {"why": "dkim", "signer": each.domain}
    if sent_by.get("result") == "pass" and is_aligned(sent_by["domain"], policy, ask, about="aspf"):
        return {"why": "spf", "signer": sent_by["domain"]}
    return {}


def _without_proof(
    policy: Policy, signatures: list[Signature], sent_by: dict[str, Any], evidence: dict[str, Any]
) -> Found:
    was_silent = any(each.result == "unknown" for each in signatures)
    if was_silent or sent_by.get("spf", {}).get("result") == spf.TEMPERROR:
        return Found(UNVERIFIED, evidence | {"why": "dns"})
    is_broken = any(each.result == "fail" for each in signatures)
    if policy.wish == "reject" or (policy.wish == "quarantine" and (is_broken or sent_by)):
        return Found(FAILED, evidence | {"why": "policy"})
    # A letter we fetched has no envelope to look at. A domain that sends by SPF alone must not be
    # called a forger for that, unless it wants everything refused that does not prove itself.
    return Found(UNVERIFIED, evidence | {"why": "nothing"})
