import base64
from typing import Any

from harken.files.keep import keep
from harken.files.models import File
from harken.workspaces.models import Workspace

# The smallest picture there is: one transparent dot.
DOT_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def make_file(workspace: Workspace, **fields: Any) -> File:
    """A kept file with everyday defaults."""
    defaults: dict[str, Any] = {"name": "jam.txt", "media_type": "text/plain", "content": b"apricot, 12 jars"}
    return keep(workspace, **defaults | fields)
