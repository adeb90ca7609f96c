"""The ledger: raw first. What arrives is stored whole and durable, and only then is its source told "accepted"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from harken.channels.arriving import queue, routing
from harken.channels.models import Arrival, Channel, RawMail
from harken.channels.reasons import Rule
from harken.channels.steps import Step, passed
from harken.events.record import record
from harken.files import storage
from harken.lib import rows
from harken.workspaces import wall

_KEEP_ALL = """
    INSERT INTO channels_rawmail (workspace_id, sha256, size)
    SELECT %s::bigint, * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING RETURNING id, sha256
"""


@dataclass(frozen=True)
class Place:
    """Where on an IMAP server a letter lies: one place is taken in once."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True)
class Letter:
    """A letter as a source hands it over.

    `to` are the envelope's recipients; without them (and without a channel) the letter's own headers decide
    whose it is. `client_ip` is who handed it over by SMTP.
    """

    raw: bytes
    source: str
    to: Sequence[str] = ()
    envelope_from: str = ""
    client_ip: str | None = None
    channel: Channel | None = None
    place: Place | None = None


class _Packed(NamedTuple):
    """A letter on the disk: its place among those stored together, whose it is, and the name of its content."""

    at: int
    owner: int | None
    letter: Letter
    sha256: str


def store(raw: bytes, **envelope: Any) -> Arrival:
    """Store a letter and return its row of the ledger; when this returns, the letter survives a power cut.

    `envelope` is the rest of `Letter`. The row is `received`: the settling loop is woken. Storing the same place
    twice returns the first row. Raises OSError or DatabaseError when it cannot be kept: then the source must not be
    told "accepted".
    """
    (arrival,) = store_all([Letter(raw, **envelope)])
    return arrival


def store_all(letters: Sequence[Letter], *, taken: bool = False) -> list[Arrival]:
    """Store letters like `store`, those of a workspace in one transaction, and return their rows in this order.

    With `taken` they are taken off the queue already: the caller settles them.
    """
    packed = [
        _Packed(at, owner, letter, storage.pack(owner, letter.raw))
        for at, (owner, letter) in enumerate(_routed(letters))
    ]
    passed(Step.RAW_WRITTEN)
    arrivals: dict[int, Arrival] = {}
    taken_at = timezone.now() if taken else None
    for owner in dict.fromkeys(each.owner for each in packed):
        with wall.inside(owner), transaction.atomic():
            arrivals |= _stored([each for each in packed if each.owner == owner], taken_at)
            queue.ring()
    passed(Step.ARRIVAL_STORED)
    return [arrivals[at] for at in range(len(letters))]


def store_head(head: bytes, *, size: int, channel: Channel, place: Place) -> Arrival:
    """Keep the header lines of a letter that is too large to be taken, held for a person; twice is harmless."""
    sha256 = storage.pack(channel.workspace_id, head)
    with wall.inside(channel.workspace_id), transaction.atomic():
        kept = _kept(channel.workspace_id, sha256, head)
        known = {"workspace_id": channel.workspace_id, "raw": kept, "source": Arrival.Source.IMAP}
        arrival, is_new = Arrival.objects.get_or_create(channel=channel, **vars(place), defaults=known)
        if is_new:
            arrival.state, arrival.settled_at = Arrival.State.HELD, timezone.now()
            arrival.explain(Rule.TOO_LARGE, {"size": round(size / 1024 / 1024)})
            arrival.save()
            record("arrival.held", arrival)
    return arrival


def _routed(letters: Sequence[Letter]) -> list[tuple[int | None, Letter]]:
    """The workspace each letter belongs to, and the letter with its channel."""
    strays = [letter for letter in letters if letter.channel is None]
    asked = [letter.to or routing.recipients_in(letter.raw) for letter in strays]
    found = iter(routing.channels_for(asked) if asked else [])
    routed = [replace(letter, channel=letter.channel or next(found)) for letter in letters]
    return [(letter.channel.workspace_id if letter.channel else _only_owner(), letter) for letter in routed]


def _only_owner() -> int | None:
    workspace = routing.only_workspace()
    return workspace.pk if workspace else None


def _stored(packed: Sequence[_Packed], taken_at: datetime | None) -> dict[int, Arrival]:
    """The rows of one owner's letters by their places among all."""
    kept = _kept_all(packed)
    arrivals = {each.at: _arrival(kept[each.sha256], each.letter, taken_at) for each in packed}
    # A place on a server may be known already; nothing else about a row is unique.
    rows.insert(*(arrival for arrival in arrivals.values() if arrival.uid is None))
    return {at: _known_or_new(arrival) for at, arrival in arrivals.items()}


def _known_or_new(arrival: Arrival) -> Arrival:
    if arrival.uid is None or rows.insert_new(arrival):
        return arrival
    place = {"folder": arrival.folder, "uidvalidity": arrival.uidvalidity, "uid": arrival.uid}
    return Arrival.objects.get(channel=arrival.channel, **place)


def _kept_all(packed: Sequence[_Packed]) -> dict[str, RawMail]:
    """The raw letters by their content, those new to the owner inserted by one statement."""
    # In one order: who stores the same letters at the same time must not wait in a circle.
    new = {each.sha256: each for each in sorted(packed, key=lambda each: each.sha256)}
    sizes = {each.sha256: len(each.letter.raw) for each in new.values()}
    owner = packed[0].owner
    kept = {
        sha256: RawMail(pk=pk, workspace_id=owner, sha256=sha256, size=sizes[sha256])
        for pk, sha256 in rows.ask(_KEEP_ALL, [owner, list(sizes), list(sizes.values())])
    }
    known = [each for each in new.values() if each.sha256 not in kept]
    return kept | {each.sha256: _kept(owner, each.sha256, each.letter.raw) for each in known}


def _kept(workspace_id: int | None, sha256: str, raw: bytes) -> RawMail:
    kept = RawMail(workspace_id=workspace_id, sha256=sha256, size=len(raw))
    if not rows.insert_new(kept):
        # Outside of all workspaces it is found by its content, inside of one by the wall and its content.
        kept = RawMail.objects.get(sha256=sha256)
        _keep_again(kept, raw)
    return kept


def _keep_again(kept: RawMail, raw: bytes) -> None:
    # Its days may end at this very moment: the lock waits for the removal, or holds it off.
    kept.refresh_from_db(from_queryset=RawMail.objects.select_for_update(no_key=True))
    if kept.removed_at:
        storage.pack(kept.workspace_id, raw)
        kept.removed_at = kept.kept_days = None
        kept.save(update_fields=["removed_at", "kept_days"])


def _arrival(kept: RawMail, letter: Letter, taken_at: datetime | None) -> Arrival:
    place = vars(letter.place) if letter.place else {}
    return Arrival(
        workspace_id=kept.workspace_id,
        channel=letter.channel,
        raw=kept,
        source=letter.source,
        envelope_from=letter.envelope_from,
        envelope_to=list(letter.to),
        client_ip=letter.client_ip,
        **place,
        claimed_at=taken_at,
    )
