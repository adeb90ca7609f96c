from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models.contact import Contact
from harken.workspaces.models import Workspace

# A server that takes a letter proves nothing yet: the failure comes back later, by mail, if at all.
QUIET_AFTER_REACHING = timedelta(days=3)
PAUSE_AFTER_LOOP = timedelta(days=1)

# What the column holds; an address may have 320 letters (RFC 5321), nonsense may have more.
LONGEST_ADDRESS = 500


class IdentityQuerySet(models.QuerySet["Identity"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def of_mail(self, workspace: Workspace, address: str) -> Self:
        return self.filter(workspace=workspace, kind=Identity.Kind.EMAIL, address=address)


class Identity(models.Model):
    """One way a contact is known: an address, verified or not, and how it fares when we write to it."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")

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
    address = models.CharField(max_length=LONGEST_ADDRESS)
    # As somebody typed it, where that reads better: a phone number with its blanks.
    written = models.CharField(max_length=LONGEST_ADDRESS, default="", blank=True)
    is_verified = models.BooleanField(default=False)
    # The one to use first, where a contact has several of a kind; else it is the oldest.
    is_preferred = models.BooleanField(default=False)
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
        return self.written or self.address

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

    def verify(self, *, is_verified: bool) -> None:
        """Say that the address is known to be theirs, or take that back."""
        self.is_verified = is_verified
        self.save(update_fields=["is_verified"])

    def welcome(self, is_welcome: bool = True) -> None:
        """Take its letters in whatever a mail server thinks of them; or, not welcome, as its verdict says."""
        self.is_welcome = is_welcome
        self.save(update_fields=["is_welcome"])

    def _save_health(self) -> None:
        self.save(update_fields=["health", "health_since", "health_words", "failures", "reached_at"])
