from typing import Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.contacts.models.company import Company
from harken.contacts.models.contact import Contact
from harken.workspaces.models import Workspace


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Note(models.Model):
    """What a colleague wrote down about a person or a company; nobody outside sees it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="notes")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="notes")
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(contact=None) ^ models.Q(company=None),
                name="a_note_is_about_a_person_or_a_company",
            ),
        )
        indexes = (
            models.Index(fields=["contact", "-created_at", "-id"], name="notes_of_a_contact"),
            models.Index(fields=["company", "-created_at", "-id"], name="notes_of_a_company"),
        )

    def __str__(self) -> str:
        return f"note {self.pk}"
