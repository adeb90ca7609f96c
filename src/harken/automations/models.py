from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from harken.agents.models import Agent
from harken.files.models import File
from harken.workspaces.models import Workspace

LONGEST_NAME = 80
LONGEST_SHORTCUT = 40


class SavedReplyQuerySet(models.QuerySet["SavedReply"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: one's own and those shared, removed ones too."""
        return self.filter(Q(owner=agent) | Q(is_shared=True), workspace_id=agent.workspace_id)

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def by_name(self) -> Self:
        return self.order_by(Lower("name"), "id")

    def whole(self) -> Self:
        """The same, with the languages and files of each asked for at once."""
        return self.prefetch_related("variants", "files__file")


class SavedReply(models.Model):
    """An answer to use again, with placeholders; every colleague may use and change what is shared."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    owner = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="saved_replies")
    name = models.CharField(max_length=LONGEST_NAME)
    # The word behind the slash, in small letters; "" where it is found by its name alone.
    shortcut = models.CharField(max_length=LONGEST_SHORTCUT, default="", blank=True)
    # Its form, "" where it is plain text; `text` says the same in words alone.
    html = models.TextField(default="", blank=True)
    text = models.TextField()
    is_shared = models.BooleanField(default=True)
    uses = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved replies"
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "shortcut"],
                condition=Q(is_shared=True, removed_at=None) & ~Q(shortcut=""),
                name="one_shared_reply_per_shortcut",
            ),
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                condition=Q(is_shared=False, removed_at=None) & ~Q(shortcut=""),
                name="one_own_reply_per_shortcut",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SavedReplyVariant(models.Model):
    """What a saved reply says in another language than its own text."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    reply = models.ForeignKey(SavedReply, on_delete=models.CASCADE, related_name="variants")
    language = models.CharField(max_length=10)
    html = models.TextField(default="", blank=True)
    text = models.TextField()

    class Meta:
        ordering = ("language",)
        constraints = (
            models.UniqueConstraint(fields=["reply", "language"], name="one_variant_per_language"),
        )

    def __str__(self) -> str:
        return f"{self.reply_id} {self.language}"


class SavedReplyFile(models.Model):
    """A file that comes along wherever a saved reply is used."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    reply = models.ForeignKey(SavedReply, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.file)
