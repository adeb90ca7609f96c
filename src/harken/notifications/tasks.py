"""Shells for the worker. Each may run twice and late, and asks what is due when it runs."""

from datetime import timedelta

from django.utils import timezone

from harken.agents.models import Agent
from harken.events.jobs import GrowingPauses, defer_once, every, job
from harken.notifications.digest import write_digests
from harken.notifications.mail import tell_by_mail
from harken.notifications.models import Happening, Notice, Preference, Telling
from harken.notifications.pushes import tell_by_push
from harken.notifications.sorting import sort_out
from harken.workspaces import wall
from harken.workspaces.models import Workspace

QUEUE = "notifications"
MOST_BATCHES = 20
KEPT_FOR = timedelta(days=30)
# What failed is written down and due again: the clock brings the next attempt.
NOT_AGAIN = GrowingPauses(attempts=0)


@every("* * * * * */5", queue=QUEUE)
def look_for_news() -> None:
    now = timezone.now()
    with wall.across():
        unsorted = set(Happening.objects.order_by("id").values_list("workspace_id", flat=True)[:10_000])
        due = set(Notice.objects.due(now).values_list("workspace_id", "agent_id")[:10_000])
        due |= set(
            Telling.objects.open()
            .filter(not_before__lte=now)
            .values_list("workspace_id", "agent_id")[:10_000]
        )
    for workspace_id in sorted(unsorted):
        defer_once(sort_out_news, f"news-{workspace_id}", workspace_id=workspace_id)
    for workspace_id, agent_id in sorted(due):
        defer_telling(workspace_id, agent_id)


@every("*/5 * * * *", queue=QUEUE)
def look_for_digests() -> None:
    with wall.across():
        wanted = Preference.objects.filter(digest_at__isnull=False)
        workspaces = sorted(set(wanted.values_list("workspace_id", flat=True)))
    for workspace_id in workspaces:
        defer_once(send_digests, f"digests-{workspace_id}", workspace_id=workspace_id)


@every("17 3 * * *", queue=QUEUE)
def look_for_old_news() -> None:
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        defer_once(forget_old_news, f"old-news-{workspace_id}", workspace_id=workspace_id)


def defer_telling(workspace_id: int, agent_id: int) -> None:
    """Have a colleague told of what is due; a second job of the kind is not queued while one waits."""
    defer_once(tell_agent, f"tell-{agent_id}", workspace_id=workspace_id, agent_id=agent_id)


@job(queue=QUEUE, retry=NOT_AGAIN)
def sort_out_news(workspace_id: int) -> None:
    workspace = Workspace.objects.get(pk=workspace_id)
    for _batch in range(MOST_BATCHES):
        if not sort_out(workspace):
            return


@job(queue=QUEUE, retry=NOT_AGAIN)
def tell_agent(workspace_id: int, agent_id: int) -> None:
    agent = Agent.objects.select_related("workspace").filter(pk=agent_id).first()
    if agent:
        tell_by_push(agent)
        tell_by_mail(agent)


@job(queue=QUEUE, retry=NOT_AGAIN)
def send_digests(workspace_id: int) -> None:
    for agent in write_digests(Workspace.objects.get(pk=workspace_id), timezone.now()):
        defer_telling(workspace_id, agent.pk)


@job(queue=QUEUE, retry=NOT_AGAIN)
def forget_old_news(workspace_id: int) -> None:
    old = timezone.now() - KEPT_FOR
    Notice.objects.filter(workspace=workspace_id, made_at__lt=old).delete()
    Telling.objects.filter(workspace=workspace_id, made_at__lt=old).exclude(done_at=None).delete()
