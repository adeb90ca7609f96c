from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.workspaces.models import Workspace

LONGEST_NAME = 60


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def called(self, name: str) -> Self:
        """The one of that name, in whatever case it is written."""
        return self.filter(name__iexact=name.strip())

    def by_name(self) -> Self:
        return self.order_by(Lower("name"))


class LivingTags(models.Manager.from_queryset(TagQuerySet)):  # type: ignore[misc]
    """The tags that are there: those that were dropped or put together with another are nowhere to be seen."""

    def get_queryset(self) -> TagQuerySet:
        found: TagQuerySet = super().get_queryset().filter(gone_by=None)
        return found


class Tag(models.Model):
    """A word that colleagues put on tickets of one kind.

    One that is gone keeps its place on every ticket, so that it can come back at the cost of a single row.
    """

    class Colour(models.TextChoices):
        GREY = "grey", _("Grey")
        RED = "red", _("Red")
        ORANGE = "orange", _("Orange")
        YELLOW = "yellow", _("Yellow")
        GREEN = "green", _("Green")
        BLUE = "blue", _("Blue")
        VIOLET = "violet", _("Violet")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=LONGEST_NAME)
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.GREY)
    created_at = models.DateTimeField(db_default=Now())
    # The id of the event by which it was dropped or put together with another; `None` while it is there.
    gone_by = models.BigIntegerField(null=True)
    tickets = models.ManyToManyField("tickets.Ticket", through="tickets.TicketTag", related_name="tags")

    objects = LivingTags()
    with_gone = TagQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=models.Q(gone_by=None),
                name="one_tag_per_name_and_workspace",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TicketTag(models.Model):
    """A tag on a ticket."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    # The ids of the events by which it came from one tag to another, as they were put together; the last one last.
    came_by = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket", "tag"], name="a_tag_stands_once"),)

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.ticket_id}"
