from typing import Any, Self

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken import realtime
from harken.agents.errors import LastOwner
from harken.agents.models.session import Session
from harken.events.record import record
from harken.lib import rows
from harken.lib.names import initials
from harken.workspaces import wall
from harken.workspaces.models import Workspace


class Language(models.TextChoices):
    """The languages the interface speaks, each under its own name."""

    ENGLISH = "en", "English"
    RUSSIAN = "ru", "Русский"
    JAPANESE = "ja", "日本語"
    ARABIC = "ar", "العربية"
    YORUBA = "yo", "Yorùbá"


class UserManager(BaseUserManager["User"]):
    """Addresses are compared in lower case, here and by a constraint of the database."""

    def known_as(self, email: str) -> "User | None":
        """Return the user with this address, in whatever case it was typed; `None` for a stranger."""
        return self.filter(email=clean_address(email)).first()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password they sign in by link."""
        user = self.model(email=clean_address(email), **fields)
        user.set_password(password or None)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=clean_address(username or ""))


class User(AbstractBaseUser):
    """A person with an account: one for all the workspaces they answer in."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        ROOMY = "roomy", _("Three lines for a request")
        COMPACT = "compact", _("Two lines, more requests at a glance")

    class AfterClosing(models.TextChoices):
        NEXT = "next", _("Open the next request")
        LIST = "list", _("Go back to the list")
        STAY = "stay", _("Stay where I am")

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, default="", blank=True)
    language = models.CharField(max_length=10, choices=Language, default=Language.ENGLISH)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(
        max_length=10, choices=Density, default=Density.ROOMY, db_default=Density.ROOMY
    )
    # Whether one key alone does something (WCAG 2.1.4).
    has_single_keys = models.BooleanField(default=True, db_default=True)
    after_closing = models.CharField(
        max_length=10, choices=AfterClosing, default=AfterClosing.NEXT, db_default=AfterClosing.NEXT
    )
    # Since when we know that whoever signs in here can read the address's mail; None: nobody has shown it yet.
    proven_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="address_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        """The name, else the first half of the address: never empty."""
        return self.name or self.email.partition("@")[0]

    @transaction.atomic
    def prove_address(self) -> None:
        """Remember that this person reads the address's mail; the first time, whoever was in before is shut out.

        An account may have been opened by somebody who was only shown an invitation to this address. They must
        not stay in it, by password or session, when the address's owner comes.
        """
        if self.proven_at is None:
            self.proven_at = timezone.now()
            self.save(update_fields=["proven_at"])
            self.set_unusable_password()
            self.forget_second_factors()
            self._save_password()

    def forget_second_factors(self) -> None:
        """Take back every passkey, app and recovery code; the first key opens alone again."""
        Authenticator.objects.filter(user=self).delete()

    def sign_out_elsewhere(self, *, keep: str = "") -> None:
        """End this person's sessions at once, open pages included; `keep` names the one that stays."""
        Session.objects.of(self.pk).exclude(session_key=keep).delete()
        self.announce_session()

    @transaction.atomic
    def change_password(self, password: str) -> None:
        """Set a new password; every session and every open sign-in link of this person ends."""
        self.set_password(password)
        self._save_password()

    def work_by(self, *, density: str, after_closing: str, has_single_keys: bool) -> None:
        """Change how this person's lists and keys behave, in all their workspaces."""
        self.density, self.after_closing, self.has_single_keys = density, after_closing, has_single_keys
        self.save(update_fields=["density", "after_closing", "has_single_keys"])

    def announce_session(self) -> None:
        """Let open pages ask again whether this person may still look, as soon as the transaction commits."""
        realtime.announce({"u": self.pk, "t": "session"})

    def _save_password(self) -> None:
        # Sessions carry a digest of the password: with a new one they are void.
        self.save(update_fields=["password"])
        OneTimeLink.objects.open().filter(user=self).delete()
        self.sign_out_elsewhere()


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, agent: "Agent") -> Self:
        """Every look-up on behalf of a person starts here, never from `objects.get`."""
        return self.filter(workspace_id=agent.workspace_id)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def who_enters(self, workspace: Workspace, user: User) -> "Agent | None":
        """Return who a signed-in user is in the workspace just entered: every page asks, so it is prepared."""
        condition = "workspace_id = %s AND user_id = %s AND is_active"
        agent = rows.first(Agent, condition, [workspace.pk, user.pk])
        if agent:
            agent.workspace, agent.user = workspace, user
        return agent

    def owners(self) -> Self:
        return self.filter(role=Agent.Role.OWNER)

    def by_name(self) -> Self:
        return self.order_by("user__name", "user__email")


class AgentManager(models.Manager.from_queryset(AgentQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> AgentQuerySet:
        # Name and address of an agent are the user's: nobody ever wants the one row without the other.
        queryset: AgentQuerySet = super().get_queryset()
        return queryset.select_related("user")

    @transaction.atomic
    def join(
        self, workspace: Workspace, user: User, *, role: str = "agent", by: "Agent | None" = None
    ) -> "Agent":
        """Make the user a colleague in a workspace already entered; one who left comes back. Twice is harmless."""
        agent, is_new = self.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        if is_new or not agent.is_active:
            agent.is_active, agent.role = True, role
            agent.save(update_fields=["is_active", "role"])
            record("agent.joined", agent, by=by or agent)
            user.announce_session()
        return agent


class Agent(models.Model):
    """A user in one workspace: the person who answers there."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        AGENT = "agent", _("Colleague")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    role = models.CharField(max_length=10, choices=Role, default=Role.AGENT)
    is_active = models.BooleanField(default=True)
    signature = models.TextField(max_length=2000, default="", blank=True)
    # Begins every message as plain text; remembered from the last time they chose.
    writes_plain = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = AgentManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "user"], name="one_agent_per_user_and_workspace"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.display_name

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def initials(self) -> str:
        return initials(self.user.name or self.user.email)

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @transaction.atomic
    def describe(
        self, *, name: str, signature: str, language: str, theme: str, here_alone: bool = False
    ) -> None:
        """Change what this person says of themselves; the name, language and light hold in all their workspaces.

        `here_alone` changes nothing that holds elsewhere.
        """
        self.signature = signature
        self.save(update_fields=["signature"])
        if here_alone:
            return
        was = self.user.name
        self.user.name, self.user.language, self.user.theme = name, language, theme
        self.user.save(update_fields=["name", "language", "theme"])
        if name != was:
            self._tell_new_name(was)

    @transaction.atomic
    def make_owner(self, *, by: "Agent") -> None:
        """Let this colleague invite others and shut the workspace to them. Twice is harmless."""
        if not self.is_owner:
            self.role = self.Role.OWNER
            self.save(update_fields=["role"])
            record("agent.promoted", self, by=by)

    @transaction.atomic
    def deactivate(self, *, by: "Agent") -> None:
        """Shut the workspace to this colleague at once, their tokens too; what they wrote stays.

        Raises LastOwner when nobody would be left to open it again.
        """
        owners = Agent.objects.select_for_update(of=("self",)).filter(workspace_id=self.workspace_id)
        if set(owners.active().owners().values_list("pk", flat=True)) <= {self.pk} and self.is_owner:
            raise LastOwner
        self.is_active = False
        self.save(update_fields=["is_active"])
        record("agent.left", self, by=by)
        self.user.announce_session()

    def _tell_new_name(self, was: str) -> None:
        """Record it wherever this person has ever answered: what they wrote there bears the new name now."""
        with wall.across():
            everywhere = list(Agent.objects.filter(user=self.user_id))
        for agent in everywhere:
            with wall.inside(agent.workspace_id):
                record("agent.renamed", agent, by=agent, was=was)


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def visible_to(self, agent: Agent) -> Self:
        return self.filter(workspace_id=agent.workspace_id)

    def invitations(self) -> Self:
        return self.filter(purpose=OneTimeLink.Purpose.INVITATION)

    def shown(self) -> Self:
        """Those shown to the colleague who invites: one for each invitation; its twin went out by mail."""
        return self.filter(was_mailed=False)

    def open(self) -> Self:
        """Neither used nor too old."""
        not_too_old = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=timezone.now())
        return self.filter(not_too_old, used_at__isnull=True)


class OneTimeLink(models.Model):
    """A link that opens a door once. Only its digest is kept: who reads the table opens nothing.

    It stands outside the wall, for it is looked up before anybody is anywhere; hence the plain workspace id.
    """

    class Purpose(models.TextChoices):
        OWNER = "owner", _("First start")
        SIGN_IN = "sign-in", _("Sign-in")
        INVITATION = "invitation", _("Invitation")

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20, choices=Purpose)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    workspace_id = models.BigIntegerField(null=True)
    email = models.EmailField(max_length=254, default="")
    role = models.CharField(max_length=10, choices=Agent.Role, default=Agent.Role.AGENT)
    # Went to the address alone: its holder reads that mail.
    was_mailed = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace_id", "email"], name="links_by_workspace"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


def memberships(user: User) -> list[Agent]:
    """Return the user's agents in all workspaces that are open to them, by the workspaces' names."""
    with wall.across():
        return list(
            Agent.objects.active().filter(user=user).select_related("workspace").order_by("workspace__name")
        )


def clean_address(email: str) -> str:
    """Return a mail address as it is kept and compared: without outer blanks, in lower case."""
    return email.strip().lower()
