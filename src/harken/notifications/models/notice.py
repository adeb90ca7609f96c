from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.notifications.models.preference import Way
from harken.tickets.models import Message, Ticket
from harken.workspaces.models import Workspace


class Kind(models.TextChoices):
    """Why somebody is told."""

    ARRIVED = "arrived"
    NAMED = "named"
    HANDED = "handed"


class Happening(models.Model):
    """Something that colleagues may have to be told of, noted in the transaction in which it happened."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind)
    event_id = models.BigIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    # Whom it concerns alone, and who did it: nobody is told of their own doings.
    to_agent_id = models.BigIntegerField(null=True)
    by_agent_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            # A request that is opened is told by two events.
            models.UniqueConstraint(
                fields=["message"], condition=models.Q(kind=Kind.ARRIVED), name="one_arrival_per_message"
            ),
        )
        indexes = (models.Index(fields=["workspace", "id"], name="happenings_by_workspace"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class TellingQuerySet(models.QuerySet["Telling"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: nobody sees what a colleague is told."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent)

    def open(self) -> Self:
        """Those that were begun and have not ended."""
        return self.filter(done_at=None)


class Telling(models.Model):
    """One letter or one push to a colleague. It is kept before it leaves, so that a second attempt is the same one."""

    class About(models.TextChoices):
        REQUEST = "request"
        SEVERAL = "several"
        DAY = "day"
        TEST = "test"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=Way)
    about = models.CharField(max_length=10, choices=About)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", null=True)
    # The letter's Message-ID, which says for itself what the letter has shown.
    reference = models.TextField(default="")
    shown_up_to = models.PositiveIntegerField(default=0)
    # The day of a digest, in its reader's zone.
    day = models.DateField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    # Why it did not leave, in the server's words.
    problem = models.TextField(default="")

    objects = TellingQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agent", "day"], name="one_digest_per_day"),)
        indexes = (
            models.Index(fields=["workspace", "agent", "way", "-made_at"], name="tellings_of_an_agent"),
            models.Index(fields=["not_before"], condition=models.Q(done_at=None), name="tellings_not_ended"),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: nobody sees what a colleague is told."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent)

    def waiting(self) -> Self:
        """Those not told yet, by mail or push."""
        return self.filter(telling=None).exclude(way=Way.PAGE)

    def due(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lte=now)

    def unseen(self) -> Self:
        """Those that a page still shows."""
        return self.filter(way=Way.PAGE, seen_at=None)


class Notice(models.Model):
    """One thing that one colleague is told by one way."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=Way)
    kind = models.CharField(max_length=10, choices=Kind)
    event_id = models.BigIntegerField()
    by_agent_id = models.BigIntegerField(null=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", null=True)
    made_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="notices", null=True)
    seen_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["agent", "way", "event_id"], name="one_notice_per_event_person_and_way"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=models.Q(telling=None) & ~models.Q(way=Way.PAGE),
                name="notices_waiting",
            ),
            models.Index(
                fields=["workspace", "agent", "-id"],
                condition=models.Q(way=Way.PAGE, seen_at=None),
                name="notices_unseen",
            ),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.kind} {self.event_id}"
