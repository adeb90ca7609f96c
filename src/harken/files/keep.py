from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db.models import ManyToOneRel

from harken.files import storage
from harken.files.models import Extract, File
from harken.lib import filenames
from harken.lib.text import clean
from harken.workspaces.models import Workspace

LONGEST_TYPE = 255
# A disk flushes several files in the time of one.
WRITERS = 8


def keep(workspace: Workspace, name: str, media_type: str, content: bytes) -> File:
    """Store the bytes, then the row that names them; the bytes are on disk before any transaction commits.

    Raises OSError when the disk is full or cannot be written to.
    """
    file = _row(workspace, storage.write(workspace.pk, content), name, media_type, content)
    file.save(force_insert=True)
    return file


def keep_all(workspace: Workspace, given: Sequence[tuple[str, str, bytes]]) -> list[File]:
    """Store several at once, each a name, a type and its bytes: like `keep`, in a fraction of the time."""
    if len(given) < 2:
        return [keep(workspace, *each) for each in given]
    with ThreadPoolExecutor(WRITERS) as writers:
        hashes = list(writers.map(lambda each: storage.write(workspace.pk, each[2]), given))
    rows = [_row(workspace, sha256, *each) for sha256, each in zip(hashes, given, strict=True)]
    return File.objects.bulk_create(rows)


def let_go(files: Iterable[File]) -> None:
    """Delete those of these files that nothing names any more: row, text and bytes, for good.

    The bytes go before the transaction commits: should it fail, a row may stay without them, never they without a row.
    """
    for file in files:
        if not _is_named(file):
            file.delete()
            if not File.objects.filter(workspace=file.workspace_id, sha256=file.sha256).exists():
                Extract.objects.of(file).delete()
                storage.remove(file.workspace_id, file.sha256)


def _is_named(file: File) -> bool:
    # Relations without a name on this side count too.
    relations = [
        each for each in File._meta.get_fields(include_hidden=True) if isinstance(each, ManyToOneRel)
    ]
    named = ((each.related_model, each.field.name) for each in relations)
    return any(model._base_manager.filter(**{name: file.pk}).exists() for model, name in named)


def _row(workspace: Workspace, sha256: str, name: str, media_type: str, content: bytes) -> File:
    return File(
        workspace=workspace,
        sha256=sha256,
        size=len(content),
        name=filenames.safe(name, media_type),
        media_type=clean(media_type)[:LONGEST_TYPE],
    )
