from django.db import models

from harken.contacts.models import Contact
from harken.workspaces.models import Workspace


class Participant(models.Model):
    """Somebody outside who takes part in a ticket: their answer may join it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=500)
    is_copied = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "address"], name="one_participant_per_address"),
        )

    def __str__(self) -> str:
        return self.address
