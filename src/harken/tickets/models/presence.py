"""Who is here: facts of the moment, which may be lost with the database's memory and come back by themselves.

The tables are UNLOGGED: nothing of them is written ahead, and a crash of the database empties them. Tickets are
referred to without a constraint, so that nobody who only reads one ever waits for whoever holds it.
"""

import uuid

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.workspaces.models import Workspace

BROWSER_LETTERS = 64


class WebProcess(models.Model):
    """A running web process. Its lease says that the streams noted for it are still open."""

    LEASE_SECONDS = 30

    id = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)


class OpenStream(models.Model):
    """A live stream that a browser holds open: its agent is here. `browser` is the digest of a session."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    key = models.UUIDField()
    process = models.UUIDField()
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=BROWSER_LETTERS)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "key"], name="one_stream_per_workspace_and_key"),
        )
        indexes = (models.Index(fields=["process"], name="streams_of_a_process"),)

    def __str__(self) -> str:
        return str(self.key)


class Tab(models.Model):
    """An open page that shows a ticket: its agent reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=BROWSER_LETTERS)
    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)
