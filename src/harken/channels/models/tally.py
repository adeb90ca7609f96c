from datetime import timedelta

from django.db import models
from django.utils import timezone

from harken.lib import rows
from harken.workspaces.models import Workspace

LONGEST_WINDOW = timedelta(days=2)


def counting(what: str, whom: str, seconds: str, provided: str = "true") -> str:
    """Return the statement that counts one more and gives back `count`; its arguments are SQL, `workspace` a value."""
    is_open = f"channels_tally.since > now() - make_interval(secs => {seconds})"
    return f"""
        INSERT INTO channels_tally (workspace_id, what, whom, since, count)
        SELECT %(workspace)s::bigint, {what}, {whom}, now(), 1 WHERE {provided}
        ON CONFLICT (workspace_id, what, whom) DO UPDATE
        SET count = CASE WHEN {is_open} THEN channels_tally.count + 1 ELSE 1 END,
            since = CASE WHEN {is_open} THEN channels_tally.since ELSE now() END
        RETURNING count
    """


_COUNT = counting("%(what)s", "%(whom)s", "%(seconds)s")


class TallyManager(models.Manager["Tally"]):
    def note(self, workspace: Workspace, what: str, whom: str, *, seconds: int) -> int:
        """Count one more, exactly, and return how many it makes; the row stays locked until commit.

        The window begins with the first, so that no border between two windows can be made use of.
        """
        asked = {"workspace": workspace.pk, "what": what, "whom": whom, "seconds": seconds}
        ((count,),) = rows.ask(_COUNT, asked)
        return int(count)

    def forget_old(self) -> None:
        """Remove what was last counted longer ago than any window reaches, in the workspace entered."""
        self.filter(since__lt=timezone.now() - LONGEST_WINDOW).delete()


class Tally(models.Model):
    """How often something happened of late: one row for each thing counted, in a table that no crash has to survive."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    what = models.CharField(max_length=30)
    whom = models.CharField(max_length=500)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    objects = TallyManager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "what", "whom"], name="one_tally_per_thing"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.whom}: {self.count}"
