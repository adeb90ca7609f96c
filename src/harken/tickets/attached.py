"""Files that came inside a request of the API."""

import base64
import binascii
from collections.abc import Sequence

from pydantic import Field

from harken.files.keep import keep
from harken.lib.rest import MOST_FILE_BYTES, Input, Problem, Text
from harken.tickets.models import Enclosure
from harken.workspaces.models import Workspace


class AttachedFile(Input):
    name: Text = Field(max_length=1000)
    type: Text = Field("application/octet-stream", max_length=255)
    content: str = Field(description="the file in base64")

    def read(self) -> bytes:
        """Return the bytes. Raises Problem 422 for what is not base64."""
        try:
            return base64.b64decode(self.content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Problem(422, f"The content of “{self.name}” is not base64.") from error


def keep_files(workspace: Workspace, attached: Sequence[AttachedFile]) -> tuple[Enclosure, ...]:
    """Store the files of a request. Raises Problem 422 when they are too big together or not base64."""
    contents = [file.read() for file in attached]
    if sum(map(len, contents)) > MOST_FILE_BYTES:
        most = MOST_FILE_BYTES // 1_000_000
        raise Problem(422, f"The files are too big: at most {most} MB together.", "Send a link instead.")
    return tuple(
        Enclosure(keep(workspace, file.name, file.type, content))
        for file, content in zip(attached, contents, strict=True)
    )
