from django.db import models

from harken.tickets.models.message import Message, hash_of
from harken.workspaces.models import Workspace


class Alias(models.Model):
    """Another reference of a message: the colleague's own letter that became it, which others may answer."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="aliases")
    external_id = models.TextField()
    external_hash = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "aliases"
        indexes = (models.Index(fields=["workspace", "external_hash"], name="aliases_by_reference"),)

    def __str__(self) -> str:
        return self.external_id

    @classmethod
    def remember(cls, message: Message, external_id: str) -> None:
        """Know a message by this reference, too; none is remembered for a letter without one."""
        if external_id:
            cls.objects.create(
                workspace_id=message.workspace_id,
                message=message,
                external_id=external_id,
                external_hash=hash_of(external_id),
            )
