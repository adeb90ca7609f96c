from django.db import models
from django.utils.translation import gettext_lazy as _

from harken.channels.models.channel import Mailbox
from harken.workspaces.encryption import EncryptedTextField
from harken.workspaces.models import Workspace


class Grant(models.Model):
    """A provider's leave to use a mailbox without its password (OAuth2), and this desk's registration there.

    `granted_at` is empty until somebody signed in at the provider.
    """

    class Provider(models.TextChoices):
        GOOGLE = "google", "Google"
        MICROSOFT = "microsoft", "Microsoft"
        CUSTOM = "custom", _("another provider")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="grant")
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.GOOGLE)
    client_id = models.CharField(max_length=300)
    client_secret = EncryptedTextField(default="", blank=True)
    # For another provider; those that are known bring theirs.
    authorize_url = models.URLField(max_length=500, default="", blank=True)
    token_url = models.URLField(max_length=500, default="", blank=True)
    scope = models.CharField(max_length=500, default="", blank=True)
    refresh_token = EncryptedTextField(default="")
    access_token = EncryptedTextField(default="")
    expires_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.mailbox_id}"

    @property
    def is_given(self) -> bool:
        """Say whether somebody has signed in, so that tokens are used and no password."""
        return self.granted_at is not None
