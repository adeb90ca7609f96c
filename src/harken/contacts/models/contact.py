from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models.company import LONGEST_NAME, Company
from harken.lib import rows
from harken.lib.names import initials, sort_key
from harken.workspaces.models import Workspace
from harken.workspaces.validators import known_zone

if TYPE_CHECKING:
    from harken.contacts.models.identity import Identity


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def present(self) -> Self:
        """Without those who were merged into another, nobody is listed twice, and without colleagues."""
        return self.filter(merged_into=None, colleague=None)


class Contact(models.Model):
    """A person outside, known by one or more identities."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    name = models.CharField(max_length=LONGEST_NAME, default="", blank=True)
    sort_key = models.CharField(max_length=300, editable=False, default="")
    # What they do there: "Operations, approves estimates".
    job = models.CharField(max_length=200, default="", blank=True)
    time_zone = models.CharField(max_length=64, default="", blank=True, validators=[known_zone])
    # The same person under another address: their page leads there, and nothing is listed here.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    # A colleague who asks colleagues: listed nowhere among people, known by no address.
    colleague = models.OneToOneField(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When they wrote or spoke to us last; robots' letters do not count.
    last_heard_at = models.DateTimeField(null=True)
    # What was answered to the workspace's own fields, by their keys: `fields.answers` reads it.
    fields = models.JSONField(default=dict, db_default={}, blank=True)
    # Grows with every change by hand: whoever edits an older one is told.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "sort_key", "id"], name="contacts_by_name"),
            models.Index(fields=["workspace", "-id"], name="contacts_newest_first"),
            models.Index(fields=["workspace", "-last_heard_at", "-id"], name="contacts_by_last_heard"),
            models.Index(fields=["company", "-last_heard_at"], name="contacts_of_a_company"),
        )

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    @property
    def display_name(self) -> str:
        """The name, else the first address, else a word for nobody in particular: never empty."""
        return self.name or self.email or self.phone or str(_("Unknown sender"))

    @property
    def initials(self) -> str:
        return initials(self.display_name)

    @property
    def email(self) -> str:
        """The mail address to write to first; `""` when there is none."""
        found = self.first_of("email")
        return found.address if found else ""

    @property
    def phone(self) -> str:
        """The number to call first, as it was typed; `""` when there is none."""
        found = self.first_of("phone")
        return str(found) if found else ""

    @property
    def current(self) -> "Contact":
        """The contact itself, or the one it was merged into in the end."""
        contact, passed = self, {self.pk}
        while contact.merged_into and contact.merged_into_id not in passed:
            contact = contact.merged_into
            passed.add(contact.pk)
        return contact

    def first_of(self, kind: str) -> "Identity | None":
        """Return the identity of a kind to use first: the preferred one, else the oldest."""
        found = [identity for identity in self.identities.all() if identity.kind == kind]
        return min(found, key=lambda identity: (not identity.is_preferred, identity.pk), default=None)

    def note_heard(self, at: datetime) -> None:
        """Remember that they wrote or spoke to us; an older letter that comes later changes nothing."""
        if self.last_heard_at is None or self.last_heard_at < at:
            self.last_heard_at = at
            rows.update(self, "last_heard_at")
