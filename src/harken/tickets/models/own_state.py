from django.db import models
from django.db.models.functions import Lower

from harken.fields.models import Listed
from harken.tickets.states import State

# The states that a workspace may call by names of its own; what is merged or spam is so for everybody.
KINDS = (
    State.OPEN,
    State.WAITING,
    State.SET_ASIDE,
    State.ACCEPTED,
    State.CLOSED,
    State.CLOSED_UNSUCCESSFULLY,
)


class OwnState(Listed):
    """A state of the workspace's own within one of the fixed ones, its `kind`: what happens depends on that alone."""

    grouped_by = "kind"
    told_as = "state"
    most = 20

    kind = models.CharField(max_length=24, choices=[(each.value, each.label) for each in KINDS])

    class Meta:
        constraints = (
            models.UniqueConstraint("workspace", Lower("name"), name="one_own_state_per_name_and_workspace"),
        )
