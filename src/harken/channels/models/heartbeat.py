from django.db import models

from harken.channels.models.channel import Mailbox
from harken.workspaces.models import Workspace


class Heartbeat(models.Model):
    """How the last test letter of a mailbox fared: sent by its relay to its own address, and come back or not."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="heartbeat")
    sent_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.mailbox_id}: {self.sent_at} {self.returned_at}"

    @property
    def is_under_way(self) -> bool:
        """Say whether a letter is out that has not come back."""
        return self.sent_at is not None and (self.returned_at is None or self.returned_at < self.sent_at)
