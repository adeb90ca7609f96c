"""What a letter shows to belong to a ticket, the surest first: before it is asked who sent it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from harken.channels.contract import Incoming
from harken.channels.email.signatures import Signed, message_id_in, notice_in, signed_for
from harken.channels.reasons import Rule
from harken.lib import rows
from harken.tickets.models import Message, Ticket
from harken.tickets.models.message import MESSAGE_WORDS, hash_of
from harken.workspaces.models import Workspace

# Chains of thousands of ids exist; the newest are at the end and are the ones that answer us.
MOST_REFERENCES = 200
# A form may give one id to all it sends.
MOST_MESSAGES = 500
_BY_ID = f"""
    workspace_id = %s AND external_hash = ANY(%s) AND external_id = ANY(%s) ORDER BY id DESC LIMIT {MOST_MESSAGES}
"""


@dataclass(frozen=True)
class Claim:
    """One proof: the ticket it leads to, by what rule, and where in the letter it stands."""

    ticket: Ticket
    rule: Rule
    details: dict[str, Any]
    # The one colleague that a signed address was made for.
    agent_id: int | None = None
    message: Message | None = None
    is_for_notes: bool = False


@dataclass(frozen=True)
class Claims:
    """All proofs of a letter, the surest first."""

    found: list[Claim] = field(default_factory=list)
    # The references that are this desk's business: known messages, and what it signed itself.
    ours: frozenset[str] = frozenset()
    # Up to which position of which ticket its writer must have read, by what the letter refers to.
    seen: dict[int, int] = field(default_factory=dict)
    # Ids of ours whose message is not here any more.
    gone: tuple[str, ...] = ()

    @property
    def first(self) -> Claim | None:
        return self.found[0] if self.found else None

    def made_for(self, agent_id: int) -> bool:
        """Say whether the letter came to an address that was given to this colleague alone."""
        return any(claim.agent_id == agent_id for claim in self.found)

    @property
    def asks_for_note(self) -> bool:
        """Say whether it came to an address under which colleagues write to colleagues alone."""
        return any(claim.is_for_notes for claim in self.found)


def claims_of(workspace: Workspace, letter: Incoming, envelope_to: Sequence[str] = ()) -> Claims:
    """Return what a letter proves: signed reply addresses, then the chain of ids from its end."""
    chain = _chain(letter)
    known = _known(workspace, [external_id for _header, external_id in chain])
    answered = [
        Claim(message.ticket, _rule(message), {"header": header, "answers": external_id}, message=message)
        for header, external_id in chain
        for message in known.get(external_id, ())
    ]
    shown = {
        external_id: notice for _header, external_id in chain if (notice := notice_in(workspace, external_id))
    }
    lost = [
        each for _header, each in chain if each not in known and message_id_in(workspace, each) is not None
    ]
    signed = _by_address(workspace, letter, envelope_to)
    noticed = _by_notice(workspace, shown)
    read = [(notice.ticket_id, notice.seen_up_to) for notice in shown.values()]
    read += [(message.ticket_id, message.position) for same in known.values() for message in same]
    # The last of all it refers to: a letter that tells of a ticket refers to the one before it.
    seen = dict(sorted(read))
    return Claims(
        [*_moved(signed, answered), *signed, *answered, *noticed],
        frozenset([*known, *shown, *lost]),
        seen,
        tuple(lost),
    )


def _chain(letter: Incoming) -> list[tuple[str, str]]:
    """The ids a letter refers to, the nearest first, each with the header it stands in."""
    chain = [("In-Reply-To", each) for each in letter.in_reply_to[-MOST_REFERENCES:]]
    chain += [("References", each) for each in reversed(letter.references[-MOST_REFERENCES:])]
    nearest = {each: header for header, each in reversed(chain)}
    return [(nearest[each], each) for each in dict.fromkeys(each for _header, each in chain)]


def _known(workspace: Workspace, chain: list[str]) -> dict[str, list[Message]]:
    """The messages of these ids: by their own, by another they went by, or by what our signature says of them.

    Programs use an id again, and whoever read a letter may: of one id ours come first, then the newest.
    """
    if not chain:
        return {}
    known: dict[str, list[Message]] = {}
    for message in sorted(_messages(workspace, chain), key=lambda each: each.kind == Message.Kind.CONTACT):
        known.setdefault(message.external_id, []).append(message)
    if chain[0] not in known:
        others = _known_otherwise(workspace, [each for each in chain if each not in known])
        known |= {each: [message] for each, message in others.items()}
    return known


def _messages(workspace: Workspace, chain: list[str]) -> list[Message]:
    """The messages of these ids, each with its ticket. Asked of every answer: by prepared statements."""
    hashes = [hash_of(each) for each in chain]
    messages = rows.found(Message, _BY_ID, [workspace.pk, hashes, chain], without=MESSAGE_WORDS)
    found = (
        rows.found(Ticket, "id = ANY(%s)", [[message.ticket_id for message in messages]]) if messages else []
    )
    tickets = {ticket.pk: ticket for ticket in found}
    for message in messages:
        message.ticket = tickets[message.ticket_id]
        message.ticket.workspace = workspace
    return messages


def _known_otherwise(workspace: Workspace, strange: list[str]) -> dict[str, Message]:
    known: dict[str, Message] = {}
    messages = Message.objects.select_related("ticket__merged_into").without_words()
    for message in messages.also_known_as(workspace, strange).prefetch_related("aliases"):
        known |= {alias.external_id: message for alias in message.aliases.all()}
    signed = {each: number for each in strange if (number := message_id_in(workspace, each)) is not None}
    numbered = messages.filter(workspace=workspace).in_bulk(signed.values()) if signed else {}
    return known | {each: numbered[number] for each, number in signed.items() if number in numbered}


def _rule(message: Message) -> Rule:
    return Rule.KNOWN_MESSAGE if message.kind == Message.Kind.CONTACT else Rule.OWN_MESSAGE


def _by_address(workspace: Workspace, letter: Incoming, envelope_to: Sequence[str]) -> list[Claim]:
    places = [
        *(("envelope", each) for each in envelope_to),
        *(("Delivered-To", each) for each in letter.delivered_to),
        *(("To", one.email) for one in letter.to),
        *(("Cc", one.email) for one in letter.cc),
    ]
    signed = {
        address: (header, made_for)
        for header, address in reversed(places)
        if (made_for := signed_for(workspace, address))
    }
    tickets = _tickets(workspace, [made_for.ticket_id for _header, made_for in signed.values()])
    return [
        Claim(
            tickets[made_for.ticket_id],
            Rule.SIGNED_ADDRESS,
            {"header": header, "address": address},
            made_for.agent_id,
            is_for_notes=made_for.is_for_notes,
        )
        for address, (header, made_for) in reversed(signed.items())
        if made_for.ticket_id in tickets
    ]


def _by_notice(workspace: Workspace, shown: dict[str, Signed]) -> list[Claim]:
    tickets = _tickets(workspace, [notice.ticket_id for notice in shown.values()])
    return [
        Claim(tickets[notice.ticket_id], Rule.OWN_MESSAGE, {"header": "References", "answers": external_id})
        for external_id, notice in shown.items()
        if notice.ticket_id in tickets
    ]


def _tickets(workspace: Workspace, ids: Iterable[int]) -> dict[int, Ticket]:
    wanted = set(ids)
    if not wanted:
        return {}
    found = Ticket.objects.filter(workspace=workspace, pk__in=wanted).select_related("merged_into")
    return {ticket.pk: ticket for ticket in found}


def _moved(signed: Sequence[Claim], answered: Sequence[Claim]) -> list[Claim]:
    """Whoever answers a message that was moved since answers it where it lies now, whatever address it came to."""
    nearest = answered[0] if answered else None
    came_to = nearest.message.moved_from_id if nearest and nearest.message else None
    if nearest is None or came_to not in [claim.ticket.pk for claim in signed]:
        return []
    details = nearest.details | {"address": signed[0].details["address"]}
    return [Claim(nearest.ticket, Rule.MOVED, details, signed[0].agent_id, nearest.message)]
