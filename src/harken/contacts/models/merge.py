from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.contacts.models.contact import Contact
from harken.workspaces.models import Workspace


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def standing(self) -> Self:
        """Those that nobody has taken back."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """Two contacts made one, and exactly what was moved for it, so that it can be taken back.

    `moved` holds ids by what they are ids of (`{"identities": [7], "tickets": [12, 15]}`): each room that moves
    something of its own when it hears `contact.merged` writes it down here, and moves it back by it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    moved = models.JSONField(default=dict)
    # Fields of `into` that were empty and took the other's value.
    filled = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contact"],
                condition=models.Q(undone_at=None),
                name="nobody_is_merged_twice_at_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} into {self.into_id}"

    def add_moved(self, what: str, ids: list[int]) -> None:
        """Write down what a room has moved, besides what stands there already; in the transaction that moves it."""
        known = self.moved.get(what, [])
        self.moved[what] = [*known, *sorted(set(ids) - set(known))]
        self.save(update_fields=["moved"])
