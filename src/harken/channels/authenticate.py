"""Who really sent a letter: asked of the results our own mail server wrote into it, or looked up by ourselves."""

from dataclasses import dataclass, field
from typing import Any

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


def check_sender(arrival: Arrival, letter: Incoming) -> SenderCheck:
    """Return who is known to have sent a letter. Asks name servers, so no transaction may be open.

    Raises OSError or FilesError when the disk has lost the letter.
    """
    if letter.bounce or arrival.workspace_id is None:
        return SenderCheck()
    handover = Handover(arrival.client_ip or "", arrival.envelope_from)
    servers, raw = _trusted_servers(arrival), arrival.raw.read()
    found = authenticate(raw, handover, servers, Questions(), shown=letter.sender.email)
    return SenderCheck(found.state, found.evidence)


def _trusted_servers(arrival: Arrival) -> list[str]:
    mailbox = arrival.channel.settings if arrival.channel else None
    return mailbox.trusted_servers if mailbox else []
