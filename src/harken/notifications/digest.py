"""The daily digest: once on each day that is not quiet, at the hour somebody chose, by their own clock."""

from datetime import datetime, timedelta

from django.db import transaction

from harken.agents.models import Agent
from harken.notifications.letters.about_day import has_something_to_say
from harken.notifications.models import Preference, Telling, Way
from harken.notifications.telling import can_tell
from harken.workspaces.models import Workspace

# Later than that it is no digest of the morning any more: a worker that was down leaves the day out.
LATEST_AFTER = timedelta(hours=6)


def write_digests(workspace: Workspace, now: datetime) -> list[Agent]:
    """Write down the digests that are due and return whom they are for; twice is harmless, also at once."""
    return [
        agent
        for agent, preference in Preference.objects.of_all(workspace).items()
        if is_due(preference, now) and _write(agent, preference, now)
    ]


def is_due(preference: Preference, now: datetime) -> bool:
    """Say whether the hour of the digest has come on this day and is not long past."""
    if preference.digest_at is None:
        return False
    local = now.astimezone(preference.zone)
    if local.weekday() in preference.quiet_days or local.time() < preference.digest_at:
        return False
    # By the clock on the wall, on the days too on which it jumps.
    wanted = datetime.combine(local.date(), preference.digest_at)
    return local.replace(tzinfo=None) - wanted < LATEST_AFTER


@transaction.atomic
def _write(agent: Agent, preference: Preference, now: datetime) -> bool:
    day = now.astimezone(preference.zone).date()
    if Telling.objects.filter(agent=agent, day=day).exists():
        return False
    if not can_tell(agent, Way.MAIL) or not has_something_to_say(agent):
        return False
    _telling, is_new = Telling.objects.get_or_create(
        agent=agent,
        day=day,
        defaults={"workspace": agent.workspace, "way": Way.MAIL, "about": Telling.About.DAY},
    )
    return is_new
