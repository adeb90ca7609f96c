from django.db import models

from harken.fields.answers import LONGEST_FOUND_BY
from harken.fields.models import Field
from harken.workspaces.models import Workspace


class FieldAnswer(models.Model):
    """By what a filter finds a ticket's answer to a field; the answer itself lies on the ticket.

    JSON has no index behind row-level security, as its operators are not leakproof; equal texts have.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+", db_index=False)
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Folded and short, as `fields.answers.found_by` has it.
    value = models.CharField(max_length=LONGEST_FOUND_BY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "field", "value"], name="an_answer_is_found_once"),
        )
        indexes = (models.Index(fields=["field", "value", "ticket"], name="tickets_by_field_answer"),)

    def __str__(self) -> str:
        return f"{self.field_id} of {self.ticket_id}"
