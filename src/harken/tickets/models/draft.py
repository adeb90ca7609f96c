from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.files.models import File
from harken.workspaces.models import Workspace


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: nobody reads a colleague's draft."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent)


class Draft(models.Model):
    """An answer a colleague has written and that was not sent; one for each of them on a ticket."""

    class Why(models.TextChoices):
        UNSEEN = "unseen", _("Not sent: something new had arrived that you had not seen.")
        UNVERIFIED = "unverified", _("Not sent: the letter could not be proved to be yours.")
        MERGED = "merged", _("Not sent: the request was merged into another one.")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField(default="")
    html = models.TextField(default="")
    # The last position its writer had before their eyes.
    seen_up_to = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=20, choices=Why, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "agent"], name="one_draft_per_agent_and_ticket"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.agent_id}"


class DraftFile(models.Model):
    """A file that waits with a draft; inline when the text shows it in place by its content id."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="enclosures")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=500, default="")
    is_inline = models.BooleanField(default=False)
    # What the sender's program called it, where that says more than the file's name.
    declared_name = models.CharField(max_length=255, default="", blank=True)

    def __str__(self) -> str:
        return str(self.file)
