from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.models.channel import Channel
from harken.channels.problems import mended_at, told
from harken.workspaces.models import Workspace


class Part(models.TextChoices):
    """What of a channel can fail by itself. A success of one part says nothing of the others."""

    FETCHING = "fetching", _("Receiving")
    SENDING = "sending", _("Sending")
    SIGN_IN = "sign-in", _("Signing in")
    HEARTBEAT = "heartbeat", _("Test letter")
    SILENCE = "silence", _("Silence")


# These ask for a look; mail comes and goes all the same.
NOTICES = (Part.SILENCE,)


class TroubleQuerySet(models.QuerySet["Trouble"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def standing(self) -> Self:
        """Those that are not over."""
        return self.filter(cleared_at=None)

    def alarms(self) -> Self:
        """Those that keep mail from coming or going."""
        return self.exclude(part__in=NOTICES)

    def of_channels_in_use(self) -> Self:
        return self.filter(channel__is_active=True)


class Trouble(models.Model):
    """What keeps one part of a channel from working, and since when; it stands until `cleared_at`."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="troubles")
    part = models.CharField(max_length=20, choices=Part)
    # The kind of channels.problems.Problem and what its sentence needs.
    code = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    since = models.DateTimeField(db_default=Now())
    cleared_at = models.DateTimeField(null=True)
    # When the owners were written to: that it began, and that it is over.
    told_at = models.DateTimeField(null=True)
    told_over_at = models.DateTimeField(null=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "part"],
                condition=models.Q(cleared_at=None),
                name="one_standing_trouble_per_part",
            ),
        )
        indexes = (models.Index(fields=["workspace", "channel", "cleared_at"], name="troubles_of_a_channel"),)

    def __str__(self) -> str:
        return f"{self.part}: {self.code}"

    @property
    def sentence(self) -> str:
        """What happened, what is safe and what to do, in the reader's language."""
        return told(self.code, self.details)

    @property
    def field(self) -> str:
        """The field of the mailbox's form that mends it; `""` when none does. Asks for the channel and its mailbox."""
        at = mended_at(self.code)
        kind = {str(Part.FETCHING): "imap", str(Part.SENDING): "smtp"}.get(self.part)
        mailbox = self.channel.settings
        if not at or at == "sign-in" or not kind or not mailbox or not getattr(mailbox, f"{kind}_host"):
            return ""
        return f"{kind}_{at}"

    @property
    def is_about_password(self) -> bool:
        return mended_at(self.code) == "password"

    @property
    def is_mended_at_provider(self) -> bool:
        """Say whether somebody must sign in at the mailbox's provider again."""
        return mended_at(self.code) == "sign-in"

    @property
    def is_of_installation(self) -> bool:
        """Say whether it is the relay of the whole installation that does not work, which no owner can set here."""
        mailbox = self.channel.settings
        return self.part == Part.SENDING and mailbox is not None and not mailbox.smtp_host

    @property
    def is_notice(self) -> bool:
        """Say whether mail comes and goes all the same."""
        return self.part in NOTICES


class TroubleLetter(models.Model):
    """One letter to one owner about one trouble: that it began, or that it is over. Never sent twice."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    trouble = models.ForeignKey(Trouble, on_delete=models.CASCADE, related_name="letters")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE)
    is_over = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["trouble", "agent", "is_over"], name="one_letter_per_trouble_and_owner"
            ),
        )

    def __str__(self) -> str:
        return f"{self.trouble_id} to {self.agent_id}"
