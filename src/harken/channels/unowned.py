"""Letters that no workspace owned when they came: given to the one that has their address by now."""

from django.db import transaction

from harken.channels import ledger, routing
from harken.channels.models import Arrival
from harken.channels.reasons import Rule
from harken.events.jobs import job
from harken.files.errors import FilesError


@job(queue="mail-in")
def give_out(workspace_id: None) -> None:
    """Take in every letter that waits outside of all workspaces and has found its own. Harmless to run again."""
    for arrival_id in (
        Arrival.objects.filter(workspace=None).held().values_list("pk", flat=True).order_by("pk")
    ):
        _give_out(arrival_id)


@transaction.atomic
def _give_out(arrival_id: int) -> None:
    waiting = (
        Arrival.objects.filter(workspace=None).held().select_related("raw").select_for_update(of=("self",))
    )
    arrival = waiting.filter(pk=arrival_id).first()
    raw = _bytes_of(arrival) if arrival else None
    if arrival is None or raw is None or not _has_an_owner(arrival, raw):
        return
    ledger.store(raw, source=arrival.source, to=arrival.envelope_to, envelope_from=arrival.envelope_from)
    # The letter lives on in the workspace's own ledger; this row only remembers that it came by here first.
    arrival.state = Arrival.State.DUPLICATE
    arrival.explain(Rule.TAKEN_ELSEWHERE)
    arrival.save(update_fields=["state", "rule", "evidence", "words"])


def _bytes_of(arrival: Arrival) -> bytes | None:
    try:
        return arrival.raw.read()
    except FilesError:
        return None


def _has_an_owner(arrival: Arrival, raw: bytes) -> bool:
    addresses = arrival.envelope_to or routing.recipients_in(raw)
    return bool(routing.channel_for(addresses) or routing.only_workspace())
