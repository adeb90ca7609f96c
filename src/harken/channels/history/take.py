"""Taking in one letter of long ago: its raw bytes, its row of the ledger and its message, in one transaction.

A letter whose bytes the ledger knows is left alone, so that an import may be broken off and run again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction

from harken.agents.models import Agent
from harken.channels.arriving.letter import others_of, texts_on, words_of
from harken.channels.arriving.receive import Verdict, came_before, end
from harken.channels.arriving.reply_to import for_its_writer
from harken.channels.contract import Incoming, Unreadable
from harken.channels.email.channel import read
from harken.channels.models import Arrival, Channel, RawMail
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.threading import allowed_as
from harken.channels.reasons import Rule
from harken.contacts.models import Identity
from harken.contacts.recognise import recognise
from harken.files import storage
from harken.lib.addresses import normalise
from harken.lib.text import one_line
from harken.tickets import past
from harken.tickets.models import Message, Ticket
from harken.tickets.models.message import hash_of
from harken.workspaces.models import Workspace

State = Arrival.State
MOST_REFERENCES = 50
MOST_RELATIVES = 500
LONGEST_PLACE = 255


@dataclass(frozen=True)
class Archive:
    """Whose letters they are: the workspace, the mailbox they came to, and from which day on a ticket stays open.

    `ours` are addresses besides the mailboxes and the agents' that the company wrote from.
    """

    workspace: Workspace
    channel: Channel | None = None
    open_since: datetime | None = None
    ours: frozenset[str] = frozenset()

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """The agents of the workspace by their address."""
        agents = Agent.objects.filter(workspace=self.workspace).select_related("user")
        return {normalise(agent.email): agent for agent in agents}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every address that we write from."""
        mailboxes = Channel.objects.filter(workspace=self.workspace).values_list("address", flat=True)
        return self.ours | frozenset(mailboxes) | frozenset(self.agents)

    def keeps_open(self, at: datetime) -> bool:
        return self.open_since is not None and at >= self.open_since


def take_past(
    archive: Archive, raw: bytes, at: datetime, *, place: str, relatives: Sequence[int]
) -> Arrival | None:
    """Take a letter in and return its settled row of the ledger; `None` when it is there already.

    `place` says where it lay, `relatives` are the hashes of the ids of its conversation, the latest last.
    Raises OSError when it cannot be stored.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    if Arrival.objects.filter(workspace=archive.workspace, raw__sha256=sha256).exists():
        return None
    letter = read(raw)
    storage.pack(archive.workspace.pk, raw)
    with transaction.atomic():
        arrival = _stored(archive, sha256, len(raw), place)
        return end(arrival, _judge(archive, arrival, letter, at, relatives))


def _stored(archive: Archive, sha256: str, size: int, place: str) -> Arrival:
    kept, _is_new = RawMail.objects.get_or_create(
        workspace=archive.workspace, sha256=sha256, defaults={"size": size}
    )
    return Arrival.objects.create(
        workspace=archive.workspace,
        channel=archive.channel,
        raw=kept,
        source=Arrival.Source.IMPORT,
        folder=one_line(place, LONGEST_PLACE),
    )


def _judge(
    archive: Archive,
    arrival: Arrival,
    letter: Incoming | Unreadable,
    at: datetime,
    relatives: Sequence[int],
) -> Verdict:
    if isinstance(letter, Unreadable):
        return Verdict(State.HELD, Rule(letter.why), evidence=letter.evidence, words=letter.words)
    arrival.content_sha256 = letter.content_sha256
    original = came_before(arrival)
    if original:
        return Verdict(State.DUPLICATE, Rule.DUPLICATE, original.message, original)
    writer = _writer(archive, letter)
    ticket = _ticket(archive.workspace, writer, letter, relatives)
    said = _said(archive, writer, letter, at, ticket)
    is_open = archive.keeps_open(at)
    if ticket:
        return Verdict(State.JOINED, Rule.PAST_THREAD, past.add_to(ticket, said, is_open=is_open))
    first = past.put_down(
        writer.customer, letter.subject, said, channel_id=arrival.channel_id, is_open=is_open
    )
    return Verdict(State.OPENED, Rule.PAST, first)


@dataclass(frozen=True)
class _Writer:
    """Who wrote a letter, and the customer it is about: the writer, or the first we wrote to."""

    customer: Identity
    is_ours: bool
    agent: Agent | None = None
    address: str = ""


def _writer(archive: Archive, letter: Incoming) -> _Writer:
    address = normalise(letter.sender.email)
    outside = [one for one in (*letter.to, *letter.cc) if normalise(one.email) not in archive.addresses]
    # A letter from one of us to another is a request like any other.
    if address in archive.addresses and outside:
        customer = recognise(archive.workspace, outside[0].email, outside[0].name)
        return _Writer(customer, True, archive.agents.get(address), address)
    letter, _checked = for_its_writer(archive.workspace, letter, SenderCheck())
    return _Writer(recognise(archive.workspace, letter.sender.email, letter.sender.name), False)


def _ticket(
    workspace: Workspace, writer: _Writer, letter: Incoming, relatives: Sequence[int]
) -> Ticket | None:
    """The ticket of the nearest relative that holds this customer: their letters, or ours to them."""
    chain = [hash_of(each) for each in (*letter.in_reply_to, *reversed(letter.references))]
    wanted = list(dict.fromkeys([*chain, *reversed(relatives)]))[:MOST_RELATIVES]
    known = Message.objects.filter(workspace=workspace, external_hash__in=wanted).order_by("-id")
    # Programs use an id again: of each there may be several.
    tickets: dict[int, list[Ticket]] = {}
    for each in known.without_words().select_related("ticket__merged_into")[:MOST_RELATIVES]:
        if each.external_hash is not None:
            tickets.setdefault(each.external_hash, []).append(each.ticket)
    near = (ticket for each in wanted for ticket in tickets.get(each, ()))
    return next((each for each in near if allowed_as(each, writer.customer.address)), None)


def _said(
    archive: Archive, writer: _Writer, letter: Incoming, at: datetime, ticket: Ticket | None
) -> past.Said:
    others = others_of(archive.workspace, letter, writer.customer.address)
    addressed = [writer.customer.address] if writer.is_ours else []
    return past.Said(
        words=words_of(archive.workspace, letter, texts_on(ticket)),
        at=at,
        author=None if writer.is_ours else writer.customer,
        agent=writer.agent,
        author_address=writer.address,
        to=tuple(addressed + others["to"]),
        cc=tuple(others["cc"]),
        external_id=letter.external_id,
        references=(letter.references or letter.in_reply_to)[-MOST_REFERENCES:],
        is_automatic=letter.auto_reply or letter.bounce,
    )
