from datetime import timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.notifications.quiet import QuietHours
from harken.workspaces.models import Workspace
from harken.workspaces.validators import known_zone

WEEK = range(7)


class Way(models.TextChoices):
    """How a colleague is told."""

    PAGE = "page", _("on the page")
    MAIL = "mail", _("by mail")
    PUSH = "push", _("by push")


class Scope(models.TextChoices):
    """What a colleague is told of by one way; each says less than the one before."""

    EVERYTHING = "everything", _("Everything new")
    FREE = "free", _("Mine, and what nobody has taken")
    MINE = "mine", _("Only mine")
    NAMED = "named", _("Only when named or handed a request")
    NOTHING = "nothing", _("Nothing")


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: their own, and what holds for all who chose nothing."""
        return self.filter(workspace_id=agent.workspace_id).filter(
            models.Q(agent=agent) | models.Q(agent=None)
        )

    def own(self, agent: Agent) -> "Preference | None":
        """Return what a colleague chose for themselves; `None` when they chose nothing."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent).first()

    def default(self, workspace: Workspace) -> "Preference":
        """Return what holds for those who chose nothing: the owner's choice, or ours, not saved."""
        return self.filter(workspace=workspace, agent=None).first() or Preference(workspace=workspace)

    def of(self, agent: Agent) -> "Preference":
        """Return what holds for a colleague."""
        preference = self.own(agent) or self.default(agent.workspace)
        preference.workspace = agent.workspace
        return preference

    def of_all(self, workspace: Workspace) -> "dict[Agent, Preference]":
        """Return what holds for each colleague who is here."""
        chosen: dict[int | None, Preference] = {None: Preference()}
        chosen |= {each.agent_id: each for each in self.filter(workspace=workspace)}
        for each in chosen.values():
            each.workspace = workspace
        agents = Agent.objects.filter(workspace=workspace).active().select_related("workspace", "user")
        return {agent: chosen.get(agent.pk) or chosen[None] for agent in agents}


class Preference(models.Model):
    """What a colleague wants to be told of, how and when; without an agent, what holds for all who chose nothing."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, null=True, related_name="+")
    page = models.CharField(max_length=12, choices=Scope, default=Scope.NAMED)
    mail = models.CharField(max_length=12, choices=Scope, default=Scope.FREE)
    push = models.CharField(max_length=12, choices=Scope, default=Scope.FREE)
    # The time of day of the daily digest; None: no digest.
    digest_at = models.TimeField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # One bit for each weekday on which nothing rings, Monday the lowest.
    quiet_weekdays = models.PositiveSmallIntegerField(default=0)
    # Of the person; empty: the workspace's.
    time_zone = models.CharField(max_length=64, default="", blank=True, validators=[known_zone])

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(agent=None), name="one_default_per_workspace"
            ),
        )

    def __str__(self) -> str:
        return f"preference of {self.agent_id or 'all'}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone) if self.time_zone else self.workspace.zone

    @property
    def quiet_days(self) -> list[int]:
        """The weekdays on which nothing rings, 0 is Monday."""
        return [day for day in WEEK if self.quiet_weekdays >> day & 1]

    @property
    def quiet(self) -> QuietHours:
        return QuietHours(self.zone, self.quiet_from, self.quiet_until, frozenset(self.quiet_days))

    def scope(self, way: str) -> str:
        """Return what is told by one way."""
        return {Way.PAGE: self.page, Way.MAIL: self.mail, Way.PUSH: self.push}[Way(way)]


# What comes within it makes one letter.
GATHERED_FOR = timedelta(minutes=1)
