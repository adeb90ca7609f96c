from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.lib.names import initials, sort_key
from harken.workspaces.models import Workspace

# A server that takes a letter proves nothing yet: the failure comes back later, by mail, if at all.
QUIET_AFTER_REACHING = timedelta(days=3)
PAUSE_AFTER_LOOP = timedelta(days=1)


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
    """One way a contact is known: an address, verified or not, and how it fares when we write to it."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")

    class Health(models.TextChoices):
        OK = "ok", _("reachable")
        FAILING = "failing", _("letters to it fail")
        DEAD = "dead", _("does not exist any more")

    class Stopped(models.TextChoices):
        COMPLAINT = "complaint", _("reported a letter of ours as unwanted")
        LOOP = "loop", _("a mail robot answered our automatic mail")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.EMAIL)
    address = models.CharField(max_length=500)
    is_verified = models.BooleanField(default=False)
    # Whatever a mail server says: a colleague has taken this sender out of the spam.
    is_welcome = models.BooleanField(default=False)
    health = models.CharField(max_length=10, choices=Health, default=Health.OK)
    # The three of the trouble it is in: since when, what was said last, how often.
    health_since = models.DateTimeField(null=True)
    health_words = models.TextField(default="")
    failures = models.PositiveIntegerField(default=0)
    # When a server first took a letter for it after the last failure.
    reached_at = models.DateTimeField(null=True)
    # No acknowledgements and the like; colleagues may write. Without an end it is for good.
    automatic_mail_stopped = models.CharField(max_length=10, choices=Stopped, default="", blank=True)
    automatic_mail_stopped_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = (
            models.UniqueConstraint(fields=["workspace", "kind", "address"], name="one_contact_per_identity"),
        )

    def __str__(self) -> str:
        return self.address

    @property
    def takes_automatic_mail(self) -> bool:
        """Say whether the desk itself may write to it; a colleague always may."""
        until = self.automatic_mail_stopped_until
        is_over = until is not None and until <= timezone.now()
        return self.health == self.Health.OK and (not self.automatic_mail_stopped or is_over)

    def note_failure(self, words: str, *, for_good: bool) -> None:
        """Remember that a letter to it failed; `for_good` means that there is no such address (any more)."""
        is_dead = for_good or self.health == self.Health.DEAD
        self.health = self.Health.DEAD if is_dead else self.Health.FAILING
        self.health_since, self.health_words = self.health_since or timezone.now(), words
        self.failures += 1
        self.reached_at = None
        self._save_health()

    def note_reached(self) -> None:
        """Remember that a server took a letter for it; days of silence after that are good news."""
        if self.health == self.Health.OK:
            return
        now = timezone.now()
        if self.reached_at and now - self.reached_at >= QUIET_AFTER_REACHING:
            self.note_alive()
        elif self.reached_at is None:
            self.reached_at = now
            self._save_health()

    def note_alive(self) -> None:
        """Forget the failures: somebody has just written from it."""
        if self.health == self.Health.OK:
            return
        self.health, self.health_since, self.health_words = self.Health.OK, None, ""
        self.failures, self.reached_at = 0, None
        self._save_health()

    def stop_automatic_mail(self, why: str) -> None:
        """Send it nothing that no human wrote: for a day after a loop, for good after a complaint."""
        if self.automatic_mail_stopped == self.Stopped.COMPLAINT:
            return
        self.automatic_mail_stopped = why
        for_good = why == self.Stopped.COMPLAINT
        self.automatic_mail_stopped_until = None if for_good else timezone.now() + PAUSE_AFTER_LOOP
        self.save(update_fields=["automatic_mail_stopped", "automatic_mail_stopped_until"])

    def welcome(self) -> None:
        """Take its letters in whatever a mail server thinks of them."""
        self.is_welcome = True
        self.save(update_fields=["is_welcome"])

    def _save_health(self) -> None:
        self.save(update_fields=["health", "health_since", "health_words", "failures", "reached_at"])
