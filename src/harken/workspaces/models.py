import hashlib
import secrets
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property

from harken.lib import rows
from harken.workspaces import capabilities, wall
from harken.workspaces.errors import AddressTaken
from harken.workspaces.validators import known_zone, usable_slug

# The counter in a ticket's number: 2026112200004817 is number 4817, opened on 22 November 2026.
COUNTER_DIGITS = 8
# How many addresses of its past lead to a workspace; the oldest beyond are given up.
MOST_FORMER_ADDRESSES = 10


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def named(self, slug: str) -> Self:
        return self.filter(slug=slug)

    def at_address(self, slug: str) -> "Workspace | None":
        """Return the one with this address: every page asks, so it is prepared."""
        return rows.first(Workspace, "slug = %s", [slug])

    def is_taken(self, slug: str) -> bool:
        """Say whether this is some workspace's address, or was and still leads there."""
        with wall.across():
            return self.named(slug).exists() or FormerAddress.objects.filter(slug=slug).exists()


class Workspace(models.Model):
    """One company's support desk. It stands outside the wall: its address must be found before it is entered."""

    slug = models.CharField(max_length=50, unique=True, validators=[usable_slug])
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_zone])
    # As `#rrggbb`; "" is ours.
    accent = models.CharField(max_length=40, default="", blank=True)
    # The name of its picture in addresses; "" when it has none.
    logo = models.CharField(max_length=40, default="", blank=True)
    # Whoever opens it must have shown a second key; see `agents.reach`.
    requires_second_factor = models.BooleanField(default=False)
    # How long an answer can be taken back; `None` is as the installation says.
    own_undo_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    # The names of what is switched on: see `workspaces.capabilities`.
    capabilities = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug

    @cached_property
    def _keys(self) -> dict[str, bytes]:
        return {}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def undo_seconds(self) -> int:
        """How long an answer that was sent from a page can be taken back before it leaves; 0: not at all."""
        return settings.HARKEN_UNDO_SECONDS if self.own_undo_seconds is None else self.own_undo_seconds

    @property
    def path(self) -> str:
        """The workspace's first page, without the host: `/acme/`."""
        return f"/{self.slug}/"

    def url_for(self, door: str = "") -> str:
        """Return the public address of one of its pages; always from HARKEN_URL, never from a Host header."""
        return f"{settings.HARKEN_URL}{self.path}{door.lstrip('/')}"

    def today(self) -> date:
        """The day it is now in the workspace's own zone."""
        return timezone.now().astimezone(self.zone).date()

    def has(self, capability: str) -> bool:
        """Say whether a capability is switched on."""
        return capability in self.capabilities

    @transaction.atomic
    def switch(self, capability: str, *, on: bool) -> bool:
        """Switch a capability on or off, and say whether that changed anything; what it keeps stays when it is off.

        Raises UnknownCapability.
        """
        capabilities.named(capability)
        self.hold()
        if self.has(capability) == on:
            return False
        others = {*self.capabilities} - {capability}
        self.capabilities = sorted({*others, capability} if on else others)
        self.save(update_fields=["capabilities"])
        return True

    @transaction.atomic
    def move_to(self, slug: str) -> None:
        """Take another first word in addresses; the old one leads here from now on. Raises AddressTaken."""
        self.hold()
        if slug == self.slug:
            return
        mine = FormerAddress.objects.filter(workspace=self)
        if not mine.filter(slug=slug).exists() and Workspace.objects.is_taken(slug):
            raise AddressTaken
        mine.filter(slug=slug).delete()
        FormerAddress.objects.create(workspace=self, slug=self.slug)
        kept = mine.order_by("-pk").values_list("pk", flat=True)[:MOST_FORMER_ADDRESSES]
        mine.exclude(pk__in=list(kept)).delete()
        self.slug = slug
        self.save(update_fields=["slug"])

    @transaction.atomic
    def ask_for_second_factor(self, is_asked: bool) -> None:
        """Let in only those who have shown a second key, or again everybody."""
        self.hold()
        self.requires_second_factor = is_asked
        self.save(update_fields=["requires_second_factor"])

    @transaction.atomic
    def wear(self, content: bytes, media_type: str) -> None:
        """Show this picture as the workspace's own; no bytes take it away."""
        Logo.objects.filter(workspace=self).delete()
        self.logo = logo_name(content)
        if content:
            Logo.objects.create(workspace=self, content=content, media_type=media_type)
        self.save(update_fields=["logo"])

    def picture(self) -> "Logo | None":
        """Return the picture it shows as its own, with its bytes."""
        return Logo.objects.filter(workspace=self).first()

    def hold(self) -> None:
        """Read the workspace again and lock it until commit: two owners may change its settings at once."""
        rows.lock(self)

    def key(self, purpose: str) -> bytes:
        """Return the workspace's 256-bit signing key for one purpose, made when first asked for."""
        if purpose not in self._keys:
            key, is_new = Key.objects.get_or_create(
                workspace=self, purpose=purpose, defaults={"secret": secrets.token_bytes(32)}
            )
            if is_new:
                # Not remembered yet: the transaction that made it may still be rolled back.
                return bytes(key.secret)
            self._keys[purpose] = bytes(key.secret)
        return self._keys[purpose]

    def next_ticket_number(self, opened_at: datetime) -> int:
        """Take the next number. Locks the counter until commit: the last step of a transaction, please."""
        ((count,),) = rows.ask(
            "INSERT INTO workspaces_ticketcounter (workspace_id, last) VALUES (%s, 1)"
            " ON CONFLICT (workspace_id) DO UPDATE SET last = workspaces_ticketcounter.last + 1 RETURNING last",
            [self.pk],
        )
        day = opened_at.astimezone(self.zone).strftime("%Y%m%d")
        return int(day) * 10**COUNTER_DIGITS + count


class FormerAddress(models.Model):
    """A first word that a workspace once had: links of that time still lead to it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    slug = models.CharField(max_length=50, unique=True)
    left_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def leads_to(cls, slug: str) -> Workspace | None:
        """Return the workspace that had this address; asked before any workspace is entered."""
        with wall.across():
            found = cls.objects.filter(slug=slug).select_related("workspace").first()
        return found.workspace if found else None


def logo_name(content: bytes) -> str:
    """Return the name of a picture in addresses; `""` for none."""
    return hashlib.sha256(content).hexdigest()[:32] if content else ""


class Logo(models.Model):
    """A workspace's picture, small enough to lie in the database, where every copy of it includes it."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True, related_name="+")
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.media_type


class TicketCounter(models.Model):
    """How many tickets a workspace has opened. A row of its own, so that counting never locks the workspace."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Key(models.Model):
    """A signing key. It lives in the database, so that a restore on another machine still knows its own mail."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=40)
    secret = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "purpose"], name="one_key_per_workspace_and_purpose"
            ),
        )

    def __str__(self) -> str:
        return self.purpose
