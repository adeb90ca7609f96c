from datetime import datetime

from django.db import connection, models

from harken.workspaces.models import Workspace

_TAKE = """
    INSERT INTO channels_pace (workspace_id, server, free_at)
    VALUES (%(workspace)s, %(server)s, now() + %(gap)s * interval '1 second')
    ON CONFLICT (workspace_id, server) DO UPDATE
    SET free_at = greatest(channels_pace.free_at, now()) + %(gap)s * interval '1 second'
    RETURNING free_at - %(gap)s * interval '1 second'
"""


class PaceManager(models.Manager["Pace"]):
    def take(self, workspace_id: int | None, server: str, per_minute: int) -> datetime:
        """Take the next free moment at a server that accepts so many letters a minute, and return it."""
        values = {"workspace": workspace_id, "server": server, "gap": 60 / per_minute}
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, values)
            (at,) = cursor.fetchone()
        moment: datetime = at
        return moment


class Pace(models.Model):
    """When an outgoing server is free again. Without a workspace: the installation's own, which all share."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True)
    server = models.CharField(max_length=300)
    free_at = models.DateTimeField()

    objects = PaceManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "server"], name="one_pace_per_server", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.server}: {self.free_at}"
