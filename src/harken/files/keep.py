from harken.files import storage
from harken.files.models import File
from harken.lib import filenames, rows
from harken.workspaces.models import Workspace

LONGEST_TYPE = 255


def keep(workspace: Workspace, name: str, media_type: str, content: bytes) -> File:
    """Store the bytes, then the row that names them; the bytes are on disk before any transaction commits.

    Raises OSError when the disk is full or cannot be written to.
    """
    kept = File(
        workspace=workspace,
        sha256=storage.write(workspace.pk, content),
        size=len(content),
        name=filenames.safe(name, media_type),
        media_type=media_type.replace("\0", "")[:LONGEST_TYPE],
    )
    rows.insert(kept)
    return kept
