"""Letters that no workspace owned when they came: given to the one that has their address by now."""

from django.db import transaction

from harken.channels.arriving import intake, routing
from harken.channels.models import Arrival, Channel
from harken.channels.models.ledger import ArrivalQuerySet
from harken.channels.reasons import Rule
from harken.events.jobs import job
from harken.files.errors import FilesError

# Who decided, where no colleague did: whoever runs the installation.
OWNER = "harken held"


@job(queue="mail-in")
def give_out(workspace_id: None) -> None:
    """Take in every letter that waits outside of all workspaces and has found its own. Harmless to run again."""
    for arrival_id in waiting().values_list("pk", flat=True):
        _give_out(arrival_id)


def waiting() -> ArrivalQuerySet:
    """Return the letters that no workspace owns, the oldest first; to be asked outside of all workspaces."""
    return Arrival.objects.filter(workspace=None).held().select_related("raw").order_by("pk")


@transaction.atomic
def give(arrival_id: int, channel: Channel) -> bool:
    """Give one of them to a mailbox, whatever it is addressed to; False when it does not wait or its bytes are lost."""
    arrival = _locked(arrival_id)
    raw = _bytes_of(arrival) if arrival else None
    if arrival is None or raw is None:
        return False
    _hand_over(arrival, raw, channel)
    return True


@transaction.atomic
def call_spam(arrival_id: int) -> bool:
    """End one of them as spam; False when it does not wait."""
    arrival = _locked(arrival_id)
    if arrival is None:
        return False
    arrival.content_sha256 = arrival.content_sha256 or arrival.raw.sha256
    _end(arrival, Arrival.State.SPAM, Rule.SPAM_BY_HAND, {"agent": OWNER})
    return True


@transaction.atomic
def _give_out(arrival_id: int) -> None:
    arrival = _locked(arrival_id)
    raw = _bytes_of(arrival) if arrival else None
    if arrival is not None and raw is not None and _has_an_owner(arrival, raw):
        _hand_over(arrival, raw)


def _locked(arrival_id: int) -> Arrival | None:
    return waiting().select_for_update(of=("self",)).filter(pk=arrival_id).first()


def _hand_over(arrival: Arrival, raw: bytes, channel: Channel | None = None) -> None:
    intake.store(
        raw,
        source=arrival.source,
        channel=channel,
        to=arrival.envelope_to,
        envelope_from=arrival.envelope_from,
        client_ip=arrival.client_ip,
    )
    # The letter lives on in the workspace's own ledger; this row only remembers that it came by here first.
    _end(arrival, Arrival.State.DUPLICATE, Rule.TAKEN_ELSEWHERE)


def _end(arrival: Arrival, state: str, rule: Rule, evidence: dict[str, str] | None = None) -> None:
    arrival.state = state
    arrival.explain(rule, evidence)
    arrival.save(update_fields=["state", "rule", "evidence", "words", "content_sha256"])


def _bytes_of(arrival: Arrival) -> bytes | None:
    try:
        return arrival.raw.read()
    except FilesError:
        return None


def _has_an_owner(arrival: Arrival, raw: bytes) -> bool:
    addresses = arrival.envelope_to or routing.recipients_in(raw)
    return bool(routing.channel_for(addresses) or routing.only_workspace())
