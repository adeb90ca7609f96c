from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.tickets.models import Message, Ticket
from harken.workspaces.models import Workspace


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def failed(self) -> Self:
        return self.filter(state=Delivery.State.FAILED)

    def some_failed_on(self, ticket: Ticket) -> bool:
        """Say whether an answer on the ticket did not arrive; an acknowledgement that fails is nobody's trouble."""
        return self.failed().filter(message__ticket=ticket, message__kind__in=Message.BY_HAND).exists()

    def to_address(self, workspace: Workspace, address: str) -> Self:
        return self.filter(workspace=workspace, address=address)

    def that_left(self) -> Self:
        """Those of which a server may have the letter, so that it may come back."""
        return self.exclude(state__in=(Delivery.State.QUEUED, Delivery.State.DEFERRED))

    def undecided(self) -> Self:
        """Those that some attempt still has to settle."""
        return self.filter(state__in=Delivery.UNDECIDED)


class Delivery(models.Model):
    """Sending one message to one recipient: what was tried, and what the far side said."""

    class State(models.TextChoices):
        QUEUED = "queued", _("on its way")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DEFERRED = "deferred", _("will be tried again")
        FAILED = "failed", _("not delivered")
        UNKNOWN = "unknown", _("perhaps delivered")

    class Role(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    UNDECIDED = (State.QUEUED, State.SENDING, State.DEFERRED)

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    address = models.CharField(max_length=500)
    role = models.CharField(max_length=3, choices=Role, default=Role.TO)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    # The server had all but the end of the text: from then on it may have been sent.
    is_handed_over = models.BooleanField(default=False)
    # Silence after the text was handed over is tried once more, with the same Message-ID, and no oftener.
    silences = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    # Since when it is tried; "Send again" starts anew.
    queued_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["message", "address"], name="one_delivery_per_recipient"),
        )
        indexes = (
            models.Index(fields=["workspace", "state", "next_try_at"], name="deliveries_to_do"),
            models.Index(fields=["workspace", "address", "-id"], name="deliveries_by_address"),
        )

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"
