"""By what evidence the letters of the stories came to be where they are, and whose they were found to be."""

from collections.abc import Collection
from typing import Any, NamedTuple

from harken.agents.models import Agent
from harken.channels.contract import Incoming
from harken.channels.models import Arrival
from harken.channels.reasons import Allowed, Proof, Rule
from harken.demo.cast import Person
from harken.lib.addresses import domain_of
from harken.tickets.models import Message

Check = Message.SenderCheck


class Judged(NamedTuple):
    """What became of a letter, and why, as the ledger has it."""

    state: str
    rule: Rule
    evidence: dict[str, Any]


def checked(address: str, marks: Collection[str]) -> dict[str, Any]:
    """Return the fields of a message that say whether it is really from there: `unproved`, `forged`, else it is."""
    domain = domain_of(address)
    if "forged" in marks:
        sent_by = {"result": "fail", "domain": domain, "ip": "203.0.113.77"}
        return _found(Check.FAILED, {"domain": domain, "why": "policy", "spf": sent_by})
    if "unproved" in marks:
        return _found(Check.UNVERIFIED, {"domain": domain, "why": "nothing"})
    signature = {"domain": domain, "selector": "mail", "result": "pass", "why": ""}
    return _found(Check.VERIFIED, {"domain": domain, "why": "dkim", "signer": domain, "dkim": [signature]})


def judged_first(letter: Incoming, number: str) -> Judged:
    """A request of its own, with the number of another where it answers that one without taking part in it."""
    if not number:
        return Judged(Arrival.State.OPENED, Rule.NEW, {})
    evidence = {"header": "In-Reply-To", "sender": letter.sender.email, "number": number}
    return Judged(Arrival.State.OPENED, Rule.STRANGER, evidence | {"answers": letter.references[-1]})


def let_in(letter: Incoming, sender: str, requester: str) -> Judged:
    """Into the request whose signed address it came to."""
    allowed_as = Allowed.REQUESTER if sender == requester else Allowed.PARTICIPANT
    return Judged(
        Arrival.State.JOINED,
        Rule.SIGNED_ADDRESS,
        _to(letter) | {"sender": sender, "allowed_as": str(allowed_as)},
    )


def kept_as_draft(letter: Incoming, agent: Agent) -> Judged:
    """A colleague's answer that was not sent, as something had come that they had not seen."""
    who = {"agent": agent.name, "sender": agent.email, "allowed_as": str(Allowed.COLLEAGUE)}
    proof = {"sender_check": str(Check.VERIFIED), "proof": str(Proof.SENDER_CHECK)}
    return Judged(Arrival.State.JOINED, Rule.COLLEAGUE_UNSEEN, _to(letter) | who | proof)


def as_person(agent: Agent) -> Person:
    """Return a colleague as the writer of a letter."""
    return Person(agent.email, agent.name, agent.name, agent.email, "Fennel", "en")


def _to(letter: Incoming) -> dict[str, str]:
    return {"header": "To", "address": letter.to[0].email}


def _found(state: str, evidence: dict[str, Any]) -> dict[str, Any]:
    return {"sender_check": state, "sender_evidence": evidence}
