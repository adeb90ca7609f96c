"""The ledger: raw first. What arrives is stored whole and durable, and only then is its source told "accepted"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from harken.channels import routing, tasks
from harken.channels.models import Arrival, Channel, RawMail
from harken.channels.reasons import Rule
from harken.channels.steps import Step, passed
from harken.events.record import record
from harken.files import storage
from harken.workspaces import wall


@dataclass(frozen=True)
class Place:
    """Where on an IMAP server a letter lies: one place is taken in once."""

    folder: str
    uidvalidity: int
    uid: int


def store(
    raw: bytes,
    *,
    source: str,
    to: Sequence[str] = (),
    envelope_from: str = "",
    client_ip: str | None = None,
    channel: Channel | None = None,
    place: Place | None = None,
) -> Arrival:
    """Store a letter and return its row of the ledger; when this returns, the letter survives a power cut.

    `to` are the envelope's recipients; without them (and without a channel) the letter's own headers decide
    whose it is; `client_ip` is who handed it over by SMTP. The row is `received` and a job will settle it. Storing
    the same place twice returns the first row. Raises OSError or DatabaseError when it cannot be kept: then the source must not be told "accepted".
    """
    channel = channel or routing.channel_for(to or routing.recipients_in(raw))
    workspace_id = channel.workspace_id if channel else _owner_without_channel()
    sha256 = storage.pack(workspace_id, raw)
    passed(Step.RAW_WRITTEN)
    with wall.inside(workspace_id), transaction.atomic():
        kept = _kept(workspace_id, sha256, raw)
        arrival = _arrival(
            kept,
            channel,
            place,
            source=source,
            envelope_from=envelope_from,
            envelope_to=list(to),
            client_ip=client_ip,
        )
    passed(Step.ARRIVAL_STORED)
    return arrival


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


def _kept(workspace_id: int | None, sha256: str, raw: bytes) -> RawMail:
    known: dict[str, Any] = {"workspace_id": workspace_id, "sha256": sha256}
    kept, is_new = RawMail.objects.get_or_create(**known, defaults={"size": len(raw)})
    if not is_new:
        _keep_again(kept, raw)
    return kept


def _keep_again(kept: RawMail, raw: bytes) -> None:
    # Its days may end at this very moment: the lock waits for the removal, or holds it off.
    kept.refresh_from_db(from_queryset=RawMail.objects.select_for_update(no_key=True))
    if kept.removed_at:
        storage.pack(kept.workspace_id, raw)
        kept.removed_at = kept.kept_days = None
        kept.save(update_fields=["removed_at", "kept_days"])


def _arrival(kept: RawMail, channel: Channel | None, place: Place | None, **fields: Any) -> Arrival:
    known = {"workspace_id": kept.workspace_id, "channel": channel, "raw": kept, **fields}
    if place:
        arrival, is_new = Arrival.objects.get_or_create(channel=channel, **vars(place), defaults=known)
    else:
        arrival, is_new = Arrival.objects.create(**known), True
    if is_new:
        tasks.settle_arrival.defer(workspace_id=kept.workspace_id, arrival_id=arrival.pk)
    return arrival


def _owner_without_channel() -> int | None:
    workspace = routing.only_workspace()
    return workspace.pk if workspace else None
