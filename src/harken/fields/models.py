import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from harken.agents.models import Agent
from harken.workspaces.models import Workspace

LONGEST_NAME = 100
LONGEST_OPTION = 100
LONGEST_KEY = 40


class ListedQuerySet(models.QuerySet[Any]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def living(self) -> Self:
        """Those that are offered: nobody has put them into the archive."""
        return self.filter(is_archived=False)

    def called(self, name: str) -> Self:
        """Those of that name, in whatever case it is written."""
        return self.filter(name__iexact=name.strip())

    def in_order(self) -> Self:
        return self.order_by("place", "id")


class Listed(models.Model):
    """One of a list that a workspace keeps in an order of its own, and of which nothing is thrown away."""

    # The field whose value says which list it stands in; `""` where there is one list.
    grouped_by: ClassVar[str] = ""
    # The noun of its events.
    told_as: ClassVar[str]
    most: ClassVar[int] = 50

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=LONGEST_NAME)
    place = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    # Grows with every change: whoever edits an older one is told.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = ListedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Field(Listed):
    """Something that a workspace asks of every ticket, contact, company or site; answers lie there by its `key`."""

    class About(models.TextChoices):
        TICKET = "ticket", _("Requests")
        CONTACT = "contact", _("People")
        COMPANY = "company", _("Companies")
        SITE = "site", _("Sites")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text, one line")
        LONG_TEXT = "long_text", _("Text, several lines")
        NUMBER = "number", pgettext_lazy("kind of a field", "Number")
        DATE = "date", _("Day")
        YES_NO = "yes_no", _("Yes or no")
        ONE_OF = "one_of", _("One of several")
        SEVERAL_OF = "several_of", _("Any of several")

    grouped_by = "about"
    told_as = "field"

    about = models.CharField(max_length=10, choices=About)
    # Given once and never changed: answers, searches and other programs name the field by it.
    key = models.CharField(max_length=LONGEST_KEY)
    kind = models.CharField(max_length=12, choices=Kind)
    # What can be chosen, in order: `{"key": "gold", "name": "Gold"}`; with `"gone": true` it is offered no longer.
    options = models.JSONField(default=list)
    # Of tickets: nobody closes one by hand before it is answered.
    is_needed_to_close = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "about", "key"], name="one_field_per_key"),
            models.UniqueConstraint("workspace", "about", Lower("name"), name="one_field_per_name"),
            models.CheckConstraint(
                condition=models.Q(is_needed_to_close=False) | models.Q(about="ticket"),
                name="only_tickets_are_closed",
            ),
        )

    @property
    def has_options(self) -> bool:
        return self.kind in (self.Kind.ONE_OF, self.Kind.SEVERAL_OF)

    @property
    def offered(self) -> list[dict[str, Any]]:
        """The options that can be chosen now."""
        return [option for option in self.options if not option.get("gone")]

    def option_named(self, said: str) -> dict[str, Any] | None:
        """Return the option of this name or key, one that is gone included.

        A name as it is written comes before a key, for who was renamed keeps the key; one that is offered comes first.
        """
        bare = said.strip()
        folded = bare.casefold()
        found = [each for each in self.options if folded in (each["key"], each["name"].casefold())]
        return min(
            found,
            key=lambda each: (
                bare not in (each["name"], each["key"]),
                bare != each["name"],
                bool(each.get("gone")),
            ),
            default=None,
        )


def key_for(name: str, taken: Sequence[str], otherwise: str) -> str:
    """Return a key of small letters, digits and `_` that reads like the name and is not taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[: LONGEST_KEY - 4].strip("_")
    base = plain if plain[:1].isalpha() else f"{otherwise}_{plain}".rstrip("_")[: LONGEST_KEY - 4]
    if base not in taken and base != otherwise:
        return base
    return next(key for at in range(len(taken) + 2) if (key := f"{base}_{at + 1}") not in taken)
