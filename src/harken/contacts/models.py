from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.lib.names import initials, sort_key
from harken.workspaces.models import Workspace


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Company(models.Model):
    """The organisation a contact belongs to, found by the domain people write from."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=300)
    # The embedded server has no ICU: names sort by a key made in Python.
    sort_key = models.CharField(max_length=300, editable=False, default="")
    domain = models.CharField(max_length=253, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "domain"], condition=~models.Q(domain=""), name="one_company_per_domain"
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "sort_key", "id"], name="companies_by_name"),
            models.Index(fields=["workspace", "-id"], name="companies_newest_first"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Contact(models.Model):
    """A person outside, known by one or more identities."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    name = models.CharField(max_length=300, default="", blank=True)
    sort_key = models.CharField(max_length=300, editable=False, default="")
    created_at = models.DateTimeField(db_default=Now())

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "sort_key", "id"], name="contacts_by_name"),
            models.Index(fields=["workspace", "-id"], name="contacts_newest_first"),
        )

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    @property
    def display_name(self) -> str:
        """The name, else the first address, else a word for nobody in particular: never empty."""
        return self.name or self.email or str(_("Unknown sender"))

    @property
    def initials(self) -> str:
        return initials(self.display_name)

    @property
    def email(self) -> str:
        """The first mail address the contact became known by; `""` when there is none."""
        addresses = [identity for identity in self.identities.all() if identity.kind == Identity.Kind.EMAIL]
        return min(addresses, key=lambda identity: identity.pk).address if addresses else ""


class IdentityQuerySet(models.QuerySet["Identity"]):
    def of_mail(self, workspace: Workspace, address: str) -> Self:
        return self.filter(workspace=workspace, kind=Identity.Kind.EMAIL, address=address)


class Identity(models.Model):
    """One way a contact is known: an address, verified or not."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.EMAIL)
    address = models.CharField(max_length=500)
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "kind", "address"], name="one_contact_per_identity"),
        )

    def __str__(self) -> str:
        return self.address
