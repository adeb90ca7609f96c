from datetime import date
from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from harken.files import storage
from harken.files.addresses import sign
from harken.lib import filenames
from harken.workspaces.models import Workspace


class FileQuerySet(models.QuerySet["File"]):
    def signed_for(self, workspace_id: int, file_id: int) -> Self:
        """Every look-up by a signed address starts here."""
        return self.filter(workspace_id=workspace_id, pk=file_id)


class File(models.Model):
    """A file that somebody sent: its content lies in `storage`, under its SHA-256."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "sha256"], name="files_by_content"),)

    def __str__(self) -> str:
        return self.name

    def url(self, *, inline: bool = False) -> str:
        """Return the signed address: a path, or a whole address when files have an origin of their own.

        With `inline`, a picture is shown in its place instead of saved.
        """
        path = f"/files/{sign(self.workspace_id, self.pk)}/{quote(filenames.safe(self.name), safe='')}"
        return f"{settings.HARKEN_FILES_ORIGIN}{path}{'?inline' if inline else ''}"

    def url_until(self, day: date) -> str:
        """Return a whole address that opens to the end of that day, for a letter."""
        path = f"/files/{sign(self.workspace_id, self.pk, until=day)}/{quote(filenames.safe(self.name), safe='')}"
        return f"{settings.HARKEN_FILES_ORIGIN or settings.HARKEN_URL}{path}"

    def content(self) -> bytes:
        """Return the bytes. Raises FileMissing or FileAltered."""
        return storage.read(self.workspace_id, self.sha256)


class ExtractQuerySet(models.QuerySet["Extract"]):
    def of(self, file: File) -> Self:
        return self.filter(workspace_id=file.workspace_id, sha256=file.sha256)


class Extract(models.Model):
    """What is written in a file, once for each content: `""` where nothing is, or nobody can read it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    objects = ExtractQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "sha256"], name="one_extract_per_content"),
        )

    def __str__(self) -> str:
        return self.sha256
