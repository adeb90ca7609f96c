from django.db import models
from django.db.models.functions import Now

from harken.workspaces.models import Workspace


class Beginning(models.Model):
    """The form by which a colleague began a ticket: sent twice, it begins one; taken back, it has none any more."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.SET_NULL, related_name="+", null=True)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "key"], name="one_ticket_per_form"),)

    def __str__(self) -> str:
        return f"{self.ticket_id}"
