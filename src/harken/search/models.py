from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now

from harken.search.saved_view import SavedView
from harken.tickets.models import Message, Ticket

__all__ = ["Document", "DocumentQuerySet", "Filling", "Pending", "Renewal", "SavedView", "Word", "month_of"]


@SearchVectorField.register_lookup
class Has(models.Lookup):
    """`words__has="'bread' & !'jam'"`: the words answer a tsquery, taken as it stands."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", (*values, self.rhs)


def month_of(moment: datetime) -> int:
    """Return the month of a moment as a number that grows by one from month to month."""
    return moment.year * 12 + moment.month - 1


class DocumentQuerySet(models.QuerySet["Document"]):
    def of(self, workspace_id: int) -> Self:
        """Every question starts here: no wall of the database stands around this table."""
        return self.filter(workspace_id=workspace_id)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-message_id")


class Document(models.Model):
    """What one message is found by."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Four bytes each, like the numbers that psycopg writes into a statement: of another size the index is not used.
    workspace_id = models.IntegerField()
    month = models.IntegerField()
    at = models.DateTimeField()
    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    words = SearchVectorField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = (
            # The list of what is not sorted in yet is emptied by who indexes: see `keep`.
            GinIndex(
                fields=["workspace_id", "month", "words"],
                fastupdate=True,
                gin_pending_list_limit=65_536,
                name="documents_by_words",
            ),
            # Only for statements that say `month > 0`: PostgreSQL would walk it for a rare word too, and read all.
            models.Index(
                fields=["workspace_id", "-at", "-message"],
                condition=models.Q(month__gt=0),
                name="documents_walked",
            ),
            models.Index(fields=["ticket"], name="documents_of_a_ticket"),
        )

    def __str__(self) -> str:
        return f"document {self.pk}"


class Word(models.Model):
    """A word that somebody wrote in a workspace, and about how many messages have it (a thousand stand for more)."""

    pk = models.CompositePrimaryKey("workspace_id", "word")
    workspace_id = models.IntegerField()
    word = models.TextField(db_collation="C")
    stem = models.TextField(db_collation="C")
    messages = models.IntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["workspace_id", "stem"], name="words_by_stem"),
            GinIndex(
                models.F("workspace_id"), OpClass("word", name="gin_trgm_ops"), name="words_by_likeness"
            ),
        )

    def __str__(self) -> str:
        return self.word


class Pending(models.Model):
    """A message that is to be indexed, noted in the transaction that wrote, changed or moved it."""

    workspace_id = models.IntegerField()
    message_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "pending"
        indexes = (models.Index(fields=["workspace_id", "id"], name="pending_by_workspace"),)

    def __str__(self) -> str:
        return f"message {self.message_id}"


class Renewal(models.Model):
    """Messages that are to be indexed anew, as a name changed that they are found by; gone when they are."""

    class Of(models.TextChoices):
        CONTACT = "contact"
        COMPANY = "company"
        TICKET = "ticket"
        AGENT = "agent"

    workspace_id = models.IntegerField()
    of = models.CharField(max_length=10, choices=Of)
    of_id = models.BigIntegerField()
    # Messages below this id are still to come.
    below = models.BigIntegerField(default=2**63 - 1)

    class Meta:
        indexes = (models.Index(fields=["workspace_id", "id"], name="renewals_by_workspace"),)

    def __str__(self) -> str:
        return f"{self.of} {self.of_id}"


class Filling(models.Model):
    """An index that is being built from the newest message to the oldest; gone when it is whole."""

    workspace_id = models.IntegerField(primary_key=True)
    # Messages below this id are still to come.
    below = models.BigIntegerField(default=2**63 - 1)
    # So many; `None` where nobody has counted them yet.
    left = models.IntegerField(null=True)
    begun_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"filling {self.workspace_id}"
