import hashlib
from typing import Self

from django.db import models, transaction
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.notifications.push.encryption import Keys
from harken.notifications.push.vapid import new_key, public_key
from harken.workspaces.encryption import EncryptedTextField, SecretUnreadable, opened
from harken.workspaces.models import Workspace


class VapidKeyManager(models.Manager["VapidKey"]):
    def of(self, workspace: Workspace) -> "VapidKey":
        """Return the workspace's key, made when first asked for.

        One that this installation can no longer open is replaced; what was subscribed with it is void, and gone.
        """
        private = new_key()
        key, _is_new = self.get_or_create(
            workspace=workspace, defaults={"private": private, "public": public_key(private)}
        )
        return key if key.is_readable else self._replace(key, private)

    @transaction.atomic
    def _replace(self, key: "VapidKey", private: str) -> "VapidKey":
        PushDevice.objects.filter(workspace_id=key.workspace_id).delete()
        key.private, key.public = private, public_key(private)
        key.save(update_fields=["private", "public"])
        return key


class VapidKey(models.Model):
    """What tells push services that a workspace's pushes come from one sender (RFC 8292)."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="+")
    private = EncryptedTextField()
    public = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = VapidKeyManager()

    def __str__(self) -> str:
        return self.public

    @property
    def is_readable(self) -> bool:
        try:
            return bool(opened(self.private))
        except SecretUnreadable:
            return False


class PushDeviceQuerySet(models.QuerySet["PushDevice"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: nobody sees a colleague's devices."""
        return self.filter(workspace_id=agent.workspace_id, agent=agent)

    def subscribe(self, agent: Agent, endpoint: str, keys: Keys, name: str) -> "PushDevice":
        """Keep a browser's subscription; one that is known is renewed, and belongs to whoever signs in there now."""
        fields = {"agent": agent, "endpoint": endpoint, "p256dh": keys.p256dh, "auth": keys.auth}
        device, _is_new = PushDevice.objects.update_or_create(
            workspace_id=agent.workspace_id,
            digest=digest_of(endpoint),
            defaults=fields | {"name": name, "problem": ""},
        )
        return device


class PushDevice(models.Model):
    """A browser that a colleague lets us push to. Its address is a secret: who knows it may make the browser ring."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    endpoint = EncryptedTextField()
    p256dh = EncryptedTextField()
    auth = EncryptedTextField()
    name = models.CharField(max_length=100, default="")
    # Why the last push was not taken, in the words of the service.
    problem = models.TextField(default="")
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "digest"], name="one_device_per_endpoint"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def keys(self) -> Keys:
        """What its browser opens pushes with. Raises SecretUnreadable."""
        return Keys(opened(self.p256dh), opened(self.auth))


def digest_of(endpoint: str) -> str:
    """Return what an endpoint is found by without being opened."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def public_key_of(workspace: Workspace) -> str:
    """Return the key that the workspace's pages subscribe browsers with."""
    return VapidKey.objects.of(workspace).public
