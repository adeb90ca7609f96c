"""From what happened to who is told, by which way and when: done apart from the letters that made it happen.

A batch is one transaction: killed in the middle, nothing of it happened and it is done again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from harken.agents.models import Agent
from harken.notifications.choosing import Writers, is_told
from harken.notifications.models import GATHERED_FOR, Happening, Kind, Notice, Preference, Way
from harken.notifications.subscribers import announce
from harken.workspaces.models import Workspace

BATCH = 500


@transaction.atomic
def sort_out(workspace: Workspace) -> int:
    """Make the notices of what happened first; how much that was. 0 means that nothing waits."""
    oldest = Happening.objects.filter(workspace=workspace).order_by("id")
    taken = list(
        oldest.select_for_update(skip_locked=True, of=("self",)).select_related("ticket__merged_into")[:BATCH]
    )
    for happening in taken:
        happening.ticket = happening.ticket.current
    notices = list(_notices(workspace, taken))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    if shown := sorted({notice.agent_id for notice in notices if notice.way == Way.PAGE}):
        announce(workspace.pk, shown)
    Happening.objects.filter(pk__in=[happening.pk for happening in taken]).delete()
    return len(taken)


def _notices(workspace: Workspace, taken: list[Happening]) -> Iterator[Notice]:
    writers = Writers(happening.ticket_id for happening in taken)
    for agent, preference in Preference.objects.of_all(workspace).items():
        for way in Way:
            scope = preference.scope(way)
            told = (each for each in taken if is_told(agent, scope, each, writers))
            yield from _of_agent(workspace, agent, preference, way, told)


def _of_agent(
    workspace: Workspace, agent: Agent, preference: Preference, way: Way, told: Iterable[Happening]
) -> Iterator[Notice]:
    for happening in told:
        # Who is named or handed something saw it on the page the moment it happened.
        if way == Way.PAGE and happening.kind != Kind.ARRIVED:
            continue
        yield Notice(
            workspace=workspace,
            agent=agent,
            way=way,
            kind=happening.kind,
            event_id=happening.event_id,
            by_agent_id=happening.by_agent_id,
            ticket=happening.ticket,
            message_id=happening.message_id,
            due_at=_due_at(preference, way, happening.at),
        )


def _due_at(preference: Preference, way: Way, at: datetime) -> datetime:
    if way == Way.PAGE:
        return at
    return preference.quiet.after(at + GATHERED_FOR if way == Way.MAIL else at)
