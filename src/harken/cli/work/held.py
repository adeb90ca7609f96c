"""`harken held`: letters that no workspace owns."""

import click

from harken.channels.arriving import unowned
from harken.channels.models import Arrival, Channel
from harken.cli.work import tables
from harken.cli.work.answers import tell, tell_all, workspace_named
from harken.workspaces import wall


def show(*, as_json: bool) -> None:
    """List them by id: when each came, from whom, to whom, and why it waits."""
    tables.need()
    with wall.inside(None):
        rows = [_row(arrival) for arrival in unowned.waiting()]
    if rows or as_json:
        tell_all(rows, as_json=as_json)
    else:
        click.echo("Every letter has its workspace.")


def give(*, number: int, slug: str) -> None:
    """Give one to a workspace's first mailbox; its own rules settle it then."""
    tables.need()
    workspace = workspace_named(slug)
    with wall.inside(workspace.pk):
        channel = Channel.objects.filter(workspace=workspace).order_by("pk").first()
    if channel is None:
        raise click.UsageError(f"{slug} has no mailbox yet: add one in Settings, Channels.")
    with wall.inside(None):
        is_given = unowned.give(number, channel)
    _tell(is_given, number, f"{number} is in the ledger of {slug} now.")


def spam(*, number: int) -> None:
    """End one as spam."""
    tables.need()
    with wall.inside(None):
        is_ended = unowned.call_spam(number)
    _tell(is_ended, number, f"{number} is kept as spam.")


def _tell(is_done: bool, number: int, words: str) -> None:
    if not is_done:
        raise click.UsageError(f"No letter {number} waits here, or its bytes are lost: see harken held list.")
    tell({}, words, as_json=False)


def _row(arrival: Arrival) -> dict[str, object]:
    return {
        "id": arrival.pk,
        "received_at": arrival.received_at.isoformat(),
        "from": arrival.sender or arrival.envelope_from,
        "to": ", ".join(arrival.envelope_to),
        "subject": arrival.subject,
        "size": arrival.raw.size,
        "reason": arrival.reason,
    }
