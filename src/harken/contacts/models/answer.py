from decimal import Decimal
from typing import Any

from django.db import models

from harken.contacts.models.company import Company
from harken.contacts.models.contact import Contact
from harken.fields.models import LONGEST_KEY
from harken.workspaces.models import Workspace

LONGEST_ANSWER = 200


class Answer(models.Model):
    """By what a list finds an answer to a field of the workspace's own; the answer itself lies in `fields`.

    JSON has no index behind row-level security, as its operators are not leakproof; equal texts have. Triggers write
    these rows whenever `fields` is written, by whatever way: one for each option that was chosen, else one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=LONGEST_KEY)
    # As JSON has it, without quotes; of a longer text its beginning.
    value = models.CharField(max_length=LONGEST_ANSWER)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key} {self.pk}"


class ContactAnswer(Answer):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="answers", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["contact", "key", "value"], name="a_persons_answer_is_found_once"
            ),
        )
        indexes = (models.Index(fields=["workspace", "key", "value", "contact"], name="people_by_answer"),)


class CompanyAnswer(Answer):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="answers", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["company", "key", "value"], name="a_companys_answer_is_found_once"
            ),
        )
        indexes = (models.Index(fields=["workspace", "key", "value", "company"], name="companies_by_answer"),)


def values_of(answer: Any) -> list[str]:
    """Return the values of the rows that stand for an answer, each as a trigger writes it."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, bool):
        return ["true" if answer else "false"]
    if isinstance(answer, int | float):
        return [format(Decimal(repr(answer)), "f")]
    return [] if answer is None else [answer[:LONGEST_ANSWER]]
