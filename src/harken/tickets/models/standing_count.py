from typing import ClassVar

from django.db import models

from harken.tickets.states import State
from harken.workspaces.models import Workspace


class StandingCount(models.Model):
    """So many tickets that are not done came to stand so, or ceased to: their sum is how many do.

    A trigger adds a row wherever a ticket's state, turn or assignee changes, in the same transaction, and nobody waits
    for anybody: rows are only ever added. `tickets.counting` folds them.
    """

    # Without constraints: a count must never wait for the row it is about, nor outlive a colleague.
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_constraint=False)
    state = models.CharField(max_length=24, choices=State)
    assignee_id = models.BigIntegerField(null=True)
    is_our_turn = models.BooleanField()
    change = models.IntegerField()

    objects: ClassVar[models.Manager["StandingCount"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.state} {self.assignee_id} {self.change:+}"
