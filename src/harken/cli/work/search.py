"""`harken search`."""

import sys
from collections.abc import Iterable

import click

from harken.cli.work import tables
from harken.cli.work.answers import tell, workspace_named
from harken.search.keep import begin_filling, fill_next, index_pending, left_to_fill, renew_next
from harken.workspaces import wall
from harken.workspaces.models import Workspace


def reindex(*, slug: str | None, as_json: bool) -> None:
    """Build the index of one workspace or of all."""
    tables.need()
    workspaces: Iterable[Workspace] = [workspace_named(slug)] if slug else Workspace.objects.order_by("pk")
    counts = {workspace.slug: _reindex(workspace) for workspace in workspaces}
    words = "\n".join(f"{name}: {count} messages can be found." for name, count in counts.items())
    tell(counts, words or "There is no workspace yet.", as_json=as_json)


def _reindex(workspace: Workspace) -> int:
    with wall.inside(workspace.pk):
        begin_filling(workspace.pk)
        total, done = left_to_fill(workspace.pk), 0
        with click.progressbar(
            length=total,
            label=workspace.slug,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
            show_pos=True,
        ) as bar:
            while count := fill_next(workspace.pk):
                done += count
                bar.update(count)
        while index_pending(workspace.pk) or renew_next(workspace.pk):
            pass
    return done
