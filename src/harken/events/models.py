from typing import Any

from django.db import models
from django.db.models.functions import Now

from harken.events.fields import CurrentTransaction, TransactionIdField
from harken.workspaces.models import Workspace


class Event(models.Model):
    """One thing that happened, written in the transaction that made it happen."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    type = models.CharField(max_length=60)
    about_type = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    ticket_id = models.BigIntegerField(null=True)
    agent_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    transaction_id = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    data = models.JSONField(default=dict)

    # What it tells about, for subscribers in the transaction that records it; later readers have its id alone.
    about: Any = None

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "transaction_id"], name="events_by_transaction"),
            models.Index(fields=["workspace", "ticket_id", "id"], name="events_of_a_ticket"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.about_type}:{self.about_id}"
