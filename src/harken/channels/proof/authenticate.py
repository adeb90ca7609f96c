"""Who really sent a letter: asked of the results our own mail server wrote into it, or looked up by ourselves."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from django.conf import settings

from harken.channels.contract import Incoming
from harken.channels.email.authentication import Handover, authenticate
from harken.channels.email.dns import Questions
from harken.channels.models import Arrival
from harken.tickets.models import Message


@dataclass(frozen=True)
class SenderCheck:
    """`state` is one of Message.SenderCheck, or `""` where nobody looked; the evidence is what it went by."""

    state: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def is_verified(self) -> bool:
        return self.state == Message.SenderCheck.VERIFIED

    @property
    def has_failed(self) -> bool:
        return self.state == Message.SenderCheck.FAILED

    @property
    def is_of_our_own_name(self) -> bool:
        """Say whether the letter came in our own name, for somebody who may have written anything for theirs."""
        return self.evidence.get("why") == "our-name"

    def as_evidence(self) -> dict[str, Any]:
        """Return it as an arrival that became no message keeps it; `kept_check` reads it."""
        return {"sender_check": self.state, "check": self.evidence}


def kept_check(arrival: Arrival) -> SenderCheck | None:
    """Return who had sent a letter when it came; `None` when nobody looked, or no name server answered then."""
    state, evidence = arrival.evidence.get("sender_check"), arrival.evidence.get("check")
    if not state or not evidence or evidence.get("why") == "dns":
        return None
    return SenderCheck(state, evidence)


def check_sender(arrival: Arrival, letter: Incoming, ask: Questions | None = None) -> SenderCheck:
    """Return who is known to have sent a letter. Asks name servers, so no transaction may be open.

    `ask` is the patience it shares with other letters.

    Raises OSError or FilesError when the disk has lost the letter.
    """
    if letter.bounce or arrival.workspace_id is None:
        return SenderCheck()
    servers, raw = _trusted_servers(arrival), arrival.raw.content
    handover = _handover(arrival, stands_behind_another=bool(servers))
    found = authenticate(raw, handover, servers, ask or Questions(), shown=letter.sender.email)
    return SenderCheck(found.state, found.evidence)


def _handover(arrival: Arrival, *, stands_behind_another: bool) -> Handover:
    """Who handed the letter over, where that was an outsider: of a server of ours SPF would say that it may not."""
    if not arrival.client_ip or stands_behind_another:
        return Handover()
    client = ip_address(arrival.client_ip)
    if any(client in network for network in settings.HARKEN_TRUSTED_PROXIES):
        return Handover()
    return Handover(arrival.client_ip, arrival.envelope_from)


def _trusted_servers(arrival: Arrival) -> list[str]:
    mailbox = arrival.channel.settings if arrival.channel else None
    return mailbox.trusted_servers if mailbox else []
